"""`bench doctor`: whether the installation is sound."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from typing import Annotated, Literal

import typer

EXAMPLES = """
Examples:
    bench doctor
    bench doctor --format json"""


def doctor(
    format: Annotated[
        Literal["table", "md", "json"] | None,
        typer.Option("--format", help="Default: table on a terminal, md in a pipe."),
    ] = None,
) -> None:
    """Check the installation (packages, bundled files, runtime, cache, extras, plug-ins) and say what to repair.

    Nothing is changed. Exit code 0: everything that bench run needs works; 1: something that it needs is missing or
    broken.
    """
    from rich.console import Console

    from ..checks.doctor import diagnose, diagnosis_text
    from ..text import present

    messages = Console(stderr=True)
    with messages.status("checking the installation") if messages.is_terminal else nullcontext():
        diagnosis = diagnose()
    present(diagnosis_text(diagnosis, format or ("table" if sys.stdout.isatty() else "md")))
    if not diagnosis.sound:
        raise typer.Exit(1)
