"""Which rows of a table differ significantly, all pairs compared with adjusted p-values; and the Pareto front."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ...errors import counted
from ..statistics import TOLD, Difference, compare_rows
from ._columns import cell_of
from ._row import Row, Versus, comparable

_NAMED = 5  # rows in a note


@dataclass(frozen=True)
class Ranking:
    """Rows with their ranks, best first, and what a reader must know about them.

    Attributes:
        rows: each with its comparison to the best.
        notes: whom the order holds for, and how large a test would have to be; empty if there is nothing to say.
    """

    rows: list[Row]
    notes: list[str]


def rank_rows(rows: Sequence[Row]) -> Ranking:
    """Return rows, best first, with the comparison of each to the best.

    Rows that are not significantly different from the best share its rank. p-values are adjusted for all pairs of rows
    that compete: the best was not known in advance. A row whose extractor chose the photos is not compared with others,
    and shares the rank of the next one.
    """
    competing = comparable([row for row in rows if row.competes and row.predictions])
    if len(competing) < 2:
        return Ranking(_with_ranks(_set_apart(rows, competing)), [])
    best = max(competing, key=_balanced)
    pairs = compare_rows([row.predictions for row in competing])
    position = {id(row): number for number, row in enumerate(competing)}
    at = position[id(best)]
    versus = {at: Versus(best=True)}
    for (first, second), made in pairs.items():
        if at in (first, second):
            other, against_best = (second, made.reversed()) if first == at else (first, made)
            versus[other] = Versus(difference=against_best, p=made.p)
    compared = [replace(row, versus=versus.get(position.get(id(row), -1))) for row in rows]
    ranked = _with_ranks(_set_apart(compared, competing))
    return Ranking(ranked, [*_for_these_targets(ranked), *_too_small(ranked, len(pairs))])


def _set_apart(rows: Sequence[Row], competing: Sequence[Row]) -> list[Row]:
    """Return rows, those that are favoured marked as not comparable, unless all that compete are."""
    if all(row.favoured for row in competing):
        return list(rows)
    return [replace(row, versus=Versus(comparable=False)) if row.favoured else row for row in rows]


def _with_ranks(rows: Sequence[Row]) -> list[Row]:
    """Return rows with ranks by balanced accuracy; those not significantly different from the best share its rank."""
    comparable_rows = [row for row in rows if row.competes and (row.versus is None or row.versus.comparable)]
    order = sorted(map(_balanced, comparable_rows), reverse=True)
    ranks = {}
    for row in comparable_rows:
        shares = row.versus is not None and not row.versus.apart
        ranks[id(row)] = 1 if shares else 1 + order.index(_balanced(row))
    for row in rows:
        if row.competes and id(row) not in ranks:  # the rank of the best that is not better, or else of the last
            below = [other for other in comparable_rows if _balanced(other) <= _balanced(row)]
            next_one = max(below, key=_balanced) if below else min(comparable_rows, key=_balanced)
            ranks[id(row)] = ranks[id(next_one)]
    return [replace(row, rank=ranks.get(id(row))) for row in rows]


def with_front(rows: Sequence[Row]) -> list[Row]:
    """Return rows, those that compete and whose speed was measured marked as on the Pareto front or not."""
    timed = [row for row in rows if row.competes and row.pairing.targets and cell_of(row, "ms").value is not None]
    costs = [(-_balanced(row), cell_of(row, "ms").value, cell_of(row, "mb").value) for row in timed]
    on_front = dict(zip(map(id, timed), pareto_front(costs), strict=True))
    return [replace(row, front=on_front.get(id(row))) for row in rows]


def pareto_front(costs: Sequence[Sequence[float | None]]) -> list[bool]:
    """Return which points are on the Pareto front: none other is lower in one cost and higher in none.

    Args:
        costs: of each point, the same ones in the same order; None where one is not known: two points are compared in
            those that are known of both.

    >>> pareto_front([(1, 9), (2, 5), (2, 7), (3, None)])
    [True, True, False, False]
    """
    values = np.array(costs, dtype=float)  # None becomes NaN, which is neither lower nor higher
    lower = [(values < mine).any(axis=1) for mine in values]
    higher = [(values > mine).any(axis=1) for mine in values]
    return [not (low & ~high).any() for low, high in zip(lower, higher, strict=True)]


def _balanced(row: Row) -> float:
    return cell_of(row, "balanced").value or 0.0


def _for_these_targets(rows: Sequence[Row]) -> list[str]:
    """Return a note if rows differ significantly over several targets, who may not show whom a row fails on."""
    apart = [row.versus.difference for row in rows if row.versus and row.versus.difference and row.versus.apart]
    targets = max((made.targets for made in apart), default=1)
    if targets < 2:
        return []
    return [
        f"The rows ranked below the best are worse for these targets: {targets} people may not include the rare one "
        "whom a row fails on [these-targets]"
    ]


def _too_small(rows: Sequence[Row], comparisons: int) -> list[str]:
    """Return notes that name the rows that tie with the best, and what would tell them apart, if there is less."""
    tied = {row.title: made for row in rows if (made := _tied(row)) and made.units_needed(comparisons) > made.units}
    alike = {title: made for title, made in tied.items() if not made.excludes_zero}
    apart_alone = {title: made for title, made in tied.items() if made.excludes_zero}
    return [
        *_needs_more(f"in a test that is too small to tell {100 * TOLD:g} points apart", alike, comparisons),
        *_needs_more("although the interval of the difference, by itself, excludes 0", apart_alone, comparisons),
    ]


def _tied(row: Row) -> Difference | None:
    return row.versus.difference if row.versus and not row.versus.apart else None


def _needs_more(how: str, tied: Mapping[str, Difference], comparisons: int) -> list[str]:
    if not tied:
        return []
    most = max(tied.values(), key=lambda made: made.units_needed(comparisons))
    names = ", ".join(list(tied)[:_NAMED]) + (f" and {len(tied) - _NAMED} more" if len(tied) > _NAMED else "")
    what = "people" if most.targets > 1 else "independent photos"
    return [
        f"Tied with the best {how}: {names}. In {counted(comparisons, 'comparison')} it takes about "
        f"{most.units_needed(comparisons):,} {what} like these, and here are {most.units:,} [small-test]"
    ]
