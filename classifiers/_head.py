"""The interface of heads: scikit-learn classifiers with a continuous score for "me"."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Vectors: TypeAlias = NDArray[np.float32]
Labels: TypeAlias = NDArray[np.bool_]
Scores: TypeAlias = NDArray[np.float64]


#: How heads train on several variants of a photo.
SHARED_WEIGHT = "all variants of a photo at once; they share its weight"
UNWEIGHTED = "all variants of a photo at once, each like a photo: the method takes no weights"
BY_EPOCH = "variant e of each photo in epoch e"


@dataclass(frozen=True)
class HeadCard:
    """The description of a head.

    Attributes:
        name: as registered.
        method: what it is, in one line.
        score: what its score means.
        citation: paper or page to cite.
        augmentation: how it trains on several variants of a photo.
    """

    name: str
    method: str
    score: str
    citation: str = ""
    augmentation: str = SHARED_WEIGHT


def fit_head(
    head: Any, X: Vectors, y: Labels, validation: tuple[Vectors, Labels] | None, groups: NDArray[np.intp] | None = None
) -> Any:
    """Fit a head on vectors and labels (n,), True for me; return it.

    Args:
        head: an unfitted head. If its attribute `trains_by_epoch` is true, `fit` gets variants separately, to use
            another one in each epoch; other heads get all of them at once, each weighted 1/variants if `fit` takes
            `sample_weight`.
        X: (n, d), or (variants, n, d) for augmented photos, NaN if a variant has no vector.
        y: (n,).
        groups: (n,) photos with the same number are not independent; for heads whose `fit` takes them.
        validation: vectors and labels to monitor losses on, for heads that take them; never trained on.
    """
    from sklearn.utils.validation import has_fit_parameter

    options: dict[str, Any] = {"validation": validation} if takes_validation(head) else {}
    if X.ndim == 3 and not getattr(head, "trains_by_epoch", False):
        share = 1 / len(X)
        seen = ~np.isnan(X[:, :, 0])
        groups = None if groups is None else np.broadcast_to(groups, seen.shape)[seen]
        X, y = X[seen], np.broadcast_to(y, seen.shape)[seen]
        if has_fit_parameter(head, "sample_weight"):
            options["sample_weight"] = np.full(len(X), share)
    if groups is not None and has_fit_parameter(head, "groups"):
        options["groups"] = groups
    return head.fit(X, y, **options)


def takes_validation(head: Any) -> bool:
    """Return whether a head's `fit` takes vectors and labels to monitor losses on."""
    from sklearn.utils.validation import has_fit_parameter

    return bool(has_fit_parameter(head, "validation"))


def cheap_to_refit(head: Any) -> bool:
    """Return whether a head may be fitted several times where others are fitted once: it says so itself."""
    return bool(getattr(head, "cheap_to_refit", False))


def photos_needed(head: Any) -> int:
    """Return how many photos of me a head needs to be fitted: two, unless it says otherwise itself.

    >>> from facebench.classifiers import load_head
    >>> photos_needed(load_head("centroid")), photos_needed(load_head("svm"))
    (1, 2)
    """
    return int(getattr(head, "photos_needed", 2))


def unfit_for(head: Any, weights_sha256: str) -> str:
    """Return why a head, by its own account, says nothing about the vectors of a network; "" where it does.

    >>> from facebench.classifiers import load_head
    >>> unfit_for(load_head("tolerance(tolerance=12)"), "of another network")
    ''
    """
    told = getattr(head, "unfit_for", None)
    return str(told(weights_sha256)) if told else ""


def parameters_of(head: Any) -> dict[str, Any]:
    """Return those of a head's parameters that JSON can hold, given ones and defaults.

    >>> from facebench.classifiers import load_head
    >>> parameters_of(load_head("ridge(class_weight=None)"))
    {'alpha': 'auto', 'class_weight': None}
    """
    found = {}
    for name, value in head.get_params(deep=False).items():
        with suppress(TypeError, ValueError):  # an object, or a non-finite number
            found[name] = json.loads(json.dumps(value, allow_nan=False))
    return found


def score(head: Any, X: Vectors | Scores) -> Scores:
    """Return the score for "me" of vectors (n, d), float64 (n,): probability if there is one, else margin.

    Computed in float64, so that a photo's score does not depend on the rest of the batch.
    """
    if len(X) == 0:
        return np.empty(0)
    X = np.asarray(X, dtype=np.float64)
    if hasattr(head, "predict_proba"):
        return np.asarray(head.predict_proba(X), dtype=np.float64)[:, 1]
    return np.asarray(head.decision_function(X), dtype=np.float64).reshape(len(X))


def natural_threshold(head: Any) -> float:
    """Return a head's own threshold: 0.5 for a probability, 0 for a margin."""
    return 0.5 if hasattr(head, "predict_proba") else 0.0
