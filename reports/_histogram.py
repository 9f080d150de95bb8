"""Scores of one test counted in bins, none of which straddles the threshold."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..benchmarks.results import Prediction

#: About so many bins.
_BINS = 24


@dataclass(frozen=True)
class Histogram:
    """The scores of one pairing on one target in one split.

    Attributes:
        threshold: a photo is "me" from this score on.
        edges: of the bins, one more than there are bins.
        mine, others: photos per bin.
        unscored: photos without a vector, of the target and of others.
    """

    threshold: float
    edges: list[float]
    mine: list[int]
    others: list[int]
    unscored: tuple[int, int]


def count_scores(predictions: Sequence[Prediction], threshold: float) -> Histogram | None:
    """Return the histogram of one test; None where nothing has a score, or the threshold is not finite."""
    scores = [row.score for row in predictions if row.score is not None and math.isfinite(row.score)]
    if not scores or not math.isfinite(threshold):
        return None
    width = (max(*scores, threshold) - min(*scores, threshold)) / _BINS or max(abs(threshold), 1.0) / _BINS
    if not math.isfinite(width):
        return None
    bins = {truth: _bins(predictions, truth, threshold, width) for truth in ("me", "other")}
    found = [*bins["me"], *bins["other"]]
    first, last = min(*found, -1), max(*found, 0)
    numbers = range(first, last + 1)
    mine, others = ([bins[truth].count(number) for number in numbers] for truth in ("me", "other"))
    unscored = (_without(predictions, "me"), _without(predictions, "other"))
    return Histogram(threshold, [threshold + n * width for n in (*numbers, last + 1)], mine, others, unscored)


def _bins(predictions: Sequence[Prediction], truth: str, threshold: float, width: float) -> list[int]:
    """Return the bin of each score, counted from the threshold: 0 and more are decided "me"."""
    found = []
    for row in predictions:
        if row.truth == truth and row.score is not None and math.isfinite(row.score):
            number = int(np.floor((row.score - threshold) / width))
            found.append(max(number, 0) if row.score >= threshold else min(number, -1))
    return found


def _without(predictions: Sequence[Prediction], truth: str) -> int:
    return sum(row.truth == truth and not (row.score is not None and math.isfinite(row.score)) for row in predictions)
