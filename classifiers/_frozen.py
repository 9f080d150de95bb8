"""A trained head as numbers: the same scores without scikit-learn or TensorFlow, and nothing that executes."""

from __future__ import annotations

import math
from abc import abstractmethod
from typing import Annotated, Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, model_validator

from ._dense import Architecture, forward
from ._head import Scores, Vectors

#: float32, float64 or uint8, any shape; shapes are checked against one another and the dimension of vectors.
Array = NDArray[Any]
Width = Annotated[int, Field(ge=1, le=1_000_000)]


#: Photos whose distances are in memory at a time: few enough for a core's cache.
_BLOCK = 32


class FrozenHead(BaseModel):
    """A trained head: arrays, and the few numbers and words that say how they become scores.

    Attributes:
        kind: by which one is told from another, in files.
        carries: whose vectors are among the arrays, one per photo; "" where there are none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True, allow_inf_nan=False)
    kind: ClassVar[str]
    carries: ClassVar[Literal["", "the target", "the target and others"]] = ""

    @abstractmethod
    def score(self, X: Vectors) -> Scores:
        """Return the scores for "me" of vectors (n, d), float64 (n,): what the head itself gives, within 1e-9."""

    @property
    @abstractmethod
    def dimension(self) -> int:
        """Components of the vectors that it takes."""

    def arrays(self) -> dict[str, Array]:
        """Return the arrays by name."""
        return {name: value for name, value in self if isinstance(value, np.ndarray)}

    def options(self) -> dict[str, Any]:
        """Return all that is no array, by name."""
        return {name: value for name, value in self if not isinstance(value, np.ndarray)}

    @model_validator(mode="after")
    def _check_finite(self) -> Self:
        for name, array in self.arrays().items():
            if not np.isfinite(array).all():
                raise ValueError(f"{name} holds a value that is no number")
        return self

    @staticmethod
    def _require_positive(**arrays: Array) -> None:
        for name, array in arrays.items():
            if not (array > 0).all():
                raise ValueError(f"{name} holds a number that is not positive")

    def _require(self, shapes: dict[str, tuple[int, ...]]) -> None:
        for name, shape in shapes.items():
            array = getattr(self, name)
            if array.shape != shape:
                raise ValueError(f"{name} has the shape {array.shape}, not {shape}")


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
            values = np.exp(-self.gamma * _squares(standard, support))
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
        nearest = np.argsort(_squares(standard, known), axis=1, kind="stable")[:, : self.n_neighbors]
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
        shapes = Architecture(self.inputs, self.hidden, self.batch_norm).shapes()
        self._require({"weights": (sum(map(math.prod, shapes)),)})
        return self


#: Every kind, by name.
KINDS: dict[str, type[FrozenHead]] = {kind.kind: kind for kind in (Linear, Kernel, Neighbours, Cosine, Nearest, Dense)}


def _squares(X: NDArray[np.float64], Y: NDArray[np.float64]) -> NDArray[np.float64]:
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
