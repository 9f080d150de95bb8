"""The common part of heads that scale every component to mean 0 and variance 1 first."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, Self

from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from ._head import Labels, Scores, Vectors

_TAKE_WEIGHTS = ("scaler__sample_weight", "classifier__sample_weight")


class StandardisedHead(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A scikit-learn classifier behind a scaler fitted on the training vectors alone."""

    def fit(self, X: Vectors, y: Labels, sample_weight: Scores | None = None) -> Self:
        """Fit on vectors (n, d) and labels (n,), True for me; weights (n,) count for scaler and classifier."""
        pipeline = Pipeline([("scaler", StandardScaler()), ("classifier", self._classifier())])
        weights = {} if sample_weight is None else dict.fromkeys(_TAKE_WEIGHTS, sample_weight)
        self.pipeline_ = pipeline.fit(X, y, **weights)
        self.classes_ = self.pipeline_.classes_
        self.n_features_in_ = self.pipeline_.n_features_in_
        return self

    def predict(self, X: Vectors) -> Labels:
        """Return decisions (n,) at the natural threshold."""
        labels: Labels = self.pipeline_.predict(X)
        return labels

    @abstractmethod
    def _classifier(self) -> Any:
        """Return the unfitted scikit-learn classifier."""
