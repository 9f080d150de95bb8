"""By how much one pairing beats another on the same test photos: the difference, its interval, and its p-value."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import TYPE_CHECKING

import numpy as np

from ..results import Prediction
from ._influences import recurring, variance_of
from ._intervals import SPARE_FREEDOM, one_sided_bound
from ._samples import Sample, by_target, common_samples
from ._significance import FEWEST, max_t, mcnemar, sign_flip, units_needed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

#: A difference that a test should be large enough to tell.
TOLD = 0.05
_NOTHING = 1e-20  # a variance of rounding errors alone


@dataclass(frozen=True)
class Difference:
    """A difference of balanced accuracies, ours minus theirs, -1..1.

    Attributes:
        value: the difference; mean over targets and repeats.
        low, high: 95 % limits; None if predictions of single photos are unavailable.
        p: two-sided p-value, for this comparison alone (`difference`) or adjusted for all (`compare_rows`).
        targets: that were tested.
        units: of evidence: photos, groups and people of one target, or targets.
        disagreements: units on which the two differ.
        error: standard error, at least that of two rows that differ by 5 points; None as the limits.
    """

    value: float
    low: float | None = None
    high: float | None = None
    p: float | None = None
    targets: int = 1
    units: int = 0
    disagreements: int = 0
    error: float | None = None

    @property
    def excludes_zero(self) -> bool:
        """Whether the interval lies on one side of 0."""
        return self.low is not None and self.high is not None and not self.low <= 0 <= self.high

    def __str__(self) -> str:
        if self.low is None or self.high is None:
            return f"{100 * self.value:+z.1f} points"
        return f"{100 * self.value:+z.1f} points (95 %: {100 * self.low:+z.1f} to {100 * self.high:+z.1f})"

    def units_needed(self, comparisons: int) -> int:
        """Return how many units like these would tell 5 points among some comparisons; 0 if `error` is unknown.

        If the interval excludes 0, the difference itself takes the place of 5 points.
        """
        if self.error is None:
            return 0
        if not self.excludes_zero:
            return units_needed(self.units, self.error, comparisons, TOLD)
        that_differ = ceil(FEWEST * self.units / self.disagreements)
        return max(that_differ, units_needed(self.units, self.error, comparisons, abs(self.value)))

    def reversed(self) -> Difference:
        """Return theirs minus ours."""
        limits = (None, None) if self.low is None or self.high is None else (0.0 - self.high, 0.0 - self.low)
        return replace(self, value=0.0 - self.value, low=limits[0], high=limits[1])  # not -0.0, which shows


@dataclass(frozen=True)
class Compared:
    """Two pairings, compared on the same photos.

    Attributes:
        difference: between them, with the p-value of this comparison alone.
        gains: what each unit adds to it, by name: targets, or groups and people of a single target.
        inflation: of its variance, over that which the units alone show: by strangers who recur across targets.
    """

    difference: Difference
    gains: Mapping[Hashable, float]
    inflation: float = 1.0


def difference(ours: Sequence[Prediction], theirs: Sequence[Prediction]) -> Difference | None:
    """Return how two pairings differ over the photos that both were tested on; None without such photos.

    The p-value is that of the sign-flip permutation test on the units' differences; where every unit is one photo that
    was tested once, of McNemar's exact test.
    """
    compared = compare_samples(common_samples(by_target(ours), by_target(theirs)))
    return None if compared is None else compared.difference


def compare_samples(samples: Mapping[str, tuple[Sample, Sample]]) -> Compared | None:
    """Return how two pairings differ, from their samples of the same photos, by target."""
    if len(samples) > 1:
        return _over_targets(samples)
    return next((_of_one_target(*pair) for pair in samples.values()), None)


def _over_targets(samples: Mapping[str, tuple[Sample, Sample]]) -> Compared:
    each = np.array([_gains(*pair).sum() for pair in samples.values()])
    mean, targets, differing = float(each.mean()), len(each), int((each != 0).sum())
    influences = [_influence(*pair, truth=False) for pair in samples.values()]
    strangers = recurring([ours for ours, _ in samples.values()], influences).variance
    variance = variance_of([(each - mean) / targets], [targets]) + strangers
    # The statistic of the test, the sum over the root of the sum of squares, is that of Student's t with this variance.
    inflation = 1 + targets * (targets - 1) * strangers / float((each**2).sum()) if differing else 1.0
    low, high = _limits(mean, variance, [targets], differing)
    made = Difference(
        mean,
        low,
        high,
        p=float(max_t(each[None], inflation)[0]),
        targets=targets,
        units=targets,
        disagreements=differing,
        error=max(variance, TOLD**2 / targets) ** 0.5,
    )
    return Compared(made, dict(zip(samples, each.tolist(), strict=True)), inflation)


def _of_one_target(ours: Sample, theirs: Sample) -> Compared:
    gains = _gains(ours, theirs)
    value, differing = float(gains.sum()), int((gains != 0).sum())
    if ours.single_photos and ours.right.dtype == bool:
        p = mcnemar(int((ours.right > theirs.right).sum()), int((ours.right < theirs.right).sum()))
    else:
        p = sign_flip(gains)
    units = [ours.units_of(truth) for truth in (True, False)]
    variance = variance_of([_influence(ours, theirs, truth=truth) for truth in (True, False)], units)
    least = sum(TOLD * (1 - TOLD) / n for n in units) / len(units) ** 2
    low, high = _limits(value, variance, units, differing)
    made = Difference(
        value,
        low,
        high,
        p=p,
        units=sum(units),
        disagreements=differing,
        error=max(variance, least) ** 0.5 if min(units) > 1 else None,
    )
    return Compared(made, dict(zip(ours.names, gains.tolist(), strict=True)))


def _gains(ours: Sample, theirs: Sample) -> Floats:
    """Return what each unit adds to the difference, (units,)."""
    return ours.sums(ours.weights * (ours.right.astype(float) - theirs.right))


def _influence(ours: Sample, theirs: Sample, *, truth: bool) -> Floats:
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
    value: float, variance: float, units: Sequence[int], differing: int
) -> tuple[float, float] | tuple[None, None]:
    from scipy.special import stdtrit

    if min(units) < 2:
        return None, None
    if variance < _NOTHING:  # that so many units say the same only bounds how often others may say something else
        reach = sum(one_sided_bound(n) ** 2 for n in units) ** 0.5 / len(units)
    else:
        reach = -float(stdtrit(differing + SPARE_FREEDOM, 0.025)) * variance**0.5
    return max(-1.0, value - reach), min(1.0, value + reach)
