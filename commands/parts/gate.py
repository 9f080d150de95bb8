"""`bench compare --fail-under ... --fail-over ... --baseline RUN`: whether a result is good enough for a pipeline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from ...errors import FacebenchError

if TYPE_CHECKING:
    from ...benchmarks.comparison import Group
    from ...benchmarks.gate import Bar, Check

NOT_GOOD_ENOUGH = 1


@dataclass(frozen=True)
class Gate:
    """What the best pairing of a table has to pass.

    Attributes:
        bars: for its columns.
        baseline: folder of a run that it must not be significantly below; None: no run.
    """

    bars: Sequence[Bar]
    baseline: Path | None

    def judge(self, groups: Sequence[Group]) -> None:
        """Print each check on standard error; exit with 1 where one fails.

        Raises:
            FacebenchError: there are several tables, a column has no value, or the baseline had another test.
        """
        from ...text import say

        if len(groups) != 1:
            raise FacebenchError(
                f"These runs make {len(groups)} tables, and one is to be judged: name one run, or last."
            )
        checks = self._checks(groups[0])
        for check in checks:
            say(f"{'Passed' if check.passed else 'Failed'}: {check.text}")
        if not all(check.passed for check in checks):
            raise typer.Exit(NOT_GOOD_ENOUGH)

    def _checks(self, group: Group) -> list[Check]:
        from ...benchmarks.comparison import compare_runs
        from ...benchmarks.gate import check_bar, check_baseline, check_verdict
        from ...benchmarks.results import read_runs

        checks = [check_bar(group, bar) for bar in self.bars]
        if self.baseline:
            runs, predictions = read_runs([self.baseline])
            tables = compare_runs(runs, predictions=predictions)
            if not tables:
                raise FacebenchError(
                    f"Nothing was tested in the baseline {self.baseline}: name a run that is complete."
                )
            checks.append(check_baseline(group, tables[0]))
        return [check_verdict(group), *checks]


def checked_gate(fail_under: Sequence[str], fail_over: Sequence[str], baseline: str | None, runs: Path) -> Gate | None:
    """Return the gate that options describe, None where there is none of them.

    Args:
        fail_under: the least of columns, such as "balanced=95".
        fail_over: the most of columns.
        baseline: a run, as `bench compare` takes it.
        runs: folder of all runs.
    """
    if not (fail_under or fail_over or baseline):
        return None
    from ...benchmarks.gate import read_bar
    from ...benchmarks.results import find_run

    bars = [read_bar(text, "--fail-under") for text in fail_under]
    bars += [read_bar(text, "--fail-over") for text in fail_over]
    return Gate(bars, find_run(runs, baseline) if baseline else None)
