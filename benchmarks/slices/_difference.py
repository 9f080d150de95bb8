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
    if not wrong.any():
        return np.ones(members.shape[1])
    observed = wrong @ members
    above, below = np.zeros(len(observed)), np.zeros(len(observed))
    strata = list(_strata(wrong, members, unit))
    # Only the units with errors need to be given memberships: no error, no sum.
    largest = max(max(units, errors.size * members.shape[1]) for units, errors, _ in strata)
    together = max(1, min(draws, _AT_ONCE // largest))
    rng = np.random.default_rng(0)
    orders = [np.tile(np.arange(units, dtype=np.int32), (together, 1)) for units, _, _ in strata]
    for begin in range(0, draws, together):
        count = min(together, draws - begin)
        sums = np.zeros((count, len(observed)))
        for (_, errors, of_units), order in zip(strata, orders, strict=True):
            given = of_units[_dealt(order, len(errors), rng)[:count]]
            sums += errors.ravel() @ given.reshape(count, errors.size, -1)
        above += (sums >= observed - _ROUNDING).sum(axis=0)
        below += (sums <= observed + _ROUNDING).sum(axis=0)
    return np.minimum(1.0, 2 * (1 + np.minimum(above, below)) / (1 + draws))


def _strata(wrong: Floats, members: NDArray[np.bool_], unit: Numbers) -> Iterator[tuple[int, Floats, Floats]]:
    """Yield for each size of units with errors: units, errors (those with any, size), memberships (units, size, s)."""
    order = np.argsort(unit, kind="stable")
    sizes = np.bincount(unit)
    starts = np.cumsum(sizes) - sizes
    for size in np.unique(sizes[sizes > 0]):
        photos = order[starts[sizes == size][:, None] + np.arange(size)]
        errors = wrong[photos]
        if (with_errors := errors.any(axis=1)).any():
            yield len(photos), errors[with_errors], members[photos].astype(np.float64)


def _dealt(order: NDArray[np.int32], count: int, rng: np.random.Generator) -> NDArray[np.int32]:
    """Return the first `count` of permutations (draws, units), which are shuffled as far as that and stay so."""
    draws, units = order.shape
    rows = np.arange(draws)
    for place in range(min(count, units - 1)):  # Fisher and Yates; a shuffled order is as good a start as any
        other = rng.integers(place, units, size=draws)
        order[rows, other], order[:, place] = order[:, place].copy(), order[rows, other]
    return order[:, :count]
