"""A support vector machine."""

from __future__ import annotations

from typing import Literal, Self

import numpy as np
from pydantic import Field, model_validator

from .._head import Scores, Vectors
from ._arithmetic import squared_distances
from ._base import Array, FrozenHead


class Kernel(FrozenHead):
    """A support vector machine: kernel values to the support vectors, weighted; vectors are standardised first."""

    kind = "kernel"
    carries = "the target and others"
    mean: Array
    scale: Array
    support: Array
    weights: Array
    intercept: float
    kernel: Literal["rbf", "poly", "sigmoid"]
    gamma: float = Field(ge=0)

    @property
    def dimension(self) -> int:
        """Components of the vectors that it takes."""
        return len(self.mean)

    def score(self, X: Vectors) -> Scores:
        """Return margins, float64 (n,)."""
        standard = (np.asarray(X, np.float64) - self.mean) / self.scale
        support = self.support.astype(np.float64)
        if self.kernel == "rbf":
            values = np.exp(-self.gamma * squared_distances(standard, support))
        else:  # as scikit-learn has them by default: the third power, no constant
            products = standard @ support.T
            values = (self.gamma * products) ** 3 if self.kernel == "poly" else np.tanh(self.gamma * products)
        margins: Scores = values @ self.weights + self.intercept
        return margins

    @model_validator(mode="after")
    def _check(self) -> Self:
        count, dimension = len(self.weights), len(self.mean)
        self._require({"mean": (dimension,), "scale": (dimension,), "support": (count, dimension), "weights": (count,)})
        self._require_positive(scale=self.scale)
        return self
