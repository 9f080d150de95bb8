"""The common part of heads that scale every component to mean 0 and variance 1 first."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, Self

from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from ._base import Head
from ._head import Labels, Scores, Vectors

_TAKE_WEIGHTS = ("scaler__sample_weight", "classifier__sample_weight")


class StandardisedHead(Head):
    """A scikit-learn classifier behind a scaler fitted on the training vectors alone."""

    def fit(self, X: Vectors, y: Labels) -> Self:
        """Fit on vectors (n, d) and labels (n,), True for me."""
        return self._fit(X, y)

    def _fit(self, X: Vectors, y: Labels, **weights: Scores) -> Self:
        self._learn_classes(y)
        pipeline = Pipeline([("scaler", StandardScaler()), ("classifier", self._classifier())])
        self.pipeline_ = pipeline.fit(X, y, **weights)
        self.n_features_in_ = self.pipeline_.n_features_in_
        return self

    @abstractmethod
    def _classifier(self) -> Any:
        """Return the unfitted scikit-learn classifier."""


class WeightedStandardisedHead(StandardisedHead):
    """One whose classifier takes weights."""

    def fit(self, X: Vectors, y: Labels, sample_weight: Scores | None = None) -> Self:
        """Fit on vectors (n, d) and labels (n,), True for me; weights (n,) count for scaler and classifier."""
        return self._fit(X, y, **({} if sample_weight is None else dict.fromkeys(_TAKE_WEIGHTS, sample_weight)))
