"""A bundle in words: what it was trained on, what to expect of it, and what it holds."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ..benchmarks.results import Estimate
from ..embeddings import terms_of
from ..errors import counted, printable
from ._bundle import Bundle
from ._manifest import OutOfFold

_RULES = {
    "natural": "the head's own",
    "balanced": "best balanced accuracy",
    "accuracy": "best accuracy",
    "out-of-fold": "best balanced accuracy on training photos left out in turn",
}


def summary(file: Path, bundle: Bundle) -> str:
    """Return what was written, its expected accuracy, and its contents."""
    manifest, training = bundle.manifest, bundle.manifest.training
    rule = _RULES.get(manifest.threshold_rule, manifest.threshold_rule)
    lines = [
        f"{file}: {manifest.target} by {manifest.extractor.name} x {manifest.head.name}, trained on "
        f"{counted(training.photos_of_me, 'photo')} in {counted(training.groups_of_me, 'group')} and "
        f"{training.photos_of_others} of {training.people} others.",
        _expected(manifest.out_of_fold) if manifest.out_of_fold else "The head and threshold that the run tested.",
        f"Threshold {manifest.threshold:.4g} ({rule}); "
        + ("probabilities are calibrated." if manifest.calibration else f"no probabilities: {_uncalibrated(bundle)}."),
        *_licence(manifest.extractor.card),
        f"It holds {_held(bundle)}. It recognises a person: keep it private (mode 0600).",
    ]
    return "\n".join(map(printable, lines))


def _licence(card: Mapping[str, object]) -> list[str]:
    terms = terms_of(card)
    if terms is None or not terms.restriction:
        return []
    return [f"Commercial use of its network's weights is {terms.restriction}: {terms.why}."]


def _uncalibrated(bundle: Bundle) -> str:
    if bundle.manifest.threshold_rule in ("balanced", "out-of-fold"):
        return "too few photos to calibrate them"
    return "they agree with the answer under --threshold auto and balanced only"


def _held(bundle: Bundle) -> str:
    carries = bundle.head.carries
    return f"no photo, but face vectors of {carries}, one per photo" if carries else "no photo and no vector of a photo"


def _expected(estimate: OutOfFold) -> str:
    metrics = estimate.metrics
    missed = f"{metrics.false_rejects} of {counted(metrics.photos_of_me, 'photo')} missed"
    accepted = f"{metrics.false_accepts} of {metrics.photos_of_others} strangers' photos accepted"
    return (
        f"Photos left out in turn ({estimate.folds} folds): balanced accuracy "
        f"{_percent(estimate.estimates['balanced_accuracy'])}, {missed}, {accepted}."
    )


def _percent(estimate: Estimate) -> str:
    interval = estimate.interval
    limits = f" ({100 * interval.low:.1f}-{100 * interval.high:.1f})" if interval else ""
    return f"{100 * estimate.value:.1f} %{limits}"
