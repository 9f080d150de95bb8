"""Arithmetic that forms share."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .._head import Scores


def squared_distances(X: NDArray[np.float64], Y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the squared Euclidean distances (n, m) of vectors (n, d) and (m, d)."""
    squares: NDArray[np.float64] = (X**2).sum(axis=1)[:, None] + (Y**2).sum(axis=1) - 2 * X @ Y.T
    return np.maximum(squares, 0)


def logistic(x: Scores) -> Scores:
    """Return 1 / (1 + exp(-x)), without overflow.

    >>> logistic(np.array([0.0, -1000.0, 1000.0])).tolist()
    [0.5, 0.0, 1.0]
    """
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1 / (1 + small), small / (1 + small))
