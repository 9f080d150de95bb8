"""The common part of heads that scale every component to mean 0 and variance 1 first."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, Self

from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from ._head import Labels, Vectors


class StandardisedHead(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A scikit-learn classifier behind a scaler fitted on the training vectors alone."""

    def fit(self, X: Vectors, y: Labels) -> Self:
        """Fit on vectors (n, d) and labels (n,), True for me."""
        self.pipeline_ = make_pipeline(StandardScaler(), self._classifier()).fit(X, y)
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
