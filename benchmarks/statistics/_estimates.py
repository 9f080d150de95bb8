"""A pairing's metrics over all its targets and repeats, each with its interval."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from statistics import fmean

from ..results import Estimate, Metrics, TargetResult
from ._intervals import (
    ENOUGH_UNITS,
    Bounded,
    auc_interval,
    class_interval,
    mean_interval,
    outer,
    to_interval,
    weighted_interval,
)
from ._samples import Sample

#: The metrics, by their names in `Metrics`; for one target some have no interval.
FIGURES: dict[str, Callable[[Metrics], float]] = {
    "balanced_accuracy": lambda metrics: metrics.balanced_accuracy,
    "accuracy": lambda metrics: metrics.accuracy,
    "auc": lambda metrics: metrics.auc,
    "eer": lambda metrics: metrics.eer,
}


def estimate_figures(results: Sequence[TargetResult], samples: Mapping[str, Sample]) -> dict[str, Estimate]:
    """Return each metric's mean and interval.

    One target: the mean over repeats; units are groups of photos of the target and people among the others, each once
    whatever the number of repeats. Several targets: the mean over targets, which are the units.

    Args:
        results: one per target and repeat.
        samples: of `samples_of`, by target.
    """
    by_target: dict[str, list[Metrics]] = {}
    for result in results:
        by_target.setdefault(result.target, []).append(result.metrics)
    if not by_target:
        return {}
    means = {name: [fmean(map(figure, metrics)) for metrics in by_target.values()] for name, figure in FIGURES.items()}
    if len(by_target) > 1:
        intervals = _intervals_of_many(means, list(by_target.values()))
        return {name: _estimate(fmean(values), len(values), intervals[name]) for name, values in means.items()}
    [sample] = (samples[target] for target in by_target)
    units = min(sample.units_of(True), sample.units_of(False))
    intervals = _intervals_of_one(sample)
    return {name: _estimate(values[0], units, intervals.get(name)) for name, values in means.items()}


def _intervals_of_one(sample: Sample) -> dict[str, Bounded]:
    parts = [class_interval(sample, True), class_interval(sample, False)]
    mine = float(sample.truth.mean())
    return {
        "balanced_accuracy": weighted_interval(parts, [0.5, 0.5]),
        "accuracy": weighted_interval(parts, [mine, 1 - mine]),
        "auc": auc_interval(sample),
    }


def _intervals_of_many(means: Mapping[str, list[float]], by_target: Sequence[list[Metrics]]) -> dict[str, Bounded]:
    """Return the intervals of means over targets.

    If most targets are almost perfect, their spread says little about the rare one that is not recognised. So for
    balanced accuracy each class is also bounded separately, exactly if it has no error; the outer limits are used.
    """
    intervals = {name: mean_interval(values) for name, values in means.items()}
    parts = [
        mean_interval([fmean(1 - test.false_rejects / test.photos_of_me for test in tests) for tests in by_target]),
        mean_interval([fmean(1 - test.false_accepts / test.photos_of_others for test in tests) for tests in by_target]),
    ]
    balanced = weighted_interval(parts, [0.5, 0.5])
    intervals["balanced_accuracy"] = outer(intervals["balanced_accuracy"], balanced)
    return intervals


def _estimate(value: float, units: int, figure: Bounded | None) -> Estimate:
    interval = to_interval(figure) if figure and units >= ENOUGH_UNITS else None
    return Estimate(value=value, interval=interval, units=units)
