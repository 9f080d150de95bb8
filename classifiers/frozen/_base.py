"""What every form is: arrays that are checked, and the few numbers and words that say how they become scores."""

from __future__ import annotations

from abc import abstractmethod
from typing import Annotated, Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, model_validator

from .._head import Scores, Vectors

#: float32, float64 or uint8, any shape; shapes are checked against one another and the dimension of vectors.
Array = NDArray[Any]
Width = Annotated[int, Field(ge=1, le=1_000_000)]


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
