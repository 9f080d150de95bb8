"""`bench compare`, `bench list`: the results of runs, and the registered extractors and heads."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..errors import FacebenchError
from ._next import say_next
from ._options import Columns, FormatOption, Runs, Sort, column_names, output_format

COMPARE_EXAMPLES = "Examples:\n\n    bench compare\n\n    bench compare 3 4 --sort auc --format csv"


def compare(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[RUN]...", help="Number or folder, or last. Default: all.")
    ] = None,
    runs: Runs = Path("runs"),
    format: FormatOption = None,
    columns: Columns = None,
    sort: Sort = "balanced",
) -> None:
    """Print the table of stored runs; those tested on the same photos share a ranking."""
    from ..benchmarks.comparison import check_columns, print_runs
    from ..benchmarks.results import find_run, find_runs

    check_columns([sort, *column_names(columns)])
    paths = [find_run(runs, name) for name in names] if names else find_runs(runs)
    if not paths:
        raise FacebenchError(f"{runs} holds no runs yet: bench run makes one.")
    groups = print_runs(paths, sort, column_names(columns), output_format(format))
    say_next(groups, paths, runs, names or [])


def list_() -> None:
    """List extractors and heads with their cards."""
    from ..text import present
    from ._describe import describe_all

    present(describe_all())
