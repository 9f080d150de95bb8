"""A hyperplane."""

from __future__ import annotations

from typing import Literal, Self

import numpy as np
from pydantic import model_validator

from .._head import Scores, Vectors
from ._arithmetic import logistic
from ._base import Array, FrozenHead


class Linear(FrozenHead):
    """X @ coef + intercept; through the logistic function where the score is a probability."""

    kind = "linear"
    coef: Array
    intercept: float
    link: Literal["identity", "logistic"]

    @property
    def dimension(self) -> int:
        """Components of the vectors that it takes."""
        return len(self.coef)

    def score(self, X: Vectors) -> Scores:
        """Return margins or probabilities, float64 (n,)."""
        margins: Scores = np.asarray(X, np.float64) @ self.coef + self.intercept
        return margins if self.link == "identity" else logistic(margins)

    @model_validator(mode="after")
    def _check(self) -> Self:
        self._require({"coef": (self.coef.size,)})
        return self
