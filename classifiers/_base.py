"""The common part of the built-in heads: two classes, separated at the natural threshold."""

from __future__ import annotations

from abc import abstractmethod

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin

from ._head import HeadCard, Labels, Vectors, natural_threshold, score
from .frozen import FrozenHead


class Head(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A classifier of two classes that decides by its own score."""

    #: Fitting it takes so little that a threshold may be chosen by cross-validation.
    cheap_to_refit = True

    card: HeadCard
    classes_: Labels

    def predict(self, X: Vectors) -> Labels:
        """Return decisions (n,): True from the natural threshold on."""
        labels: Labels = self.classes_[(score(self, X) >= natural_threshold(self)).astype(int)]
        return labels

    @abstractmethod
    def frozen_as(self) -> type[FrozenHead]:
        """Return the frozen form of a head with these parameters, fitted or not."""

    @abstractmethod
    def freeze(self) -> FrozenHead:
        """Return the fitted head as numbers that give the same scores."""

    def _learn_classes(self, y: Labels) -> NDArray[np.intp]:
        """Note the two classes; return targets (n,), 1 for me.

        Raises:
            ValueError: there are not two.
        """
        self.classes_, targets = np.unique(y, return_inverse=True)
        if len(self.classes_) != 2:
            raise ValueError(f"{self.card.name} needs two classes, not {len(self.classes_)}")
        return targets
