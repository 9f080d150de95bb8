"""By how much one pairing beats another on the same test photos: the difference, its interval, and its p-value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ..results import Prediction
from ._intervals import SPARE_FREEDOM, one_sided_bound, variance_of
from ._samples import Sample, common_samples
from ._significance import mcnemar, sign_flip

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_NOTHING = 1e-20  # a variance of rounding errors alone


@dataclass(frozen=True)
class Difference:
    """A difference of balanced accuracies, ours minus theirs, -1..1.

    Attributes:
        value: the difference; mean over targets and repeats.
        low, high: 95 % limits; None if predictions of single photos are unavailable.
        p: two-sided p-value, for this comparison alone.
        units: of evidence: photos, groups and people of one target, or targets.
        disagreements: units on which the two differ.
    """

    value: float
    low: float | None = None
    high: float | None = None
    p: float | None = None
    units: int = 0
    disagreements: int = 0

    def __str__(self) -> str:
        if self.low is None or self.high is None:
            return f"{100 * self.value:+.1f} points"
        return f"{100 * self.value:+.1f} points (95 %: {100 * self.low:+.1f} to {100 * self.high:+.1f})"

    def reversed(self) -> Difference:
        """Return theirs minus ours."""
        limits = (None, None) if self.low is None or self.high is None else (0.0 - self.high, 0.0 - self.low)
        return replace(self, value=0.0 - self.value, low=limits[0], high=limits[1])  # not -0.0, which shows


def difference(ours: Sequence[Prediction], theirs: Sequence[Prediction]) -> Difference | None:
    """Return how two pairings differ over the photos that both were tested on; None without such photos.

    The p-value is that of the sign-flip permutation test on the units' differences; where every unit is one photo that
    was tested once, of McNemar's exact test.
    """
    return compare_samples(common_samples(ours, theirs))


def compare_samples(samples: Mapping[str, tuple[Sample, Sample]]) -> Difference | None:
    """Return how two pairings differ, from their samples of the same photos, by target."""
    if not samples:
        return None
    if len(samples) == 1:
        [(first, second)] = samples.values()
        return _of_one_target(first, second)
    each = np.array([_gains(first, second).sum() for first, second in samples.values()])
    low, high = _limits(each.mean(), [(each - each.mean()) / len(each)], [len(each)], int((each != 0).sum()))
    return Difference(float(each.mean()), low, high, sign_flip(each), len(each), int((each != 0).sum()))


def _gains(ours: Sample, theirs: Sample) -> Floats:
    """Return what each unit adds to the difference, (units,)."""
    return ours.sums(ours.weights * (ours.right.astype(float) - theirs.right))


def _of_one_target(ours: Sample, theirs: Sample) -> Difference:
    gains = _gains(ours, theirs)
    if ours.single_photos:
        p = mcnemar(int((ours.right & ~theirs.right).sum()), int((~ours.right & theirs.right).sum()))
    else:
        p = sign_flip(gains)
    influences = [_influence(ours, theirs, truth) for truth in (True, False)]
    units = [ours.units_of(truth) for truth in (True, False)]
    differing = int((gains != 0).sum())
    low, high = _limits(gains.sum(), influences, units, differing)
    return Difference(float(gains.sum()), low, high, p, sum(units), differing)


def _influence(ours: Sample, theirs: Sample, truth: bool) -> Floats:
    """Return what each unit adds to the error of the difference in one class, (units,)."""
    influence = np.zeros(ours.units)
    repeats = ours.repeats_of(ours.truth == truth)
    for chosen in repeats:
        gains = ours.right[chosen].astype(float) - theirs.right[chosen]
        values = np.zeros(len(ours.truth))
        values[chosen] = gains - gains.mean()
        influence += ours.sums(values) / chosen.sum() / len(repeats) / 2
    return influence


def _limits(
    value: float, influences: Sequence[Floats], units: Sequence[int], differing: int
) -> tuple[float, float] | tuple[None, None]:
    from scipy.stats import t

    if min(units) < 2:
        return None, None
    variance = variance_of(influences, units)
    if variance < _NOTHING:  # that so many units say the same only bounds how often others may say something else
        reach = sum(one_sided_bound(n) ** 2 for n in units) ** 0.5 / len(units)
    else:
        reach = float(t.isf(0.025, differing + SPARE_FREEDOM)) * variance**0.5
    return max(-1.0, float(value) - reach), min(1.0, float(value) + reach)
