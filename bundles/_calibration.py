"""Calibration: from scores to probabilities that agree with the answer, fitted to photos not used for training."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from ._manifest import Calibration

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: The rules whose threshold is where "me" and "not me" are equally probable, if they are equally frequent.
_EVEN = ("auto", "balanced")


def calibrate(
    rule: str,
    threshold: float,
    truth: NDArray[np.bool_],
    scores: NDArray[np.float64],
    source: Literal["out-of-fold", "validation"],
) -> Calibration | None:
    """Return the calibration of a head with a threshold.

    Args:
        rule: of the threshold, as requested. With others than `auto` and `balanced` an answer of "me" may be
            improbable, and there is none.
        threshold: whose probability is one half.
        truth: (n,) True for the target.
        scores: (n,) NaN for photos without a vector.
        source: of the scores.
    """
    slopes = fit_slopes(truth, scores, threshold) if rule in _EVEN else None
    if slopes is None:
        return None
    below, above = slopes
    return Calibration(slope=below, intercept=-(below * threshold), slope_above=above, scores=source)


def fit_slopes(truth: NDArray[np.bool_], scores: NDArray[np.float64], threshold: float) -> tuple[float, float] | None:
    """Return the slopes, below and above, of the sigmoid through one half at a threshold; None if a class is missing.

    Both classes have the same weight, whatever their sizes: the prior probability of the target is 0.5. A pseudocount
    shrinks the labels, so that the sigmoid of classes without overlap is not a step (Platt). As the threshold is given,
    there are two slopes in place of Platt's slope and intercept; with few photos they are held together. None is
    negative: a higher score never means a lower probability.

    Args:
        truth: (n,) True for the target.
        scores: (n,) NaN for photos without a vector; these are left out.
        threshold: of scores.

    Source: Platt, Probabilistic outputs for support vector machines, 1999.

    >>> below, above = fit_slopes(np.array([True, False]), np.array([1.0, -1.0]), 0.0)
    >>> round(below, 3) == round(above, 3) > 0
    True
    """
    from scipy.optimize import minimize
    from scipy.special import log_expit

    seen = ~np.isnan(scores)
    truth, scores = truth[seen], scores[seen]
    of_me, of_others = int(truth.sum()), int((~truth).sum())
    if not of_me or not of_others:
        return None
    wanted = np.where(truth, (of_me + 1) / (of_me + 2), 1 / (of_others + 2))
    weights = np.where(truth, 0.5 / of_me, 0.5 / of_others)
    spread = float(np.std(scores)) or 1.0
    distances = (scores - threshold) / spread
    sides = np.sign(distances)

    def loss(parameters: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        common, apart = parameters  # logarithms: slopes are exp(common - apart) below and exp(common + apart) above
        logits = np.exp(common + apart * sides) * distances
        losses = wanted * log_expit(logits) + (1 - wanted) * log_expit(-logits)
        excess = weights * (np.exp(log_expit(logits)) - wanted) * logits
        held = apart / min(of_me, of_others)
        return held * apart - float(weights @ losses), np.array([excess.sum(), excess @ sides + 2 * held])

    bounds = [(-20, 20), (-5, 5)]
    common, apart = minimize(loss, [0.0, 0.0], jac=True, method="L-BFGS-B", bounds=bounds, options={"ftol": 1e-10}).x
    return float(np.exp(common - apart)) / spread, float(np.exp(common + apart)) / spread
