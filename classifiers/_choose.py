"""`C='auto'`: the strength of the regularisation, chosen by cross-validation inside the training photos."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from ._head import Labels, Scores, Vectors

if TYPE_CHECKING:
    from numpy.typing import NDArray

Strength = float | Literal["auto"]

#: The candidates.
GRID = (0.001, 0.01, 0.1, 1.0, 10.0, 100.0)
_FOLDS = 5


def choose_strength(
    pipeline: Any, default: float, X: Vectors, y: Labels, groups: NDArray[np.intp] | None, **weights: Scores
) -> float:
    """Return the C of `GRID` with the best balanced accuracy in cross-validation; of equals, that nearest the default.

    Folds are stratified and do not divide groups. With fewer than two groups of a class there can be no choice, and
    the default is returned.

    Args:
        pipeline: an unfitted one, whose step "classifier" has C.
        default: if there is no choice, or several are equally good.
        X: training vectors (n, d).
        y: their labels (n,).
        groups: (n,) photos with the same number stay in one fold; None: each is independent.
        weights: fit parameters of the pipeline's steps.
    """
    from sklearn.model_selection import GridSearchCV, StratifiedGroupKFold

    groups = np.arange(len(y)) if groups is None else groups
    folds = min(_FOLDS, *(len(np.unique(groups[y == label])) for label in np.unique(y)))
    if folds < 2:
        return default

    def nearest_of_the_best(results: dict[str, Any]) -> int:
        scores = results["mean_test_score"]
        best = np.flatnonzero(scores >= scores.max() - 1e-9)
        return int(best[np.argmin(np.abs(np.log(np.array(GRID)[best] / default)))])

    search = GridSearchCV(
        pipeline,
        {"classifier__C": GRID},
        scoring="balanced_accuracy",
        cv=StratifiedGroupKFold(folds, shuffle=True, random_state=0),
        refit=nearest_of_the_best,
    )
    # With weak regularisation, float32 is too coarse for the solver of logistic regression to converge.
    search.fit(X.astype(np.float64), y, groups=groups, **weights)
    return float(search.best_params_["classifier__C"])
