"""The common part of heads that scale every component to mean 0 and variance 1 first."""

from __future__ import annotations

import threading
from abc import abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

import numpy as np
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from ._base import Head
from ._choose import Strength, choose_strength
from ._head import Labels, Scores, Vectors
from .frozen import FrozenHead, Linear

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LINKS: dict[str, Literal["identity", "logistic"]] = {"margin": "identity", "probability": "logistic"}
_TAKE_WEIGHTS = ("scaler__sample_weight", "classifier__sample_weight")

_TURN = threading.Lock()
#: Numbers that are scaled together.
_TOGETHER = 1 << 20


class Scaler(StandardScaler):  # type: ignore[misc]
    """One that needs little memory besides the vectors: of many it learns a few components at a time, in one thread."""

    def fit(self, X: Scores, y: Labels | None = None, sample_weight: Scores | None = None) -> Self:
        """Learn mean and variance of vectors (n, d)."""
        super().fit(X[:1], y)  # checks the shape
        width = max(16, _TOGETHER // len(X))
        with _TURN:
            parts = [
                StandardScaler().fit(X[:, start : start + width], sample_weight=sample_weight)
                for start in range(0, X.shape[1], width)
            ]
        for learnt in ("mean_", "var_", "scale_"):
            setattr(self, learnt, np.concatenate([getattr(part, learnt) for part in parts]))
        self.n_samples_seen_ = parts[0].n_samples_seen_
        return self


class StandardisedHead(Head):
    """A scikit-learn classifier after a scaler fitted only on the training vectors."""

    def fit(self, X: Vectors, y: Labels) -> Self:
        """Fit on vectors (n, d) and labels (n,), True for me."""
        return self._fit(X, y)

    def _fit(self, X: Vectors, y: Labels, **weights: Scores) -> Self:
        self._learn_classes(y)
        # In float32 results would depend on the number of threads, up to the third digit with many components.
        # The copy is standardised in place: with many photos a second one would need much memory.
        self.pipeline_ = self._pipeline().set_params(scaler__copy=False)
        self.pipeline_.fit(np.array(X, dtype=np.float64), y, **weights)
        self.pipeline_.set_params(scaler__copy=True)
        self.n_features_in_ = self.pipeline_.n_features_in_
        return self

    def frozen_as(self) -> type[FrozenHead]:
        """Return the frozen form of a head with these parameters."""
        return Linear

    def freeze(self) -> FrozenHead:
        """Return the hyperplane, for vectors that are not standardised."""
        scaler, classifier = self.pipeline_["scaler"], self.pipeline_["classifier"]
        coef = np.asarray(classifier.coef_, np.float64).ravel() / scaler.scale_
        intercept = float(np.ravel(classifier.intercept_)[0] - coef @ scaler.mean_)
        return Linear(coef=coef, intercept=intercept, link=_LINKS[self.card.score])

    def _pipeline(self) -> Pipeline:
        return Pipeline([("scaler", Scaler()), ("classifier", self._classifier())])

    @abstractmethod
    def _classifier(self) -> Any:
        """Return the unfitted scikit-learn classifier."""


class TunedHead(StandardisedHead):
    """One whose classifier takes weights and a strength of regularisation that can be "auto"."""

    def fit(
        self,
        X: Vectors,
        y: Labels,
        sample_weight: Scores | None = None,
        groups: NDArray[np.intp] | None = None,
    ) -> Self:
        """Fit on vectors (n, d) and labels (n,), True for me.

        Args:
            X: (n, d).
            y: (n,).
            sample_weight: (n,), for scaler and classifier.
            groups: (n,) photos with the same number are not independent: for the choice of the strength they stay
                together.
        """
        self._settle_strength(X, y, sample_weight, groups)
        return self._fit(X, y, **_for_steps(sample_weight))

    @abstractmethod
    def _settle_strength(
        self, X: Vectors, y: Labels, sample_weight: Scores | None, groups: NDArray[np.intp] | None
    ) -> None:
        """Set the strength that the classifier is made with: the given one, or the one chosen on these photos."""


class RegularisedHead(TunedHead):
    """One whose strength is the inverse one, C.

    Attributes:
        C_: the inverse strength that was given or chosen.
    """

    C: Strength
    default_strength: ClassVar[float]

    @property
    def cheap_to_refit(self) -> bool:  # type: ignore[override]
        """Whether C is given: to choose it takes many fits."""
        return self.C != "auto"

    def _settle_strength(
        self, X: Vectors, y: Labels, sample_weight: Scores | None, groups: NDArray[np.intp] | None
    ) -> None:
        self.C_ = self.default_strength if self.C == "auto" else self.C
        if self.C == "auto":
            self._learn_classes(y)
            weights = _for_steps(sample_weight)
            self.C_ = choose_strength(self._pipeline(), self.default_strength, X, y, groups, **weights)


def _for_steps(sample_weight: Scores | None) -> dict[str, Scores]:
    """Return the fit parameters that give weights (n,) to scaler and classifier."""
    return {} if sample_weight is None else dict.fromkeys(_TAKE_WEIGHTS, sample_weight)
