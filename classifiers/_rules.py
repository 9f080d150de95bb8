"""`centroid` and `tolerance`: face recognition without training, on vectors as returned by the extractor."""

from __future__ import annotations

from typing import Self

import numpy as np
from sklearn.metrics.pairwise import cosine_similarity
from sklearn.preprocessing import normalize

from ._base import Head
from ._head import UNWEIGHTED, HeadCard, Labels, Scores, Vectors
from .frozen import Cosine, FrozenHead, Nearest


class Centroid(Head):
    """Cosine to the mean vector of me; its score is that cosine minus a threshold learnt in training.

    The mean is that of the unit vectors, so that every photo has the same weight whatever the norm of its vector. The
    threshold lies midway between the mean cosines of both classes. A zero vector has the cosine 0.

    Attributes:
        mean_: float64 (d,).
        threshold_: cosine, -1..1.
    """

    card = HeadCard(
        name="centroid",
        method="cosine to the mean vector, less the midpoint of both classes' mean cosines",
        score="margin",
    )
    photos_needed = 1

    def fit(self, X: Vectors, y: Labels, sample_weight: Scores | None = None) -> Self:
        """Fit on vectors (n, d) and labels (n,), True for me; weights (n,) count for means and threshold."""
        mine = self._learn_classes(y) == 1
        weights = np.ones(len(mine)) if sample_weight is None else sample_weight
        self.n_features_in_ = X.shape[1]
        units = normalize(np.asarray(X, dtype=np.float64))  # squares of large float32 overflow
        self.mean_ = np.average(units[mine], axis=0, weights=weights[mine])
        cosines = self.cosines(X)
        of_classes = [np.average(cosines[part], weights=weights[part]) for part in (mine, ~mine)]
        self.threshold_ = float(np.mean(of_classes))
        return self

    def decision_function(self, X: Vectors) -> Scores:
        """Return margins, float64 (n,): positive for me."""
        return self.cosines(X) - self.threshold_

    def frozen_as(self) -> type[FrozenHead]:
        """Return the frozen form of the rule."""
        return Cosine

    def freeze(self) -> FrozenHead:
        """Return the mean vector and its threshold."""
        return Cosine(mean=self.mean_, threshold=self.threshold_)

    def cosines(self, X: Vectors) -> Scores:
        """Return the cosines to the mean vector, float64 (n,), -1..1."""
        cosines: Scores = cosine_similarity(np.asarray(X, dtype=np.float64), self.mean_[None])[:, 0]
        return cosines


#: The library's tolerance, and the sha256 of the weights whose vectors it was found for: dlib's face network.
_LIBRARY_S = 0.6
_OF_WEIGHTS = "55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30"


class Tolerance(Head):
    """face_recognition's own rule: me if the nearest known vector of me is within the tolerance.

    Its score is the tolerance minus the smallest Euclidean distance. It learns nothing from others' photos, and is
    meaningful only for vectors trained for such distances, like those of face_recognition: with those of another
    network, whose distances have another scale, a comparison refuses the library's tolerance.

    Args:
        tolerance: greatest distance that still counts as me; the library's is 0.6.

    Attributes:
        known_: the training vectors of me, float64 (k, d).

    Source: face_recognition 1.3.0, `compare_faces`.
    """

    card = HeadCard(
        name="tolerance",
        method="nearest known vector within 0.6; only for face_recognition's vectors, meaningless on mobilenet's",
        score="margin",
        citation="face_recognition 1.3.0, compare_faces",
        augmentation=UNWEIGHTED,
    )
    photos_needed = 1

    def __init__(self, tolerance: float = _LIBRARY_S) -> None:
        self.tolerance = tolerance

    def unfit_for(self, weights_sha256: str) -> str:
        """Return why it says nothing about the vectors of a network, by its weights; "" where it does."""
        if weights_sha256 == _OF_WEIGHTS or self.tolerance != _LIBRARY_S:
            return ""
        return (
            f"has a tolerance of {_LIBRARY_S} that was found for face_recognition's vectors, and distances between "
            "these have another scale: give one of their own, such as tolerance(tolerance=12), or use centroid"
        )

    def fit(self, X: Vectors, y: Labels) -> Self:
        """Store the vectors (n, d) whose label (n,) is True."""
        if not self.tolerance >= 0:
            raise ValueError(f"tolerance is {self.tolerance!r}; it must not be negative")
        self.n_features_in_ = X.shape[1]
        self.known_ = np.asarray(X, dtype=np.float64)[self._learn_classes(y) == 1]
        return self

    def decision_function(self, X: Vectors) -> Scores:
        """Return margins, float64 (n,): 0 at the tolerance, positive within it."""
        # One by one in float64, as the library does: the same distances to the last bit.
        nearest = [np.linalg.norm(self.known_ - x, axis=1).min() for x in np.asarray(X, dtype=np.float64)]
        return self.tolerance - np.array(nearest)

    def frozen_as(self) -> type[FrozenHead]:
        """Return the frozen form of the rule."""
        return Nearest

    def freeze(self) -> FrozenHead:
        """Return the known vectors of me and the tolerance."""
        return Nearest(known=self.known_, tolerance=self.tolerance)
