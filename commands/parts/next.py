"""What to type after a table: the report, and the winner saved in a file where that works."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from ...errors import FacebenchError

if TYPE_CHECKING:
    from ...benchmarks.comparison import Group, Row

_RUNS = Path("runs")  # the default of --runs


def say_next(groups: Sequence[Group], paths: Sequence[Path], runs: Path, names: Sequence[str] = ()) -> None:
    """Print on standard error what to type next, unless there are several tables, or none with a tested pairing.

    Args:
        groups: the tables.
        paths: of the runs in them.
        runs: the folder of all runs.
        names: of the runs to report, as typed; none: all.
    """
    from ...benchmarks.comparison import best_of
    from ...benchmarks.results import named_runs
    from ...text import say

    best = best_of([row for row in groups[0].rows if row.competes]) if len(groups) == 1 else None
    if best is None:
        return
    elsewhere = [] if runs == _RUNS else ["--runs", str(runs)]
    steps = [f"{shlex.join(['bench', 'report', *names, *elsewhere])} shows it"]
    if groups[0].verdict not in ("shortcut", "chance"):  # nobody should use what is not to be trusted
        folder = named_runs(paths)[best.run]
        trained = _training(folder, best)
        if trained is not None:
            options = ["--from", _name(folder, runs), *trained, *elsewhere, "-o", "me.facebench"]
            steps.append(f"{shlex.join(['bench', 'train', *options])} saves the best pairing")
    say(f"Next: {'; '.join(steps)}")


def _training(folder: Path, best: Row) -> list[str] | None:
    """Return the options with which `bench train --from` saves the best pairing, or its equal; None if it does not."""
    from ...benchmarks.examples import mean_balanced
    from ...bundles import choose_winner, refuse_licence, refuse_shortcut

    if not best.predictions or best.result.status != "complete":
        return None
    pairing = ["--extractor", best.pairing.extractor, "--head", best.pairing.head]
    # A run's best is not the table's where its own extractor proposed the labels: then it has to be named.
    for named, vectors in product(([], pairing), ([], ["--include-vectors"])):
        try:
            result, winner, _ = choose_winner(folder, *named[1::2], include_vectors=bool(vectors))
            refuse_shortcut(result)
            refuse_licence(winner.extractor)
        except FacebenchError:
            continue
        if mean_balanced(winner) == mean_balanced(best.pairing):
            return [*named, *vectors]
    return None


def _name(folder: Path, runs: Path) -> str:
    """Return how a run is named on the command line."""
    from ...benchmarks.results import find_runs

    last = find_runs(runs)[-1:]
    return "last" if [path.resolve() for path in last] == [folder.resolve()] else str(folder)
