"""A dense network."""

from __future__ import annotations

from typing import Self

import numpy as np
from pydantic import Field, model_validator

from .._head import Scores, Vectors
from ..dense import Architecture, forward
from ._arithmetic import logistic
from ._base import Array, FrozenHead, Width


class Dense(FrozenHead):
    """The dense network: its arrays in layer order, one after the other."""

    kind = "dense"
    weights: Array
    inputs: Width
    hidden: tuple[Width, ...] = Field(min_length=1, max_length=100)
    batch_norm: bool

    @property
    def dimension(self) -> int:
        """Components of the vectors that it takes."""
        return self.inputs

    def score(self, X: Vectors) -> Scores:
        """Return probabilities, float64 (n,)."""
        architecture = Architecture(self.inputs, self.hidden, self.batch_norm)
        arrays = architecture.unpacked(self.weights.astype(np.float32))
        return logistic(forward(architecture, arrays, np.asarray(X, np.float32)).astype(np.float64))

    @model_validator(mode="after")
    def _check(self) -> Self:
        self._require({"weights": (Architecture(self.inputs, self.hidden, self.batch_norm).size,)})
        return self
