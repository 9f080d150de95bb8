"""Which rows of a table differ significantly: all pairs are compared on the same photos, with adjusted p-values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from ...errors import counted
from ..statistics import LEVEL, can_tell, difference, holm, photos_needed
from ._columns import cell_of
from ._row import Row, Versus


@dataclass(frozen=True)
class Ranking:
    """Rows with their ranks, best first, and what the test is too small for.

    Attributes:
        rows: each with its comparison to the best.
        note: how large a test would have to be; "" if this one is large enough.
    """

    rows: list[Row]
    note: str


def rank_rows(rows: Sequence[Row]) -> Ranking:
    """Return rows, best first, with the comparison of each to the best.

    Rows that are not significantly different from the best share its rank. Holm's adjustment is over all pairs of
    rows that compete: the best was not known in advance.
    """
    competing = [row for row in rows if row.competes and row.predictions]
    if len(competing) < 2:
        return Ranking(_with_ranks(rows), "")
    best = max(competing, key=lambda row: cell_of(row, "balanced").value or 0.0)
    found = {
        (first, second): difference(competing[first].predictions, competing[second].predictions)
        for first, second in combinations(range(len(competing)), 2)
    }
    pairs = {pair: made for pair, made in found.items() if made is not None and made.p is not None}
    adjusted = dict(zip(pairs, holm([made.p or 0.0 for made in pairs.values()]), strict=True))
    position = {id(row): number for number, row in enumerate(competing)}
    at = position[id(best)]
    versus = {at: Versus(best=True)}
    for (first, second), made in pairs.items():
        if at in (first, second):
            other, against_best = (second, made.reversed()) if first == at else (first, made)
            versus[other] = Versus(difference=against_best, p=adjusted[first, second])
    ranked = [replace(row, versus=versus.get(position.get(id(row), -1))) for row in rows]
    return Ranking(_with_ranks(ranked), _too_small(ranked, len(pairs)))


def _with_ranks(rows: Sequence[Row]) -> list[Row]:
    """Return rows with ranks by balanced accuracy; those not significantly different from the best share its rank."""
    order = sorted((cell_of(row, "balanced").value or 0.0 for row in rows if row.competes), reverse=True)
    ranked = []
    for row in rows:
        shares = row.versus is not None and not row.versus.apart
        own = 1 + order.index(cell_of(row, "balanced").value or 0.0) if row.competes else None
        ranked.append(replace(row, rank=1 if shares else own))
    return ranked


def _too_small(rows: Sequence[Row], comparisons: int) -> str:
    """Return a note if some rows differ from the best in too few units for any outcome to be significant."""
    open_ = [row.versus.difference for row in rows if row.versus and row.versus.difference and not row.versus.apart]
    hopeless = [made for made in open_ if not can_tell(made.disagreements, comparisons)]
    if not hopeless:
        return ""
    several = len({result.target for row in rows for result in row.pairing.targets}) > 1
    most = max(hopeless, key=lambda made: made.disagreements)
    needed = photos_needed(0.05, max(0.05, most.disagreements / most.units), comparisons)
    what = "people" if several else "independent photos"
    differ = f"decide differently from the best on {most.disagreements} of {most.units} {what} at most"
    return (
        f"The test is too small to tell {counted(len(hopeless), 'row')} from the best: they {differ}, and were it "
        f"always to one side, p would not fall below {LEVEL:g} in {counted(comparisons, 'comparison')}. "
        f"About {needed:,} {what} are enough to tell 5 points apart, and more for less [small-test]"
    )
