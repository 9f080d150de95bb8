"""Score fusion: a head for each part of joined vectors, and the mean of their calibrated scores."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.utils.validation import has_fit_parameter

from ._head import Labels, Scores, Vectors, natural_threshold, score

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Groups = NDArray[np.intp]

#: In which scores for the calibration are made, each by a head that did not see its photo.
_FOLDS = 3
#: Probabilities are this far from 0 and 1, so that their log-odds are finite.
_LEAST = 1e-9


class ScoreFusion(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Heads of one kind, one for each part of vectors that lie side by side; its score is the mean of their log-odds.

    The scores of each part become log-odds by a logistic regression on scores of training photos that were left out in
    turn, both classes with the same weight. A photo without a part (its components are 0) is judged by the others. A
    part that has no two groups of photos of each class has nothing to be calibrated with, and is left out.

    Args:
        head: the unfitted head.
        parts: components of each part.

    Source: Platt, Probabilistic outputs for support vector machines, 1999; Nandakumar, Chen, Dass and Jain, Likelihood
    Ratio-Based Biometric Score Fusion, 2008.
    """

    def __init__(self, head: Any, parts: tuple[int, ...]) -> None:
        self.head = head
        self.parts = parts

    def fit(self, X: Vectors, y: Labels, sample_weight: Scores | None = None, groups: Groups | None = None) -> Self:
        """Fit on vectors (n, d) and labels (n,), True for me; photos with the same group (n,) are left out together.

        Raises:
            ValueError: no part has photos enough.
        """
        groups = np.arange(len(y)) if groups is None else groups
        weights = np.ones(len(y)) if sample_weight is None else sample_weight
        self.classes_ = np.unique(y)
        self.fitted_: list[_Calibrated | None] = []
        for part in self._of_parts(X):
            seen = _present(part)
            self.fitted_.append(_calibrated(self.head, part[seen], y[seen], weights[seen], groups[seen]))
        if not any(self.fitted_):
            raise ValueError("no part has two groups of photos of each class, to calibrate its scores with")
        return self

    def decision_function(self, X: Vectors) -> Scores:
        """Return the mean log-odds, float64 (n,): positive for me; 0 where no part says anything."""
        total, count = np.zeros(len(X)), np.zeros(len(X))
        for fitted, part in zip(self.fitted_, self._of_parts(X), strict=True):
            seen = _present(part)
            if fitted and seen.any():
                total[seen] += fitted.log_odds(part[seen])
                count += seen
        return total / np.maximum(count, 1)

    def predict(self, X: Vectors) -> Labels:
        """Return decisions (n,): True where the log-odds are not negative."""
        labels: Labels = self.classes_[(self.decision_function(X) >= 0).astype(int)]
        return labels

    def _of_parts(self, X: Vectors) -> Iterator[Vectors]:
        yield from np.split(X, np.cumsum(self.parts)[:-1], axis=1)


class _Calibrated:
    """A fitted head, and how its scores become log-odds."""

    def __init__(self, head: Any, margins: Scores, y: Labels, weights: Scores) -> None:
        self._head = head
        self._spread = float(np.std(margins)) or 1.0
        sigmoid = LogisticRegression(class_weight="balanced").fit(margins[:, None] / self._spread, y, weights)
        slope, intercept = float(sigmoid.coef_[0, 0]), float(sigmoid.intercept_[0])
        # Scores that rank photos the wrong way round say nothing.
        self._slope, self._intercept = (slope, intercept) if slope > 0 else (0.0, 0.0)

    def log_odds(self, X: Vectors) -> Scores:
        """Return the log-odds for "me" of vectors (n, d), float64 (n,), if both classes are equally frequent."""
        odds: Scores = self._slope * _margins(self._head, X) / self._spread + self._intercept
        return odds


def _calibrated(head: Any, X: Vectors, y: Labels, weights: Scores, groups: Groups) -> _Calibrated | None:
    """Return a copy of a head, fitted and calibrated; None where photos are too few to leave some out."""
    fewest = min(len(np.unique(groups[y == label])) for label in (False, True))
    if fewest < 2:
        return None
    margins = np.full(len(y), np.nan)
    splitter = StratifiedGroupKFold(min(_FOLDS, fewest), shuffle=True, random_state=0)
    for rest, held_out in splitter.split(X, y, groups):
        if len(np.unique(y[rest])) < 2:
            return None
        fitted = _fit(head, X[rest], y[rest], weights[rest], groups[rest])
        margins[held_out] = _margins(fitted, X[held_out])
    return _Calibrated(_fit(head, X, y, weights, groups), margins, y, weights)


def _fit(head: Any, X: Vectors, y: Labels, weights: Scores, groups: Groups) -> Any:
    """Return a fitted copy of a head, with the weights and groups that it takes."""
    known = {"sample_weight": weights, "groups": groups}
    return clone(head).fit(X, y, **{name: value for name, value in known.items() if has_fit_parameter(head, name)})


def _margins(head: Any, X: Vectors) -> Scores:
    """Return the scores of vectors (n, d), float64 (n,); log-odds where they are probabilities."""
    scores = score(head, X)
    if natural_threshold(head) == 0:
        return scores
    shares = np.clip(scores, _LEAST, 1 - _LEAST)
    odds: Scores = np.log(shares) - np.log1p(-shares)
    return odds


def _present(part: Vectors) -> Labels:
    """Return (n,) True for the photos that have this part."""
    present: Labels = part.any(axis=1)
    return present
