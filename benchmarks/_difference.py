"""By how much one pairing beats another on the same test photos, with the interval of the difference."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ._schema import Prediction

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Sums = NDArray[np.float64]

_RESAMPLES = 4999


@dataclass(frozen=True)
class Difference:
    """A difference of balanced accuracies, ours less theirs, -1..1, with its 95 % interval where there is one."""

    value: float
    low: float | None = None
    high: float | None = None

    def __str__(self) -> str:
        if self.low is None or self.high is None:
            return f"{100 * self.value:+.1f} points"
        return f"{100 * self.value:+.1f} points (95 %: {100 * self.low:+.1f} to {100 * self.high:+.1f})"


def difference(ours: Iterable[Prediction], theirs: Iterable[Prediction]) -> Difference | None:
    """Return the difference of two pairings' balanced accuracies over the photos that both were tested on.

    The interval is a percentile bootstrap, seeded. One target: photos of it and people among the others are drawn
    anew (photos of others where their people are not known). Several targets: the targets are.
    Without a common test photo of both classes: None.
    """
    units = _units(ours, theirs)
    if not units:
        return None
    if len(units) == 1:
        return _of_one_target(*units[0])
    values = np.array([(_mean(*mine) + _mean(*others)) / 2 for mine, others in units])
    return Difference(float(values.mean()), *_interval((values,), np.mean))


def _units(ours: Iterable[Prediction], theirs: Iterable[Prediction]) -> list[tuple[tuple[Sums, Sums], ...]]:
    """Return for each target and class, me first, (sums, photos) of the units' differences in right decisions."""
    right = {(row.target, row.path): row.decision == row.truth for row in theirs}
    gains: dict[str, dict[str, dict[str, list[int]]]] = defaultdict(lambda: {"me": {}, "other": {}})
    for row in ours:
        if (row.target, row.path) in right:
            unit = row.path if row.truth == "me" else row.person or row.path
            gain = int(row.decision == row.truth) - int(right[row.target, row.path])
            gains[row.target][row.truth].setdefault(unit, []).append(gain)
    return [
        tuple(
            (np.array([sum(unit) for unit in of.values()], float), np.array([len(unit) for unit in of.values()], float))
            for of in classes.values()
        )
        for classes in gains.values()
        if all(classes.values())
    ]


def _of_one_target(mine: tuple[Sums, Sums], others: tuple[Sums, Sums]) -> Difference:
    def statistic(me: NDArray[np.intp], other: NDArray[np.intp], axis: int = -1) -> Any:
        parts = [_mean(sums[drawn], photos[drawn], axis) for (sums, photos), drawn in ((mine, me), (others, other))]
        return (parts[0] + parts[1]) / 2

    me, other = (np.arange(len(sums)) for sums, _ in (mine, others))
    return Difference(float(statistic(me, other)), *_interval((me, other), statistic))


def _mean(sums: Sums, photos: Sums, axis: int = -1) -> Any:
    return sums.sum(axis=axis) / photos.sum(axis=axis)


def _interval(units: tuple[Any, ...], statistic: Any) -> tuple[float | None, float | None]:
    from scipy.stats import bootstrap

    if min(map(len, units)) < 2:
        return None, None
    drawn = bootstrap(units, statistic, n_resamples=_RESAMPLES, batch=500, method="percentile", rng=0)
    return float(drawn.confidence_interval.low), float(drawn.confidence_interval.high)
