"""What a head is: a scikit-learn classifier with a continuous score for "me"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Vectors: TypeAlias = NDArray[np.float32]
Labels: TypeAlias = NDArray[np.bool_]
Scores: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True)
class HeadCard:
    """What is known about a head.

    Attributes:
        name: as registered.
        method: what it is, in a line.
        score: what its score means.
        citation: paper or page to cite.
    """

    name: str
    method: str
    score: str
    citation: str = ""


def fit_head(head: Any, X: Vectors, y: Labels, validation: tuple[Vectors, Labels]) -> Any:
    """Fit a head on vectors (n, d) and labels (n,), True for me; return it.

    A head whose `fit` takes `validation` gets it to watch its losses; it never trains on it.
    """
    from sklearn.utils.validation import has_fit_parameter

    if has_fit_parameter(head, "validation"):
        return head.fit(X, y, validation=validation)
    return head.fit(X, y)


def score(head: Any, X: Vectors) -> Scores:
    """Return the score for "me" of vectors (n, d), float64 (n,): probability where there is one, else margin."""
    if len(X) == 0:
        return np.empty(0)
    if hasattr(head, "predict_proba"):
        return np.asarray(head.predict_proba(X), dtype=np.float64)[:, 1]
    return np.asarray(head.decision_function(X), dtype=np.float64).reshape(len(X))


def natural_threshold(head: Any) -> float:
    """Return the score from which a head says "me" by itself: 0.5 for a probability, 0 for a margin."""
    return 0.5 if hasattr(head, "predict_proba") else 0.0
