"""`'auto'`: the strength of the regularisation, chosen by cross-validation inside the training photos."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from ._head import Labels, Scores, Vectors

if TYPE_CHECKING:
    from numpy.typing import NDArray

Strength = float | Literal["auto"]

#: The candidates of C, and of the penalty of ridge regression.
GRID = (0.001, 0.01, 0.1, 1.0, 10.0, 100.0)
PENALTIES = np.logspace(-1, 6, 15)
_FOLDS = 5


def choose_strength(
    pipeline: Any, default: float, X: Vectors, y: Labels, groups: NDArray[np.intp] | None, **weights: Scores
) -> float:
    """Return the C of `GRID` with the best cross-validated balanced accuracy; of equals, the nearest to the default.

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


def choose_penalty(X: Scores, y: Scores, weights: Scores, groups: NDArray[np.intp] | None) -> float:
    """Return the penalty of `PENALTIES` with the smallest cross-validated squared error; of equals, the largest.

    Each group of photos is left out in turn, as generalised cross-validation does with single photos: the errors of a
    ridge regression without a group follow from its errors with all photos and its hat matrix, so nothing is fitted
    again. scikit-learn's `RidgeCV` gives the same without groups, at several times the cost for many photos. With fewer
    than two groups of a class each photo is left out alone.

    Args:
        X: standardised training vectors (n, d), overwritten.
        y: targets (n,), -1 or 1.
        weights: (n,).
        groups: (n,) photos with the same number are left out together; None: each alone.

    Source: Golub, Heath and Wahba, Generalized cross-validation as a method for choosing a good ridge parameter, 1979;
    Rifkin and Lippert, Notes on regularized least squares, 2007.
    """
    roots = np.sqrt(weights)[:, None]
    X -= np.average(X, axis=0, weights=weights)
    X *= roots
    targets = roots * (y - np.average(y, weights=weights))[:, None]
    intercept = roots / np.sqrt(weights.sum())
    variances, basis = _principal(X)
    kept = variances[:, None] / (variances[:, None] + PENALTIES)
    residuals = targets - basis @ (kept * (basis.T @ targets))
    errors = residuals / (1 - np.square(basis) @ kept - intercept**2)
    for together in _of_several(y, groups):
        part, constant = basis[together], intercept[together]
        for column, shares in enumerate(kept.T):
            hat = (part * shares) @ part.T + constant @ constant.T
            errors[together, column] = np.linalg.solve(np.eye(len(hat)) - hat, residuals[together, column])
    losses = np.square(errors).sum(axis=0)
    return float(PENALTIES[losses <= losses.min() * (1 + 1e-9)][-1])


def _principal(X: Scores) -> tuple[Scores, Scores]:
    """Return the squared singular values (r,) and the left singular vectors (n, r) of X (n, d)."""
    if len(X) <= X.shape[1]:
        variances, basis = np.linalg.eigh(X @ X.T)
        return np.maximum(variances, 0), basis
    variances, directions = np.linalg.eigh(X.T @ X)
    some = variances > 1e-12 * variances[-1]
    return variances[some], X @ (directions[:, some] / np.sqrt(variances[some]))


def _of_several(y: Scores, groups: NDArray[np.intp] | None) -> list[NDArray[np.intp]]:
    """Return the photos of each group that has several."""
    if groups is None or min(len(np.unique(groups[y == label])) for label in np.unique(y)) < 2:
        return []
    order = np.argsort(groups, kind="stable")
    parts = np.split(order, np.flatnonzero(np.diff(groups[order])) + 1)
    return [part for part in parts if len(part) > 1]
