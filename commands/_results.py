"""`bench compare`, `bench list`: the results of runs, and the registered extractors and heads."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..errors import FacebenchError
from .parts.completion import run_names
from .parts.gate import checked_gate
from .parts.next import say_next
from .parts.options import Columns, FormatOption, HardBy, Runs, Sort, column_names, interruptible, output_format

_GATE = "Gate of a pipeline"
COMPARE_EXAMPLES = """
Examples:
    bench compare
    bench compare 3 4 --sort auc --format csv
    bench compare last --fail-under balanced=95 --baseline 3
Exit codes: 1: --fail-under, --fail-over or --baseline is not met, or the best is not to be trusted; 2: bad input."""


def compare(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="RUN", autocompletion=run_names, help="Number or folder, or last. Default: all."),
    ] = None,
    runs: Runs = Path("runs"),
    format: FormatOption = None,
    columns: Columns = None,
    sort: Sort = "balanced",
    hard_by: HardBy = None,
    fail_under: Annotated[
        list[str] | None,
        typer.Option(
            "--fail-under",
            metavar="NAME=VALUE",
            rich_help_panel=_GATE,
            help="Exit with 1 if the best pairing has less in a column, such as balanced=95 (per cent) or auc=0.99. "
            "Repeatable.",
        ),
    ] = None,
    fail_over: Annotated[
        list[str] | None,
        typer.Option(
            "--fail-over",
            metavar="NAME=VALUE",
            rich_help_panel=_GATE,
            help="The same for columns where less is better, such as false_accepts=1. Repeatable.",
        ),
    ] = None,
    baseline: Annotated[
        str | None,
        typer.Option(
            "--baseline",
            metavar="RUN",
            autocompletion=run_names,
            rich_help_panel=_GATE,
            help="Exit with 1 if the best pairing is significantly below that of this run.",
        ),
    ] = None,
) -> None:
    """Print the table of stored runs; those tested on the same photos share a ranking."""
    from ..benchmarks.comparison import check_columns, print_runs
    from ..benchmarks.examples import hard_choice
    from ..benchmarks.results import find_run, find_runs

    check_columns([sort, *column_names(columns)])
    paths = [find_run(runs, name) for name in names] if names else find_runs(runs)
    if not paths:
        raise FacebenchError(f"{runs} holds no runs yet: bench run makes one.")
    gate = checked_gate(fail_under or (), fail_over or (), baseline, runs)
    choose_hard = hard_choice(hard_by, paths)
    with interruptible():
        groups = print_runs(paths, sort, column_names(columns), output_format(format), choose_hard)
    if gate:
        gate.judge(groups)
    else:
        say_next(groups, paths, runs, names or [])


def list_() -> None:
    """List extractors and heads with their cards."""
    from ..text import present
    from .parts.describe import describe_all

    present(describe_all())
