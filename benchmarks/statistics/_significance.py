"""Which rows differ: tests on the same photos, corrected for all comparisons that are made."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

#: Rows differ significantly if the adjusted p-value is below this.
LEVEL = 0.05
_FLIPS = 9_999
#: Up to this many units that differ, every combination of signs is counted.
_EXACT = 13


def sign_flip(differences: Floats) -> float:
    """Return the two-sided p-value of a sum of differences, one per unit, if all signs are equally likely.

    Exact up to 13 units that differ, beyond that from 9,999 seeded random signs (and then never below 1/10,000).

    >>> sign_flip(np.array([1.0, 1.0, 1.0, 1.0, 1.0, 1.0]))
    0.03125
    """
    moved = differences[differences != 0]
    if not len(moved):
        return 1.0
    total = abs(moved.sum())
    if len(moved) <= _EXACT:
        signs = 1 - 2 * ((np.arange(2 ** len(moved))[:, None] >> np.arange(len(moved))) & 1)
        return float(_at_least(signs @ moved, total).mean())
    rng = np.random.default_rng(0)
    signs = 1 - 2 * rng.integers(0, 2, (_FLIPS, len(moved)), dtype=np.int8)
    return float((1 + _at_least(signs @ moved, total).sum()) / (1 + _FLIPS))


def _at_least(sums: Floats, total: float) -> NDArray[np.bool_]:
    # Sums of the same terms in another order differ in their last digits.
    return np.abs(sums) >= total - 1e-9 * max(1.0, total)


def mcnemar(only_ours: int, only_theirs: int) -> float:
    """Return the exact two-sided p-value of McNemar's test: photos that only one of two pairings decided rightly.

    >>> mcnemar(6, 0), mcnemar(0, 0)
    (0.03125, 1.0)
    """
    from scipy.stats import binomtest

    discordant = only_ours + only_theirs
    return float(binomtest(min(only_ours, only_theirs), discordant).pvalue) if discordant else 1.0


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


def can_tell(disagreements: int, comparisons: int) -> bool:
    """Return whether a number of units that disagree can give a significant difference, if all favour one row."""
    return 2.0 ** (1 - disagreements) * comparisons < LEVEL


def photos_needed(difference: float, discordant: float, comparisons: int = 1, power: float = 0.8) -> int:
    """Return the number of independent photos needed to detect a difference of accuracies (McNemar; Connor, 1987).

    Args:
        difference: of the accuracies, above 0.
        discordant: share of photos that only one of the two decides rightly, at least the difference.
        comparisons: that the p-value is adjusted for.
        power: probability of detection.

    >>> photos_needed(0.05, 0.15)
    469
    """
    from scipy.stats import norm

    discordant = max(discordant, difference)
    to_reject, to_find = norm.isf(LEVEL / comparisons / 2), norm.isf(1 - power)
    spread = to_reject * discordant**0.5 + to_find * (discordant - difference**2) ** 0.5
    return ceil(float((spread / difference) ** 2))
