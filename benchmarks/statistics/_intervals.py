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
from ._influences import Recurring, carriers_of, of_auc, of_class, variance_of
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
    share, influence = of_class(sample, truth)
    variance = variance_of([influence], [sample.units_of(truth)])
    rarer = len(np.unique(sample.unit[chosen & (sample.right != (share > 0.5))]))
    return bounded(share, variance, len(np.unique(sample.photos[chosen])), sample.units_of(truth), rarer)


def rate_interval(wrong: Floats, unit: NDArray[np.intp]) -> Bounded:
    """Return the mean of a share of wrong decisions per photo, with its interval.

    Args:
        wrong: (n,) of each photo, 0..1, at least one photo.
        unit: (n,) the number of its independent unit.
    """
    rate, units = float(wrong.mean()), len(np.unique(unit))
    influence = np.bincount(unit, wrong - rate) / len(wrong)
    rarer = len(np.unique(unit[wrong != (rate > 0.5)]))
    return bounded(rate, variance_of([influence], [units]), len(wrong), units, rarer)


def auc_interval(sample: Sample) -> Bounded:
    """Return the area under the ROC curve, mean over repeats, with its interval (DeLong's variance, over units)."""
    auc, mine, others = of_auc(sample)
    units = [sample.units_of(True), sample.units_of(False)]
    variance = variance_of([mine, others], units)
    return bounded(auc, variance, len(np.unique(sample.photos)), min(units), carriers_of([mine, others]))


def mean_interval(values: Sequence[float], strangers: Recurring | None = None) -> Bounded:
    """Return the mean of one value of 0..1 per target, with its interval.

    Args:
        values: one per target.
        strangers: what those who recur across targets add to the variance; None if they do not matter.
    """
    each = np.asarray(values, dtype=np.float64)
    mean, influence = float(each.mean()), (each - each.mean()) / len(each)
    units = min(len(each), strangers.strangers) if strangers else len(each)
    varies = np.ptp(each) >= _ROUNDING
    parts = [(variance_of([influence], [len(each)]), carriers_of([influence]))] if varies else []
    if strangers and strangers.variance > 0:
        parts.append((strangers.variance, strangers.carriers))
    if not parts:
        return bounded(mean, 0.0, units, units, 0)
    variance = sum(part for part, _ in parts)
    return bounded(mean, variance, np.inf, units, variance**2 / sum(part**2 / carriers for part, carriers in parts))


def complement(figure: Bounded) -> Bounded:
    """Return one minus an estimate, with its interval: an error rate from a share of right decisions, or back."""
    return Bounded(1 - figure.value, 1 - figure.high, 1 - figure.low)


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


def _jeffreys(mean: float, photos: float, freedom: float) -> tuple[float, float]:
    # Quantiles of the normal, t and beta distributions: those of scipy.stats, which takes half a second to import.
    from scipy.special import betaincinv, ndtri, stdtrit

    worth = max(photos, 1e-9) * float((ndtri(0.025) / stdtrit(max(freedom, 1), 0.025)) ** 2)
    right, wrong = mean * worth + 0.5, (1 - mean) * worth + 0.5
    return min(mean, float(betaincinv(right, wrong, 0.025))), max(mean, float(betaincinv(right, wrong, 0.975)))
