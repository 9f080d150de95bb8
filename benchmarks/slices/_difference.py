"""Whether photos of a slice are decided wrongly more, or less, often than others: membership permuted among units."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Numbers = NDArray[np.intp]

#: Permutations that are drawn at first: they suffice where nothing differs, and no p-value of theirs below `_CLEAR`
#: counts.
_FIRST = 999
_CLEAR = 0.1
#: Numbers that are held together.
_AT_ONCE = 1 << 21
_ROUNDING = 1e-9  # sums of the same shares in another order


def permutation_p(wrong: Floats, members: NDArray[np.bool_], unit: Numbers, draws: int) -> Floats:
    """Return two-sided p-values (slices,): whether the photos of a slice are wrong as often as the others.

    The memberships of a unit's photos are exchanged, all together, with those of another unit of as many photos, at
    random: what photos of a unit have in common stays. If membership has nothing to do with errors, each exchange is
    equally likely, so the test is exact for any number of units. A unit of a size of its own exchanges with nobody.
    Seeded; never below 2 / (draws + 1).

    Args:
        wrong: (n,) share of its tests in which a photo was wrong.
        members: (n, slices) whether a photo is in a slice.
        unit: (n,) the number of its unit.
        draws: permutations.

    >>> rng = np.random.default_rng(1)
    >>> blurred = rng.uniform(size=90) < 0.3
    >>> wrong = (rng.uniform(size=90) < np.where(blurred, 0.5, 0.05)).astype(float)
    >>> bool(permutation_p(wrong, blurred[:, None], np.arange(90), 9_999)[0] < 0.001)
    True
    """
    found = _p_values(wrong, members, unit, min(draws, _FIRST))
    unclear = found <= _CLEAR
    if draws > _FIRST and unclear.any():
        found[unclear] = _p_values(wrong, members[:, unclear], unit, draws)
    return found


def _p_values(wrong: Floats, members: NDArray[np.bool_], unit: Numbers, draws: int) -> Floats:
    return np.array([_p_value(wrong, inside, unit, draws) for inside in members.T])


def _p_value(wrong: Floats, inside: NDArray[np.bool_], unit: Numbers, draws: int) -> float:
    rng, observed, sums = np.random.default_rng(0), wrong @ inside, np.zeros(draws)
    for errors, of_units in _strata(wrong, inside, unit):
        sums += _drawn(errors, of_units, draws, rng)
    above, below = (sums >= observed - _ROUNDING).sum(), (sums <= observed + _ROUNDING).sum()
    return min(1.0, 2 * (1 + float(min(above, below))) / (1 + draws))


def _strata(wrong: Floats, inside: NDArray[np.bool_], unit: Numbers) -> Iterator[tuple[Floats, Floats]]:
    """Yield for each size of units: the errors of those with any, (e, size), and memberships of all, (units, size)."""
    order = np.argsort(unit, kind="stable")
    sizes = np.bincount(unit)
    starts = np.cumsum(sizes) - sizes
    for size in np.unique(sizes[sizes > 0]).tolist():
        photos = order[starts[sizes == size][:, None] + np.arange(size)]
        errors = wrong[photos]
        if (with_errors := errors.any(axis=1)).any():  # the others add nothing, whatever they are given
            yield errors[with_errors], inside[photos].astype(np.float64)


def _drawn(errors: Floats, members: Floats, draws: int, rng: np.random.Generator) -> Floats:
    """Return the errors in the slice, (draws,), if units with errors are given the memberships of units at random."""
    kinds, counts = np.unique(errors, axis=0, return_counts=True)
    patterns, units = np.unique(members, axis=0, return_counts=True)
    if len(kinds) * len(patterns) < len(errors):
        return _by_numbers(kinds @ patterns.T, counts, units, draws, rng)
    return _one_by_one(errors, members, draws, rng)


def _by_numbers(sums: Floats, counts: Numbers, units: Numbers, draws: int, rng: np.random.Generator) -> Floats:
    """Return the errors, (draws,), from how many units with the same errors are given the same memberships.

    Args:
        sums: (kinds, patterns) errors in the slice of a unit of a kind that is given a pattern.
        counts: (kinds,) units of each kind.
        units: (patterns,) that have each pattern.
        draws: how many.
        rng: whose hypergeometric numbers are drawn.
    """
    left, drawn = np.tile(units[:, None], (1, draws)), np.zeros(draws)
    for of_kind, count in zip(sums, counts, strict=True):
        wanted, others = np.full(draws, count), left.sum(axis=0)
        for pattern, each in enumerate(of_kind):
            others = others - left[pattern]
            given = rng.hypergeometric(left[pattern], others, wanted)
            drawn += each * given
            left[pattern] -= given
            wanted -= given
    return drawn


def _one_by_one(errors: Floats, members: Floats, draws: int, rng: np.random.Generator) -> Floats:
    """Return the errors, (draws,), from shuffled units."""
    together = max(1, min(draws, _AT_ONCE // max(len(members), errors.size)))
    order = np.tile(np.arange(len(members), dtype=np.int32), (together, 1))
    parts = []
    for _ in range(0, draws, together):
        _deal(order, len(errors), rng)
        parts.append(np.einsum("dus,us->d", members[order[:, : len(errors)]], errors))
    return np.concatenate(parts)[:draws]


def _deal(order: NDArray[np.int32], count: int, rng: np.random.Generator) -> None:
    """Shuffle the first `count` places of permutations (draws, units); a shuffled order is as good a start as any."""
    draws, units = order.shape
    rows = np.arange(draws)
    for place in range(min(count, units - 1)):  # Fisher and Yates
        other = rng.integers(place, units, size=draws)
        order[rows, other], order[:, place] = order[:, place].copy(), order[rows, other]
