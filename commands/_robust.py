"""`bench robust`: a stored run on degraded copies of its test photos."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer

from .parts.completion import extractor_names, head_names, kinds_written, run_names
from .parts.help import PROTOCOL, RESULTS, WHAT
from .parts.options import FormatOption, Runs, interruptible, output_format

EXAMPLES = """
Examples:
    bench robust last
    bench robust 3 --extractor sface --image robust.png
    bench robust last --kinds blur,jpeg --format csv"""


def robust(
    name: Annotated[
        str, typer.Argument(metavar="RUN", autocompletion=run_names, help="Number or folder of a run, or last.")
    ],
    extractor: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            autocompletion=extractor_names,
            rich_help_panel=WHAT,
            help="Only this extractor of the run. Default: all but audits.",
        ),
    ] = None,
    head: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            autocompletion=head_names,
            rich_help_panel=WHAT,
            help="This head of the run. Default: the best of each extractor.",
        ),
    ] = None,
    kinds: Annotated[
        str,
        typer.Option(
            metavar="NAME,...",
            autocompletion=kinds_written,
            rich_help_panel=PROTOCOL,
            help="Comma-separated, of blur, darken, brighten, noise, jpeg, reduce, turn, cover. Default: all.",
        ),
    ] = "",
    image: Annotated[
        Path | None,
        typer.Option(metavar="FILE", rich_help_panel=RESULTS, help="Also draw the curves, into a .png."),
    ] = None,
    runs: Runs = Path("runs"),
    format: FormatOption = None,
) -> None:
    """Test a run again on blurred, darkened, brightened, noised, compressed, reduced, turned and covered copies."""
    from rich.console import Console

    from ..benchmarks.charts import is_robustness, plot_robustness
    from ..benchmarks.results import find_run
    from ..benchmarks.robustness import choose_kinds, measure_robustness, robustness_text
    from ..embeddings.store import VectorStore
    from ..files import check_output, write_private
    from ..text import present, say

    chosen = choose_kinds(kind for each in kinds.split(",") if (kind := each.strip()))
    folder = find_run(runs, name)
    if image:
        check_output(image, "--image", (".png",), is_robustness)
    command = shlex.join(["bench", *sys.argv[1:]])
    with interruptible():
        result = measure_robustness(
            folder, chosen, extractor=extractor, head=head, store=VectorStore(), command=command
        )
    present(robustness_text(result, output_format(format), Console().width))
    say(f"Saved in {folder}")
    if image:
        write_private(image, plot_robustness(result), "--image")
        say(f"{image} shows it")
