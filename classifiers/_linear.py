"""`logreg`, `ridge` and `lda`: a hyperplane between standardised vectors, fitted in three ways."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.utils.class_weight import compute_sample_weight

from ._choose import Strength, choose_penalty
from ._head import UNWEIGHTED, HeadCard, Labels, Scores, Vectors
from ._standardised import RegularisedHead, Scaler, StandardisedHead, TunedHead

if TYPE_CHECKING:
    from numpy.typing import NDArray


class LogReg(RegularisedHead):
    """L2-regularised logistic regression on standardised vectors; its score is a probability, 0..1.

    Args:
        C: inverse strength of the regularisation; "auto" chooses by cross-validation inside the training photos.
        class_weight: "balanced" gives both classes the same weight, None every photo.
        max_iter: iterations of the solver (lbfgs) at most.

    Source: scikit-learn, `LogisticRegression`.
    """

    card = HeadCard(
        name="logreg",
        method="logistic regression (L2), standardised vectors",
        score="probability",
        citation="scikit-learn, LogisticRegression",
    )

    default_strength = 1.0

    def __init__(self, C: Strength = 1.0, class_weight: str | None = "balanced", max_iter: int = 1000) -> None:
        self.C = C
        self.class_weight = class_weight
        self.max_iter = max_iter

    def predict_proba(self, X: Vectors) -> Scores:
        """Return probabilities, float64 (n, 2): not me, me."""
        probabilities: Scores = self.pipeline_.predict_proba(X)
        return probabilities

    def _classifier(self) -> Any:
        return LogisticRegression(C=self.C_, class_weight=self.class_weight, max_iter=self.max_iter)


class Ridge(TunedHead):
    """Least squares on the targets 1 (me) and -1, L2-regularised, standardised vectors; its score is the fitted value.

    Args:
        alpha: strength of the regularisation; "auto" chooses by generalised cross-validation inside the training
            photos. Any fixed one fails somewhere: with 1, and about as many photos as components, noise is fitted.
        class_weight: "balanced" gives both classes the same weight, None every photo.

    Attributes:
        alpha_: the strength that was given or chosen.

    Source: scikit-learn, `RidgeClassifier`; Golub, Heath and Wahba, Generalized cross-validation as a method for
    choosing a good ridge parameter, 1979.
    """

    card = HeadCard(
        name="ridge",
        method="ridge regression on 1 and -1, standardised vectors",
        score="margin",
        citation="scikit-learn, RidgeClassifier",
    )

    def __init__(self, alpha: Strength = "auto", class_weight: str | None = "balanced") -> None:
        self.alpha = alpha
        self.class_weight = class_weight

    def decision_function(self, X: Vectors) -> Scores:
        """Return margins, float (n,): positive for me."""
        margins: Scores = self.pipeline_.decision_function(X)
        return margins

    def _classifier(self) -> Any:
        return RidgeClassifier(alpha=self.alpha_, class_weight=self.class_weight)

    def _settle_strength(
        self, X: Vectors, y: Labels, sample_weight: Scores | None, groups: NDArray[np.intp] | None
    ) -> None:
        self.alpha_ = self._chosen(X, y, sample_weight, groups) if self.alpha == "auto" else self.alpha

    def _chosen(self, X: Vectors, y: Labels, sample_weight: Scores | None, groups: NDArray[np.intp] | None) -> float:
        targets = np.where(self._learn_classes(y) == 1, 1.0, -1.0)
        weights: Scores = compute_sample_weight(self.class_weight, y)
        if sample_weight is not None:
            weights = weights * sample_weight
        standard = Scaler(copy=False).fit_transform(np.array(X, np.float64), sample_weight=sample_weight)
        return choose_penalty(standard, targets, weights, groups)


class LDA(StandardisedHead):
    """Linear discriminant analysis with Ledoit-Wolf shrinkage on standardised vectors; its score is the log-odds.

    Shrinkage lets it work with more components than photos. The log-odds are then so large that probabilities would
    round to 0 and 1 and no longer rank photos: hence the margin.

    Args:
        class_weight: "balanced" assumes equal priors, and gives both covariances the same weight; None uses the
            shares of the training photos.

    Source: scikit-learn, `LinearDiscriminantAnalysis`; Ledoit and Wolf, Honey, I Shrunk the Sample Covariance Matrix,
    2004.
    """

    card = HeadCard(
        name="lda",
        method="linear discriminant analysis (Ledoit-Wolf shrinkage), standardised vectors",
        score="margin",
        citation="Ledoit and Wolf, 2004; scikit-learn, LinearDiscriminantAnalysis",
        augmentation=UNWEIGHTED,
    )

    def __init__(self, class_weight: str | None = "balanced") -> None:
        self.class_weight = class_weight

    def decision_function(self, X: Vectors) -> Scores:
        """Return log-odds, float (n,): positive for me."""
        odds: Scores = self.pipeline_.decision_function(X)
        return odds

    def _classifier(self) -> Any:
        if self.class_weight not in ("balanced", None):
            raise ValueError(f"class_weight is {self.class_weight!r}; it must be 'balanced' or None")
        priors = [0.5, 0.5] if self.class_weight == "balanced" else None
        return LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto", priors=priors)
