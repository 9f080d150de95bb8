"""95 % intervals of a pairing's metrics, from independent units (clusters) rather than from photos.

The effective sample size of a mean is the number of independent photos with the same variance, which is the sandwich
variance over units. The interval is Jeffreys' for that number, widened by Student's t if the variance is estimated from
few units. If nothing varies (no error at all) it is the exact one-sided bound of Clopper and Pearson for the number of
units, so no interval has zero width. docs/statistics.md shows the coverage of these intervals, and that the percentile
bootstrap over units does not cover.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ..results import Interval
from ._metrics import ranks
from ._samples import Sample

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

#: With fewer units in a class (or fewer targets) there is no meaningful interval.
ENOUGH_UNITS = 10
SPARE_FREEDOM = 3
_ROUNDING = 1e-12


class Bounded(NamedTuple):
    """An estimate in 0..1 with its 95 % limits."""

    value: float
    low: float
    high: float


def class_interval(sample: Sample, truth: bool) -> Bounded:
    """Return the share of correct decisions in one class (True: the target), mean over repeats, with its interval."""
    chosen = sample.truth == truth
    share, influence = 0.0, np.zeros(sample.units)
    for of_repeat in sample.repeats_of(chosen):
        of_class = float(sample.right[of_repeat].mean())
        share += of_class
        influence += sample.sums(np.where(of_repeat, sample.right - of_class, 0.0)) / of_repeat.sum()
    repeats = len(sample.repeats_of(chosen))
    variance = variance_of([influence / repeats], [sample.units_of(truth)])
    rarer = len(np.unique(sample.unit[chosen & (sample.right != (share / repeats > 0.5))]))
    photos = len(np.unique(sample.photos[chosen]))
    return bounded(share / repeats, variance, photos, sample.units_of(truth), rarer)


def auc_interval(sample: Sample) -> Bounded:
    """Return the area under the ROC curve, mean over repeats, with its interval (DeLong's variance, over units)."""
    auc, mine, others = 0.0, np.zeros(sample.units), np.zeros(sample.units)
    every = sample.repeats_of(np.ones(len(sample.truth), dtype=bool))
    for of_repeat in every:
        truth, ranked = sample.truth[of_repeat], ranks(sample.scores[of_repeat])
        above = np.where(truth, _share_below(ranked, ranked[~truth]), 1 - _share_below(ranked, ranked[truth]))
        area = float(above[truth].mean())
        auc += area
        for of_class, chosen in ((mine, truth), (others, ~truth)):
            values = np.zeros(len(sample.truth))
            values[of_repeat] = np.where(chosen, above - area, 0.0) / chosen.sum()
            np.add(of_class, sample.sums(values), out=of_class)
    units = [sample.units_of(True), sample.units_of(False)]
    variance = variance_of([mine / len(every), others / len(every)], units)
    return bounded(auc / len(every), variance, len(np.unique(sample.photos)), min(units), _carriers([mine, others]))


def mean_interval(values: Sequence[float]) -> Bounded:
    """Return the mean of one value of 0..1 per unit, with its interval."""
    each = np.asarray(values, dtype=np.float64)
    mean = float(each.mean())
    if np.ptp(each) < _ROUNDING:
        return bounded(mean, 0.0, len(each), len(each), 0)
    influence = (each - mean) / len(each)
    return bounded(mean, variance_of([influence], [len(each)]), np.inf, len(each), _carriers([influence]))


def outer(figure: Bounded, other: Bounded) -> Bounded:
    """Return an estimate with the outer limits of two intervals."""
    return Bounded(figure.value, min(figure.low, other.low), max(figure.high, other.high))


def weighted_interval(parts: Sequence[Bounded], weights: Sequence[float]) -> Bounded:
    """Return a weighted mean of independent estimates, with its interval.

    Distances to the limits are combined as root sum of squares (Zou and Donner, 2008), so they may be asymmetric.
    """
    values, lows, highs = (np.array(column) for column in zip(*parts, strict=True))
    by = np.array(weights)
    mean = float(by @ values)
    below = float(np.sqrt((by**2 * (values - lows) ** 2).sum()))
    above = float(np.sqrt((by**2 * (highs - values) ** 2).sum()))
    return Bounded(mean, max(0.0, mean - below), min(1.0, mean + above))


def one_sided_bound(units: int) -> float:
    """Return the rate below which the true one lies with 95 % confidence if so many units show no error.

    >>> round(one_sided_bound(100), 4)
    0.0295
    """
    return float(1 - 0.05 ** (1 / units)) if units else 1.0


def bounded(mean: float, variance: float, most: float, units: int, carriers: float) -> Bounded:
    """Return a mean with its interval.

    Args:
        mean: of 0..1.
        variance: of the mean.
        most: upper bound of the effective sample size.
        units: independent ones.
        carriers: units that the variance was estimated from, such as those with the rarer of two outcomes.
    """
    if mean in (0.0, 1.0):
        bound = one_sided_bound(units)
        return Bounded(mean, 1 - bound, 1.0) if mean else Bounded(mean, 0.0, bound)
    effective = mean * (1 - mean) / variance if variance > 0 else np.inf
    if effective >= most - 1.001:  # photos vary as independent ones do: nothing was learnt from the units
        return Bounded(mean, *_jeffreys(mean, most, units - 1))
    return Bounded(mean, *_jeffreys(mean, effective, carriers + SPARE_FREEDOM))


def to_interval(figure: Bounded) -> Interval:
    """Return the limits alone."""
    return Interval(low=figure.low, high=figure.high)


def variance_of(influences: Sequence[Floats], units: Sequence[int]) -> float:
    """Return the variance of a mean from what each unit adds to its error, class by class."""
    if min(units) < 2:
        return np.inf
    return sum(n / (n - 1) * float((influence**2).sum()) for influence, n in zip(influences, units, strict=True))


def _carriers(influences: Sequence[Floats]) -> float:
    """Return how many units carry the variance: all of them if they add alike, few if few add most of it."""
    squares = np.concatenate(influences) ** 2
    return float(squares.sum() ** 2 / (squares**2).sum()) if squares.any() else 0.0


def _share_below(values: NDArray[np.intp], among: NDArray[np.intp]) -> Floats:
    """Return the share of some values that each value exceeds, ties counted half."""
    ordered = np.sort(among)
    below, upto = (np.searchsorted(ordered, values, side=side) for side in ("left", "right"))
    share: Floats = (below + upto) / 2 / len(ordered)
    return share


def _jeffreys(mean: float, photos: float, freedom: float) -> tuple[float, float]:
    from scipy.stats import beta, norm, t

    worth = max(photos, 1e-9) * float((norm.isf(0.025) / t.isf(0.025, max(freedom, 1))) ** 2)
    right, wrong = mean * worth + 0.5, (1 - mean) * worth + 0.5
    return min(mean, float(beta.ppf(0.025, right, wrong))), max(mean, float(beta.ppf(0.975, right, wrong)))
