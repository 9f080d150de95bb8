"""A pairing's metrics over all its targets and repeats, each with its interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean

from ..results import Estimate, Metrics, TargetResult
from ._influences import of_auc, of_class, recurring
from ._intervals import (
    ENOUGH_UNITS,
    Bounded,
    auc_interval,
    class_interval,
    complement,
    mean_interval,
    outer,
    to_interval,
    weighted_interval,
)
from ._samples import Sample

#: The metrics, by their names in `Metrics`; for one target the equal error rate has no interval.
FIGURES = ("balanced_accuracy", "accuracy", "auc", "eer", "false_accept_rate", "false_reject_rate")


def estimate_figures(results: Sequence[TargetResult], samples: Mapping[str, Sample]) -> dict[str, Estimate]:
    """Return each metric's mean and interval.

    One target: the mean over repeats; units are groups of photos of the target and people among the others, each once
    whatever the number of repeats. Several targets: the mean over targets, clustered by targets and by strangers.

    Args:
        results: one per target and repeat.
        samples: of `samples_of`, by target.
    """
    by_target: dict[str, list[Metrics]] = {}
    for result in results:
        by_target.setdefault(result.target, []).append(result.metrics)
    if not by_target:
        return {}
    means = {name: [fmean(getattr(test, name) for test in tests) for tests in by_target.values()] for name in FIGURES}
    tested = [samples[target] for target in by_target]
    if len(tested) > 1:
        intervals, units = _intervals_of_many(means, tested), _units_of_many(tested)
    else:
        intervals, units = _intervals_of_one(tested[0]), _units_of_one(tested[0])
    return {name: _estimate(fmean(values), units[name], intervals.get(name)) for name, values in means.items()}


def estimate_balanced(samples: Mapping[str, Sample]) -> Estimate:
    """Return the balanced accuracy of samples by target, and its interval, as `estimate_figures` does of their tests.

    Of several decisions on each photo `right` may hold the share that were: the mean over these is estimated then.
    """
    tested = list(samples.values())
    if len(tested) == 1:
        figure, units = _balanced_of_one(tested[0]), _units_of_one(tested[0])
    else:
        rejects, accepts = ([1 - of_class(sample, truth)[0] for sample in tested] for truth in (True, False))
        balanced = [1 - (rejected + accepted) / 2 for rejected, accepted in zip(rejects, accepts, strict=True)]
        figure, units = _balanced_of_many(balanced, rejects, accepts, tested), _units_of_many(tested)
    return _estimate(figure.value, units["balanced_accuracy"], figure)


def _units_of_one(sample: Sample) -> dict[str, int]:
    mine, others = sample.units_of(True), sample.units_of(False)
    return dict.fromkeys(FIGURES, min(mine, others)) | {"false_accept_rate": others, "false_reject_rate": mine}


def _units_of_many(samples: Sequence[Sample]) -> dict[str, int]:
    strangers = len({of.names[unit] for of in samples for unit in of.strangers})
    return dict.fromkeys(FIGURES, len(samples)) | {"false_accept_rate": min(len(samples), strangers)}


def _intervals_of_one(sample: Sample) -> dict[str, Bounded]:
    parts = [class_interval(sample, True), class_interval(sample, False)]
    mine = float(sample.truth.mean())
    return {
        "balanced_accuracy": weighted_interval(parts, [0.5, 0.5]),
        "accuracy": weighted_interval(parts, [mine, 1 - mine]),
        "auc": auc_interval(sample),
        "false_accept_rate": complement(parts[1]),
        "false_reject_rate": complement(parts[0]),
    }


def _balanced_of_one(sample: Sample) -> Bounded:
    return weighted_interval([class_interval(sample, True), class_interval(sample, False)], [0.5, 0.5])


def _intervals_of_many(means: Mapping[str, list[float]], samples: Sequence[Sample]) -> dict[str, Bounded]:
    """Return the intervals of means over targets, clustered by targets and by strangers.

    A single class has none: it lacks the guard that balanced accuracy has (`_balanced_of_many`).
    """
    rejecting = [of_class(sample, False)[1] for sample in samples]
    others = [float((~sample.truth).mean()) for sample in samples]
    strangers = {
        "accuracy": recurring(samples, [share * of for share, of in zip(others, rejecting, strict=True)]),
        "auc": recurring(samples, [of_auc(sample)[2] for sample in samples]),
    }
    intervals = {name: mean_interval(means[name], strangers.get(name)) for name in ("accuracy", "auc", "eer")}
    balanced, rejects, accepts = (
        means[name] for name in ("balanced_accuracy", "false_reject_rate", "false_accept_rate")
    )
    return intervals | {"balanced_accuracy": _balanced_of_many(balanced, rejects, accepts, samples)}


def _balanced_of_many(
    balanced: Sequence[float], rejects: Sequence[float], accepts: Sequence[float], samples: Sequence[Sample]
) -> Bounded:
    """Return the interval of the mean of balanced accuracies, one per target, from the false reject and accept rates.

    If most targets are almost perfect, their spread says little about the rare one that is not recognised. So each
    class is also bounded separately, exactly if it has no error; the outer limits are used.
    """
    influences = [of_class(sample, False)[1] for sample in samples]
    both = mean_interval(balanced, recurring(samples, [influence / 2 for influence in influences]))
    classes = mean_interval(rejects), mean_interval(accepts, recurring(samples, influences))
    return outer(both, weighted_interval(list(map(complement, classes)), [0.5, 0.5]))


def _estimate(value: float, units: int, figure: Bounded | None) -> Estimate:
    interval = to_interval(figure) if figure and units >= ENOUGH_UNITS else None
    return Estimate(value=value, interval=interval, units=units)
