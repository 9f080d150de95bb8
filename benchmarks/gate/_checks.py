"""The checks of a gate: the verdict, a bar for a column, and a baseline on the same test photos."""

from __future__ import annotations

from dataclasses import dataclass

from ...errors import FacebenchError
from ..comparison import COLUMNS, Group, Row, best_of, cell_of
from ..statistics import LEVEL, difference
from ._bars import Bar

#: Verdicts that pass, and what they say.
_PASSES: dict[str, str] = {
    "trusted": "nothing was found that speaks against the best pairing",
    "suspicious": "a shortcut may explain the best pairing, see the notes",
    "unchecked": "whether a shortcut explains the best pairing could not be checked",
}


@dataclass(frozen=True)
class Check:
    """What was checked: whether it passed, and why in words."""

    passed: bool
    text: str


def check_verdict(group: Group) -> Check:
    """Return whether the best pairing of a table is to be trusted.

    Raises:
        FacebenchError: there is no verdict.
    """
    if group.verdict is None:
        raise FacebenchError(f"Run {_best(group).run} has no verdict, as it is of an older facebench: run it again.")
    said = _PASSES.get(group.verdict)
    return Check(said is not None, said or group.sentence)


def check_bar(group: Group, bar: Bar) -> Check:
    """Return whether the best pairing of a table passes a bar.

    Raises:
        FacebenchError: it has no value in the column.
    """
    best = _best(group)
    value = bar.value_in(best)
    if value is None:
        raise FacebenchError(
            f"{bar.text} cannot be checked: {best.title} has {cell_of(best, bar.column).text} there"
            f"{', without limits' if bar.edge else ''}."
        )
    title = COLUMNS[bar.column].title + (f" ({bar.edge} limit)" if bar.edge else "")
    asked = "at least" if bar.is_least else "at most"
    return Check(bar.passes(value), f"{best.title}: {title} {value:.4g}, asked is {asked} {bar.value:g}")


def check_baseline(group: Group, baseline: Group) -> Check:
    """Return whether the best pairing of a table is not significantly below that of a baseline.

    Both are compared photo by photo, by the test that ranks the rows of a table.

    Raises:
        FacebenchError: they were tested on other photos, or a run has no predictions.
    """
    ours, theirs = _best(group), _best(baseline)
    photos = [(row.result.dataset.fingerprint, row.result.test_hash) for row in (ours, theirs)]
    if photos[0] != photos[1]:
        raise FacebenchError(
            f"Run {ours.run} and the baseline {theirs.run} were tested on different photos: test both on the same, "
            "with the same split and seed."
        )
    for row in (ours, theirs):
        if not row.predictions:
            raise FacebenchError(f"Run {row.run} has no predictions.csv, without which runs cannot be compared.")
    made = difference(ours.predictions, theirs.predictions)
    if made is None or made.p is None:
        raise FacebenchError(f"Run {ours.run} and the baseline {theirs.run} have no test photo in common.")
    below = made.value < 0 and made.p < LEVEL
    said = f"{ours.title} {made} against {theirs.title} of the baseline {theirs.run}, p {made.p:.3f}"
    return Check(not below, said)


def _best(group: Group) -> Row:
    best = best_of([row for row in group.rows if row.competes])
    if best is None:
        raise FacebenchError("No pairing was tested: there is nothing to check.")
    return best
