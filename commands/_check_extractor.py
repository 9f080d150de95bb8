"""`bench check-extractor`: whether an extractor keeps its contract."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Annotated

import typer

from .parts.completion import extractor_names
from .parts.options import FormatOption, interruptible, output_format

EXAMPLES = """
Examples:
    bench check-extractor my_extractor
    bench check-extractor "face_recognition(faces='center')" --format json"""


def check_extractor(
    extractor: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            autocompletion=extractor_names,
            help="Name of `bench list`, or a call such as \"mobilenet(view='face')\".",
        ),
    ],
    format: FormatOption = None,
) -> None:
    """Check that an extractor, such as one of your own, keeps the contract of extractors.

    A photo gives the same vector alone, in a batch, in any order and in another process; vectors are as its card says;
    bad photos are failures and harm no other; parameters that change vectors change the identity; nothing goes over the
    network. The photos are built in.

    Exit code 0: it keeps all rules; 1: it breaks one; 2: bad input.
    """
    from rich.console import Console
    from rich.text import Text

    from ..checks.extractor import check_extractor, extractor_text
    from ..errors import printable
    from ..text import present

    messages = Console(stderr=True)
    status = messages.status(Text(f"checking {printable(extractor)}")) if messages.is_terminal else nullcontext()
    with interruptible(lambda: "Nothing was changed."), status:
        findings = check_extractor(extractor)
    present(extractor_text(extractor, findings, output_format(format)))
    if any(finding.state != "ok" for finding in findings):
        raise typer.Exit(1)
