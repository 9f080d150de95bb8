"""A mean vector and a threshold."""

from __future__ import annotations

from typing import Self

import numpy as np
from pydantic import model_validator

from .._head import Scores, Vectors
from ._base import Array, FrozenHead


class Cosine(FrozenHead):
    """Cosine to a mean vector, less a threshold."""

    kind = "cosine"
    mean: Array
    threshold: float

    @property
    def dimension(self) -> int:
        """Components of the vectors that it takes."""
        return len(self.mean)

    def score(self, X: Vectors) -> Scores:
        """Return margins, float64 (n,)."""
        vectors = np.asarray(X, np.float64)
        lengths = np.linalg.norm(vectors, axis=1) * np.linalg.norm(self.mean)
        margins: Scores = vectors @ self.mean / np.where(lengths > 0, lengths, 1) - self.threshold
        return margins

    @model_validator(mode="after")
    def _check(self) -> Self:
        self._require({"mean": (self.mean.size,)})
        return self
