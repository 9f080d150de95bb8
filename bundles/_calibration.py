"""Calibration: a sigmoid from scores to probabilities, fitted to scores of photos not used for training."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def fit_sigmoid(truth: NDArray[np.bool_], scores: NDArray[np.float64]) -> tuple[float, float] | None:
    """Return slope and intercept of the sigmoid that turns scores into probabilities; None if a class is missing.

    Both classes have the same weight, whatever their sizes: the prior probability of the target is 0.5. A pseudocount
    shrinks the labels, so that the sigmoid of classes without overlap is not a step. The slope is never negative: a
    higher score never means a lower probability.

    Args:
        truth: (n,) True for the target.
        scores: (n,) NaN for photos without a vector; these are left out.

    Source: Platt, Probabilistic outputs for support vector machines, 1999.

    >>> slope, intercept = fit_sigmoid(np.array([True, False]), np.array([1.0, -1.0]))
    >>> slope > 0, round(abs(intercept), 6)
    (True, 0.0)
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
    middle, spread = float(np.mean(scores)), float(np.std(scores)) or 1.0
    standard = (scores - middle) / spread

    def loss(parameters: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        logits = parameters[0] * standard + parameters[1]
        losses = wanted * log_expit(logits) + (1 - wanted) * log_expit(-logits)
        excess = weights * (np.exp(log_expit(logits)) - wanted)
        return -float(weights @ losses), np.array([excess @ standard, excess.sum()])

    found = minimize(
        loss, [1.0, 0.0], jac=True, method="L-BFGS-B", bounds=[(0, None), (None, None)], options={"ftol": 1e-12}
    )
    slope, offset = map(float, found.x)
    return slope / spread, offset - slope * middle / spread
