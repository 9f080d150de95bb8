"""The penalty of ridge regression: chosen inside the training photos, and so that it fails with no number of them."""

import time

import numpy as np
import pytest
from facebench.classifiers import fit_head, load_head, score
from facebench.classifiers._choose import PENALTIES, choose_penalty
from sklearn.linear_model import RidgeClassifier, RidgeCV
from sklearn.metrics import roc_auc_score
from threadpoolctl import threadpool_limits


def sample(count: int, dimension: int, seed: int = 0, shift: float = 0.25) -> tuple[np.ndarray, np.ndarray]:
    """Normal vectors and labels; a quarter of them, me, lies a little aside in every component."""
    rng = np.random.default_rng(seed)
    mine = np.arange(count) % 4 == 0
    return (rng.normal(size=(count, dimension)) + shift * mine[:, None]).astype(np.float32), mine


def weighted(count: int, dimension: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    X, mine = sample(count, dimension)
    return X.astype(np.float64), np.where(mine, 1.0, -1.0), np.where(mine, 2.0, 2 / 3)


@pytest.mark.parametrize(("count", "dimension"), [(60, 20), (60, 100), (80, 80)])
def test_single_photos_are_left_out_as_by_scikit_learn(count: int, dimension: int) -> None:
    X, y, weights = weighted(count, dimension)
    assert choose_penalty(X.copy(), y, weights, None) == RidgeCV(alphas=PENALTIES).fit(X, y, weights).alpha_


@pytest.mark.parametrize("dimension", [10, 60])
def test_groups_are_left_out_together(dimension: int) -> None:
    X, y, weights = weighted(48, dimension)
    groups = np.arange(48) // 8 * 2 + (y > 0)
    losses = []
    for alpha in PENALTIES:
        loss = 0.0
        for group in np.unique(groups):
            out, classifier = groups == group, RidgeClassifier(alpha=alpha)
            classifier.fit(X[~out], y[~out], weights[~out])
            loss += weights[out] @ (y[out] - classifier.decision_function(X[out])) ** 2
        losses.append(loss)
    assert choose_penalty(X, y, weights, groups) == PENALTIES[np.argmin(losses)]


@pytest.mark.parametrize("dimension", [10, 60])
def test_three_copies_of_each_photo_with_a_third_of_its_weight_change_nothing(dimension: int) -> None:
    X, y = sample(40, dimension)
    once = fit_head(load_head("ridge"), X, y, (X[:0], y[:0]), groups=np.arange(40))
    thrice = fit_head(load_head("ridge"), np.stack(3 * [X]), y, (X[:0], y[:0]), groups=np.arange(40))
    assert thrice.alpha_ == once.alpha_ > PENALTIES[0]
    np.testing.assert_allclose(score(thrice, X), score(once, X), rtol=1e-9)


def test_as_many_photos_as_components_are_no_trap() -> None:
    X, y = sample(320, 320, shift=0.1)
    unseen, truth = sample(600, 320, seed=1, shift=0.1)
    given, chosen = load_head("ridge(alpha=1.0)").fit(X, y), load_head("ridge").fit(X, y)
    fixed, free = (roc_auc_score(truth, score(head, unseen)) for head in (given, chosen))
    # The default of 6cc0e70 was alpha=1.
    assert fixed < 0.7
    assert free > fixed + 0.1
    assert chosen.alpha_ > 100


def test_a_given_penalty_is_taken() -> None:
    X, y = sample(40, 8)
    head = load_head("ridge(alpha=1.0)").fit(X, y)
    assert head.alpha_ == 1.0
    assert load_head("ridge").get_params()["alpha"] == "auto"


def test_the_number_of_threads_changes_no_score() -> None:
    X, y = sample(300, 256)
    scores = []
    for threads in (1, 2):
        with threadpool_limits(threads):
            scores.append(score(load_head("ridge").fit(X, y), X))
    np.testing.assert_allclose(scores[1], scores[0], rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("mine", [[0], [0, 1]], ids=["one group of me", "one group of others"])
def test_a_class_of_one_group_is_left_out_photo_by_photo(mine: list[int]) -> None:
    X, y = sample(40, 8)
    groups = np.where(y == (len(mine) == 1), 0, np.arange(40))
    fitted = load_head("ridge").fit(X, y, groups=groups)
    assert fitted.alpha_ == load_head("ridge").fit(X, y).alpha_


def test_vectors_that_are_all_alike_are_no_error() -> None:
    X, y = np.ones((8, 4), np.float32), np.arange(8) < 3
    assert np.isfinite(score(load_head("ridge").fit(X, y), X)).all()


@pytest.mark.slow
def test_what_the_choice_costs() -> None:
    for count in (1080, 20_000):
        X, y = sample(count, 1280)
        costs = {}
        for name in ("ridge(alpha=1.0)", "ridge"):
            with threadpool_limits(1):
                before = time.process_time()
                load_head(name).fit(X, y)
                costs[name] = time.process_time() - before
        print(f"{count} x 1280, processor time:", ", ".join(f"{name} {cost:.2f} s" for name, cost in costs.items()))
