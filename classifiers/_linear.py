"""`logreg`: logistic regression on standardised vectors."""

from __future__ import annotations

from typing import Any

from sklearn.linear_model import LogisticRegression

from ._head import HeadCard, Scores, Vectors
from ._standardised import StandardisedHead


class LogReg(StandardisedHead):
    """L2-regularised logistic regression on standardised vectors; its score is a probability, 0..1.

    Args:
        C: inverse strength of the regularisation.
        class_weight: "balanced" counts both classes alike, None every photo alike.
        max_iter: iterations of the solver (lbfgs) at most.

    Source: scikit-learn, `LogisticRegression`.
    """

    card = HeadCard(
        name="logreg",
        method="logistic regression (L2), standardised vectors",
        score="probability",
        citation="scikit-learn, LogisticRegression",
    )

    def __init__(self, C: float = 1.0, class_weight: str | None = "balanced", max_iter: int = 1000) -> None:
        self.C = C
        self.class_weight = class_weight
        self.max_iter = max_iter

    def predict_proba(self, X: Vectors) -> Scores:
        """Return probabilities, float64 (n, 2): not me, me."""
        probabilities: Scores = self.pipeline_.predict_proba(X)
        return probabilities

    def _classifier(self) -> Any:
        return LogisticRegression(C=self.C, class_weight=self.class_weight, max_iter=self.max_iter)
