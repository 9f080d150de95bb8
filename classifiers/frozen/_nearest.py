"""Known vectors of the target and a tolerance."""

from __future__ import annotations

from typing import Self

import numpy as np
from pydantic import Field, model_validator

from .._head import Scores, Vectors
from ._base import Array, FrozenHead


class Nearest(FrozenHead):
    """A tolerance, less the distance to the nearest known vector."""

    kind = "nearest"
    carries = "the target"
    known: Array
    tolerance: float = Field(ge=0)

    @property
    def dimension(self) -> int:
        """Components of the vectors that it takes."""
        return int(self.known.shape[1])

    def score(self, X: Vectors) -> Scores:
        """Return margins, float64 (n,)."""
        nearest = [np.linalg.norm(self.known - x, axis=1).min() for x in np.asarray(X, np.float64)]
        return self.tolerance - np.array(nearest, np.float64)

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.known.ndim != 2 or not len(self.known):
            raise ValueError(f"known has the shape {self.known.shape}, not (photos, components)")
        return self
