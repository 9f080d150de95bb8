"""Vectors -> score: heads, by name. A head is a scikit-learn classifier; it sees arrays only.

>>> import numpy as np
>>> from facebench.classifiers import load_head, score
>>> rng = np.random.default_rng(0)
>>> X, y = rng.normal(size=(40, 8)).astype(np.float32), np.arange(40) < 10
>>> score(load_head("svm(C=10)").fit(X, y), X).shape
(40,)
"""

from typing import Any

from ._head import (
    BY_EPOCH,
    SHARED_WEIGHT,
    UNWEIGHTED,
    HeadCard,
    cheap_to_refit,
    fit_head,
    natural_threshold,
    parameters_of,
    photos_needed,
    score,
    takes_validation,
    unfit_for,
)
from ._scikit import HeadRegistry
from .frozen import KINDS, FrozenHead, logistic

#: Every head, built in or from a plug-in, by name; and scikit-learn's classifiers by dotted path.
heads = HeadRegistry("head", "facebench.heads")


def load_head(name: str, seed: int = 0) -> Any:
    """Return an unfitted head: a scikit-learn classifier with `predict_proba` or `decision_function`.

    Args:
        name: a name of `bench list`, the path of one of scikit-learn's classifiers, or a call string of either:
            "svm(C=10)", "sklearn.ensemble.RandomForestClassifier(n_estimators=300)".
        seed: for heads that draw random numbers, those with a parameter `seed` or `random_state`.

    Raises:
        FacebenchError: unknown name or parameter.
    """
    return heads.create(name, seed=seed, random_state=seed % 2**32)  # scikit-learn takes 32 bits


def fused(head: Any, parts: tuple[int, ...]) -> Any:
    """Return the unfitted score fusion of copies of a head: one for each part of vectors, by their components."""
    from ._fusion import ScoreFusion

    return ScoreFusion(head, parts)


__all__ = [
    "BY_EPOCH",
    "KINDS",
    "SHARED_WEIGHT",
    "UNWEIGHTED",
    "FrozenHead",
    "HeadCard",
    "cheap_to_refit",
    "fit_head",
    "fused",
    "heads",
    "load_head",
    "logistic",
    "natural_threshold",
    "parameters_of",
    "photos_needed",
    "score",
    "takes_validation",
    "unfit_for",
]
