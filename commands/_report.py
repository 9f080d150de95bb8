"""`bench report`: stored runs as an HTML page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..errors import FacebenchError, counted, printable
from .parts.completion import run_names
from .parts.help import RESULTS
from .parts.options import Runs, interruptible

EXAMPLES = """
Examples:
    bench report
    bench report 3 4 -o report.html --photos"""


def report(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="RUN", autocompletion=run_names, help="Number or folder, or last. Default: all."),
    ] = None,
    output: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            rich_help_panel=RESULTS,
            help="File to write, an .html.",
            show_default=True,
        ),
    ] = Path("report.html"),
    photos: Annotated[
        bool, typer.Option("--photos", rich_help_panel=RESULTS, help="Show the photos of the examples: faces.")
    ] = False,
    runs: Runs = Path("runs"),
) -> None:
    """Write runs as an HTML page with tables, charts and examples: one file that opens offline."""
    from ..benchmarks.results import find_run, find_runs
    from ..embeddings.store import VectorStore
    from ..reports import write_report
    from ..text import say, tell

    paths = [find_run(runs, name) for name in names] if names else find_runs(runs)
    if not paths:
        raise FacebenchError(f"{runs} holds no runs yet: bench run makes one.")
    with interruptible(lambda: "Nothing was written."):
        written = write_report(paths, output, photos=photos, store=VectorStore())
    for note in written.notes:
        say(f"Note: {note}")
    what = f"{counted(written.comparisons, 'comparison')} of {counted(written.runs, 'run')}, {_size(written.size)}"
    tell(f"{printable(output)}: {what}.")
    shows = "shows faces and names photos and people" if written.photos else "names photos and people"
    tell(f"It {shows}: for your eyes only (mode 0600).")


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{count / 1e3:.0f} kB"
