"""From which score on a photo is "me": chosen on validation where that is large enough, never on test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .._settings import ThresholdRule, far_of

if TYPE_CHECKING:
    from numpy.typing import NDArray


#: `auto` chooses on validation from this many photos of me on; with fewer, a threshold chosen there is noisy.
ENOUGH_PHOTOS_OF_ME = 20


def choose_threshold(
    rule: ThresholdRule, natural: float, truth: NDArray[np.bool_], scores: NDArray[np.float64]
) -> tuple[float, str]:
    """Return the threshold (a photo is me at `score >= threshold`) and the rule that gave it.

    Args:
        rule: "balanced" or "accuracy" (best on validation), "0.5" (the head's own), "far=0.01" (accepts at most this
            share of impostors on validation), or "auto": balanced with at least 20 validation photos of me, else the
            head's own (`evaluate` does better where a head is cheap to refit).
        natural: the head's own threshold.
        truth: of validation photos (n,), True for me.
        scores: of the same photos (n,); those with NaN (no vector) are left out, and are never accepted.

    Returns:
        The threshold, and "balanced", "accuracy", "far=..." or "natural"; natural where validation lacks one of the
        classes.
    """
    if (far := far_of(rule)) is not None and truth.any() and not truth.all():
        return threshold_at(far, truth, scores), rule
    seen = ~np.isnan(scores)
    truth, scores = truth[seen], scores[seen]
    if rule == "auto":
        rule = "balanced" if enough_photos(truth, scores) else "0.5"
    if rule == "0.5" or far_of(rule) is not None or not truth.any() or truth.all():
        return natural, "natural"
    weight_of_me = truth.sum() if rule == "accuracy" else 0.5
    weight_of_others = (~truth).sum() if rule == "accuracy" else 0.5
    return _best_cut(truth, scores, float(weight_of_me), float(weight_of_others)), rule


def enough_photos(truth: NDArray[np.bool_], scores: NDArray[np.float64]) -> bool:
    """Return whether so many validation photos of me have a score that `auto` chooses on validation."""
    return bool((truth & ~np.isnan(scores)).sum() >= ENOUGH_PHOTOS_OF_ME)


def threshold_at(far: float, truth: NDArray[np.bool_], scores: NDArray[np.float64]) -> float:
    """Return the lowest threshold that accepts at most a share `far` of others; NaN scores are never accepted.

    It lies midway between the highest score that it rejects among those of others and the next score above.

    >>> threshold_at(0.5, np.array([True, False, False]), np.array([0.9, 0.25, 0.75]))
    0.5
    """
    others = np.sort(np.nan_to_num(scores[~truth], nan=-np.inf))[::-1]
    allowed = int(far * len(others) + 1e-9)
    rejected = others[allowed] if allowed < len(others) else -np.inf
    above = scores[scores > rejected]  # NaN compares as False
    if not len(above):
        return float(np.nextafter(rejected, np.inf)) if np.isfinite(rejected) else 0.0
    accepted = float(above.min())
    if not np.isfinite(rejected):
        return accepted
    middle = (float(rejected) + accepted) / 2
    return middle if middle > rejected else accepted


def _best_cut(truth: NDArray[np.bool_], scores: NDArray[np.float64], of_me: float, of_others: float) -> float:
    """Return the middle of the widest gap between scores among the cuts with the best weighted accuracy."""
    levels = np.unique(scores)
    # Cut k calls the levels from k on "me"; the first and the last call everything or nothing "me".
    mine, others = np.sort(scores[truth]), np.sort(scores[~truth])
    accepted = np.append((len(mine) - np.searchsorted(mine, levels)) / len(mine), 0.0)
    rejected = np.append(np.searchsorted(others, levels) / len(others), 1.0)
    quality = of_me * accepted + of_others * rejected
    gaps = np.concatenate([[0.0], np.diff(levels), [0.0]])
    best = np.flatnonzero(quality >= quality.max() * (1 - 1e-12))
    cut = best[np.argmax(gaps[best])]
    if cut == 0:
        return float(levels[0])
    if cut == len(levels):
        return float(np.nextafter(levels[-1], np.inf))
    below, above = float(levels[cut - 1]), float(levels[cut])
    middle = (below + above) / 2
    return middle if middle > below else above  # no number lies between neighbours: the middle is one of them
