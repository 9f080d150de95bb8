"""Vectors -> score: heads, by name. A head is a scikit-learn classifier; it sees arrays only.

>>> import numpy as np
>>> from facebench.classifiers import load_head, score
>>> rng = np.random.default_rng(0)
>>> X, y = rng.normal(size=(40, 8)).astype(np.float32), np.arange(40) < 10
>>> score(load_head("svm(C=10)").fit(X, y), X).shape
(40,)
"""

from typing import Any

from ..registry import Registry
from ._head import HeadCard, fit_head, natural_threshold, score

#: Every head, built in or from a plug-in, by name.
heads: Registry[Any] = Registry("head", "facebench.heads")


def load_head(name: str, seed: int = 0) -> Any:
    """Return an unfitted head: a scikit-learn classifier with `predict_proba` or `decision_function`.

    Args:
        name: a name of `bench list` or a call string, such as "svm(C=10)" or "mlp(hidden=(64, 128))".
        seed: for heads that draw random numbers.

    Raises:
        FacebenchError: unknown name or parameter.
    """
    return heads.create(name, seed=seed)


__all__ = ["HeadCard", "fit_head", "heads", "load_head", "natural_threshold", "score"]
