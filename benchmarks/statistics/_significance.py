"""Which rows differ: tests on the same photos, corrected for all comparisons that are made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

#: Rows differ significantly if the adjusted p-value is below this.
LEVEL = 0.05
_FLIPS = 9_999
#: Up to this many units that differ every combination of signs is counted: fewer than would be drawn.
_EXACT = 13
_ROUNDING = 1e-12  # a gain of right and wrong decisions that cancel out
#: Fewer units that differ cannot give p < .05, even if all are in favour of one row.
FEWEST = 6
_AT_ONCE = 1 << 18  # signs, which stay in the processor's cache


def sign_flip(differences: Floats) -> float:
    """Return the two-sided p-value of a sum of differences, one per unit, if all signs are equally likely.

    Exact up to 13 units that differ, beyond that from 9,999 seeded random signs (and then never below 1/10,000).

    >>> sign_flip(np.array([1.0, 1.0, 1.0, 1.0, 1.0, 1.0]))
    0.03125
    """
    return float(max_t(differences[None])[0])


def max_t(gains: Floats, inflation: Floats | float = 1.0) -> Floats:
    """Return two-sided p-values of sums of gains, adjusted for all of them, (sums,).

    The step-down maxT procedure of Westfall and Young (1993). Its statistic is the sum over the root of the sum of
    squares, which grows with Student's t. A unit's gains change their signs together, so that whatever correlation the
    sums have is taken into account. It assumes that the gains of a unit and their negatives are equally likely where
    there is no difference. Exact or seeded as `sign_flip`.

    Args:
        gains: (sums, units).
        inflation: of each sum's variance, (sums,), over that which its units alone show; at least 1.

    >>> max_t(np.array([[0.2, 0.3, 0.3, 0.2, 0.4, 0.3], [0.1, -0.1, 0.1, 0.0, 0.1, -0.1]]))
    array([0.03125, 1.     ])
    """
    exact = np.where(np.abs(gains) > _ROUNDING, gains, 0.0)
    moved = exact[:, exact.any(axis=0)]
    size = np.sqrt((moved**2).sum(axis=1))
    scaled = moved / np.where(size > 0, size, 1.0)[:, None]
    found = np.abs(scaled.sum(axis=1)) / np.sqrt(inflation)
    order = np.argsort(-found, kind="stable")
    # Sums of the same terms in another order differ in their last digits.
    least = found[order] - 1e-9
    reached, drawn = np.zeros(len(order)), 0
    for signs in _signs(moved.shape[1]):
        each = np.abs(signs @ scaled[order].T)
        largest = np.maximum.accumulate(each[:, ::-1], axis=1)[:, ::-1]  # of a sum and all that come after it
        reached += (largest >= least).sum(axis=0)
        drawn += len(signs)
    if moved.shape[1] > _EXACT:
        reached, drawn = reached + 1, drawn + 1
    adjusted = np.empty(len(order))
    adjusted[order] = np.maximum.accumulate(reached / drawn)
    return adjusted


def _signs(units: int) -> Iterator[Floats]:
    """Yield rows of 1 and -1, (rows, units): every combination where they are few, else random ones."""
    exact, rng = units <= _EXACT, np.random.default_rng(0)
    combinations = 2**units if exact else _FLIPS
    together = 4 * max(1, _AT_ONCE // (4 * max(1, units)))  # numpy draws 4 bytes: none of them is lost
    for begin in range(0, combinations, together):
        rows = np.arange(begin, min(combinations, begin + together))
        if exact:
            yield 1 - 2 * (rows[:, None] >> np.arange(units) & 1).astype(np.float64)
        else:
            drawn = np.frombuffer(rng.bytes(len(rows) * units), np.int8).reshape(-1, units)
            yield np.copysign(1, drawn, dtype=np.float64)


def holm(p_values: Sequence[float]) -> list[float]:
    """Return p-values adjusted for all of them (Holm), in the same order.

    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    order = np.argsort(p_values, kind="stable")
    steps = np.arange(len(order), 0, -1) * np.asarray(p_values, dtype=float)[order]
    adjusted = np.empty(len(order))
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(steps)) if len(order) else steps
    return [float(p) for p in adjusted]


def units_needed(units: int, error: float, comparisons: int = 1, difference: float = 0.05, power: float = 0.8) -> int:
    """Return how many units like these are needed to detect a difference between two rows.

    Args:
        units: of the test that was made.
        error: standard error of the difference in that test.
        comparisons: that p-values are adjusted for: by Bonferroni, which asks for a little more than is needed.
        difference: to detect, above 0.
        power: probability of detection.

    >>> units_needed(300, 0.02)
    377
    """
    from scipy.special import ndtri

    reach = -float(ndtri(LEVEL / comparisons / 2) + ndtri(1 - power))
    return max(FEWEST, ceil(units * (reach * error / difference) ** 2 - 1e-9))
