"""From which score on a photo is "me": chosen on validation where that is large enough, never on test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

ThresholdRule = Literal["auto", "balanced", "accuracy", "0.5"]

#: `auto` chooses on validation from this many photos of me on; below, the head's own threshold is less noisy.
ENOUGH_PHOTOS_OF_ME = 20


def choose_threshold(
    rule: ThresholdRule, natural: float, truth: NDArray[np.bool_], scores: NDArray[np.float64]
) -> tuple[float, str]:
    """Return the threshold (a photo is me at `score >= threshold`) and the rule that gave it.

    Args:
        rule: "balanced" or "accuracy" (best on validation), "0.5" (the head's own), or "auto": balanced with at
            least 20 validation photos of me, else the head's own.
        natural: the head's own threshold.
        truth: of validation photos (n,), True for me.
        scores: of the same photos (n,); those with NaN (no vector) are left out.

    Returns:
        The threshold, and "balanced", "accuracy" or "natural"; natural where validation lacks one of the classes.
    """
    seen = ~np.isnan(scores)
    truth, scores = truth[seen], scores[seen]
    if rule == "auto":
        rule = "balanced" if truth.sum() >= ENOUGH_PHOTOS_OF_ME else "0.5"
    if rule == "0.5" or not truth.any() or truth.all():
        return natural, "natural"
    weight_of_me = truth.sum() if rule == "accuracy" else 0.5
    weight_of_others = (~truth).sum() if rule == "accuracy" else 0.5
    return _best_cut(truth, scores, float(weight_of_me), float(weight_of_others)), rule


def _best_cut(truth: NDArray[np.bool_], scores: NDArray[np.float64], of_me: float, of_others: float) -> float:
    """Return the middle of the widest gap between scores among the cuts with the best weighted accuracy."""
    levels = np.unique(scores)
    # Cut k calls the levels from k on "me"; the first and the last call everything or nothing "me".
    accepted = np.array([(scores[truth] >= level).mean() for level in levels] + [0.0])
    rejected = np.array([(scores[~truth] < level).mean() for level in levels] + [1.0])
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
