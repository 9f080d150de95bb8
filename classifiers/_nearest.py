"""`knn`: a vote of the nearest training photos."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline
from sklearn.utils.class_weight import compute_class_weight

from ._head import UNWEIGHTED, HeadCard, Labels, Scores, Vectors
from ._standardised import StandardisedHead
from .frozen import FrozenHead, Neighbours


class KNN(StandardisedHead):
    """The nearest training photos vote, by default nearer ones more; its score is the share of votes for me, 0..1.

    Args:
        n_neighbors: number of photos that vote; with fewer training photos, all of them.
        weights: "distance" weights a vote by the inverse distance, "uniform" all votes equally.
        class_weight: "balanced" divides each vote by its class' share of the training photos: if I am rare, one
            photo of me among the nearest is strong evidence. None leaves votes unweighted: the common class is
            favoured, and with two photos of me among five votes I am hardly ever recognised.
        standardise: scale every component to mean 0 and variance 1 first. Components that hardly vary hold noise, which
            then counts as much as all else: on principal components more photos made it worse.

    Source: Cover and Hart, Nearest neighbor pattern classification, 1967; scikit-learn, `KNeighborsClassifier`.
    """

    card = HeadCard(
        name="knn",
        method="5 nearest training photos, weighted by distance and class",
        score="probability",
        citation="Cover and Hart, Nearest neighbor pattern classification, 1967",
        augmentation=UNWEIGHTED,
    )

    def __init__(
        self,
        n_neighbors: int = 5,
        weights: str = "distance",
        class_weight: str | None = "balanced",
        standardise: bool = False,
    ) -> None:
        self.n_neighbors = n_neighbors
        self.weights = weights
        self.class_weight = class_weight
        self.standardise = standardise

    def fit(self, X: Vectors, y: Labels) -> Self:
        """Fit on vectors (n, d) and labels (n,), True for me."""
        self._fit(X, y)
        self.pipeline_["classifier"].n_neighbors = min(self.n_neighbors, len(X))
        self.class_weight_ = compute_class_weight(self.class_weight, classes=self.classes_, y=y)
        return self

    def predict_proba(self, X: Vectors) -> Scores:
        """Return shares of the weighted votes, float64 (n, 2): not me, me."""
        votes: Scores = self.pipeline_.predict_proba(X) * self.class_weight_
        shares: Scores = votes / votes.sum(axis=1, keepdims=True)
        return shares

    def frozen_as(self) -> type[FrozenHead]:
        """Return the frozen form of the vote."""
        return Neighbours

    def freeze(self) -> FrozenHead:
        """Return the known vectors, photos of me and of others, and how they vote."""
        scaler, classifier = self.pipeline_["scaler"], self.pipeline_["classifier"]
        return Neighbours(
            mean=scaler.mean_ if self.standardise else np.zeros(self.n_features_in_),
            scale=scaler.scale_ if self.standardise else np.ones(self.n_features_in_),
            known=classifier._fit_X,
            mine=classifier._y.astype(np.uint8),
            class_weight=self.class_weight_,
            n_neighbors=classifier.n_neighbors,
            weights=self.weights,  # type: ignore[arg-type]  # checked when it is made
        )

    def _pipeline(self) -> Pipeline:
        return super()._pipeline().set_params(scaler__with_mean=self.standardise, scaler__with_std=self.standardise)

    def _classifier(self) -> Any:
        return KNeighborsClassifier(n_neighbors=self.n_neighbors, weights=self.weights)
