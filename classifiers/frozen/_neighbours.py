"""A vote of the nearest known photos."""

from __future__ import annotations

from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import model_validator

from .._head import Scores, Vectors
from ._arithmetic import squared_distances
from ._base import Array, FrozenHead, Width

#: Photos whose distances are in memory at a time: few enough for a core's cache.
_BLOCK = 32


class Neighbours(FrozenHead):
    """The nearest known photos vote, weighted by distance and class; vectors are standardised first."""

    kind = "neighbours"
    carries = "the target and others"
    mean: Array
    scale: Array
    known: Array
    mine: Array
    class_weight: Array
    n_neighbors: Width
    weights: Literal["distance", "uniform"]

    @property
    def dimension(self) -> int:
        """Components of the vectors that it takes."""
        return len(self.mean)

    def score(self, X: Vectors) -> Scores:
        """Return shares of the weighted votes, float64 (n,)."""
        known = self.known.astype(np.float64)
        standard = (np.asarray(X, np.float64) - self.mean) / self.scale
        blocks = [self._shares(standard[start : start + _BLOCK], known) for start in range(0, len(X), _BLOCK)]
        return np.concatenate([np.empty(0), *blocks])

    def _shares(self, standard: NDArray[np.float64], known: NDArray[np.float64]) -> Scores:
        nearest = np.argsort(squared_distances(standard, known), axis=1, kind="stable")[:, : self.n_neighbors]
        votes = np.ones(nearest.shape)
        if self.weights == "distance":
            distances = np.linalg.norm(known[nearest] - standard[:, None], axis=2)
            with np.errstate(divide="ignore"):
                votes = 1 / distances
            same = np.isinf(votes)  # one that is the very same outvotes all others
            votes = np.where(same.any(axis=1, keepdims=True), same, votes)
        mine = self.mine[nearest] > 0
        of_me, of_others = ((votes * side).sum(axis=1) for side in (mine, ~mine))
        shares: Scores = (
            of_me * self.class_weight[1] / (of_me * self.class_weight[1] + of_others * self.class_weight[0])
        )
        return shares

    @model_validator(mode="after")
    def _check(self) -> Self:
        count, dimension = len(self.mine), len(self.mean)
        self._require(
            {
                "mean": (dimension,),
                "scale": (dimension,),
                "known": (count, dimension),
                "mine": (count,),
                "class_weight": (2,),
            }
        )
        if not count:
            raise ValueError("known holds no photo")
        self._require_positive(scale=self.scale, class_weight=self.class_weight)
        return self
