"""`C='auto'`: the choice against scikit-learn's grid search, whole groups, variants of a photo, and slips."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from facebench.classifiers import _choose, fit_head, load_head, score
from facebench.classifiers._choose import GRID
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import GridSearchCV, StratifiedGroupKFold
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from threadpoolctl import threadpool_limits

HEADS = pytest.mark.parametrize("name", ["logreg", "svm"])
NOTHING = np.empty((0, 6), np.float32), np.empty(0, bool)
DEFAULTS = {"logreg": 1.0, "svm": 10.0}


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    """Several threads would only wait for one another: the photos are few."""
    with threadpool_limits(1):
        yield


@HEADS
@pytest.mark.parametrize("seed", range(2))
def test_the_choice_is_that_of_a_search_written_out(name: str, seed: int) -> None:
    X, y, groups = photos(seed)
    head = load_head(f"{name}(C='auto')").fit(X, y, groups=groups)
    assert best_of(name, X, y, groups) == head.C_
    alone = load_head(f"{name}(C={head.C_})").fit(X, y)
    np.testing.assert_array_equal(score(head, X), score(alone, X))


@HEADS
def test_the_choice_is_that_of_scikit_learns_own_grid_search_where_one_is_best(name: str) -> None:
    for seed in range(30):
        X, y, groups = photos(seed, apart=0.7)
        search = GridSearchCV(
            Pipeline([("scaler", StandardScaler()), ("classifier", classifier(name))]),
            {"classifier__C": GRID},
            scoring="balanced_accuracy",
            cv=StratifiedGroupKFold(5, shuffle=True, random_state=0),
        ).fit(X.astype(np.float64), y, groups=groups)
        means = search.cv_results_["mean_test_score"]
        if (means > means.max() - 1e-9).sum() == 1:
            assert search.best_params_["classifier__C"] == load_head(f"{name}(C='auto')").fit(X, y, groups=groups).C_
            return
    pytest.fail("no seed has a single best C")


@HEADS
def test_different_photos_have_different_choices_all_from_the_grid(name: str) -> None:
    chosen = set()
    for seed in (0, 3, 7):
        X, y, groups = photos(seed, apart=0.3 + 0.2 * seed)
        chosen.add(load_head(f"{name}(C='auto')").fit(X, y, groups=groups).C_)
    assert len(chosen) > 1
    assert chosen <= set(GRID)


@HEADS
def test_of_equally_good_strengths_it_is_the_nearest_to_the_default(name: str) -> None:
    X, y, groups = photos(0, apart=40)
    assert DEFAULTS[name] == load_head(f"{name}(C='auto')").fit(X, y, groups=groups).C_


@HEADS
def test_groups_stay_whole_where_copies_would_have_chosen_otherwise(name: str) -> None:
    X, y, groups = copies_of_noise()
    head = load_head(f"{name}(C='auto')")
    together, apart = (head.fit(X, y, groups=g).C_ for g in (groups, None))
    assert together == best_of(name, X, y, groups)
    assert apart == best_of(name, X, y, np.arange(len(y)))
    assert apart != together  # copies on both sides reward whatever learns them by heart


@HEADS
def test_without_groups_each_photo_is_its_own(name: str) -> None:
    X, y, _ = photos(1)
    auto = load_head(f"{name}(C='auto')")
    assert auto.fit(X, y).C_ == auto.fit(X, y, groups=np.arange(len(y))).C_


@HEADS
def test_the_numbers_of_groups_do_not_matter(name: str) -> None:
    X, y, groups = photos(2)
    auto = load_head(f"{name}(C='auto')")
    assert auto.fit(X, y, groups=groups).C_ == auto.fit(X, y, groups=1000 + 7 * groups).C_


@HEADS
@pytest.mark.parametrize("lonely", [True, False])
def test_with_a_single_group_of_a_class_nothing_can_be_chosen(name: str, lonely: bool) -> None:
    X, y, groups = photos(0)
    groups = np.where(y == lonely, 10_000, groups)
    head = load_head(f"{name}(C='auto')").fit(X, y, groups=groups)
    assert DEFAULTS[name] == head.C_
    np.testing.assert_array_equal(score(head, X), score(load_head(f"{name}(C={DEFAULTS[name]})").fit(X, y), X))


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.integers(1, 9), min_size=2, max_size=6),
    st.lists(st.integers(1, 9), min_size=2, max_size=12),
    st.integers(0, 99),
)
def test_every_fold_has_both_classes_however_uneven_the_groups(mine: list[int], others: list[int], seed: int) -> None:
    y = np.repeat([True, False], [sum(mine), sum(others)])
    groups = np.repeat(np.arange(len(mine) + len(others)), [*mine, *others])
    order = np.random.default_rng(seed).permutation(len(y))
    X = np.random.default_rng(seed).normal(size=(len(y), 3)).astype(np.float32)
    # scikit-learn warns of a fold without one of the classes, and warnings are errors.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_choose, "GRID", (0.5,))
        assert load_head("svm(C='auto')").fit(X, y[order], groups=groups[order]).C_ == 0.5


@HEADS
def test_variants_of_a_photo_stay_together_with_the_photos_of_its_group(name: str) -> None:
    X, y, groups = photos(3, count=24)
    noise = np.random.default_rng(0).normal(0, 0.3, (3, *X.shape))
    variants = (X + noise).astype(np.float32)
    variants[1, ::4] = np.nan
    head = fit_head(load_head(f"{name}(C='auto')"), variants, y, NOTHING, groups)
    seen = ~np.isnan(variants[:, :, 0])
    flat, labels, of = variants[seen], np.tile(y, 3)[seen.ravel()], np.tile(groups, 3)[seen.ravel()]
    weights = np.full(len(flat), 1 / 3)
    assert best_of(name, flat, labels, of, weights) == head.C_
    by_hand = load_head(f"{name}(C='auto')").fit(flat, labels, sample_weight=weights, groups=of)
    np.testing.assert_array_equal(score(head, X), score(by_hand, X))


@HEADS
def test_a_search_sees_no_fold_with_a_group_on_both_sides(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    X, y, groups = photos(3, count=40)
    variants = np.stack([X, X + 0.1]).astype(np.float32)
    kind = type(classifier(name))
    fits, scored = [], []
    method = "decision_function"
    fit, predict = kind.fit, kind.predict

    def fitting(self: Any, rows: np.ndarray, *args: Any, **options: Any) -> Any:
        fits.append(len(rows))
        return fit(self, rows, *args, **options)

    def predicting(self: Any, rows: np.ndarray) -> Any:
        scored.append((fits[-1], len(rows)))
        return predict(self, rows)

    assert hasattr(kind, method)
    monkeypatch.setattr(kind, "fit", fitting)
    monkeypatch.setattr(kind, "predict", predicting)
    fit_head(load_head(f"{name}(C='auto')"), variants, y, NOTHING, groups)
    assert len(scored) == 5 * len(GRID)
    assert all(trained + tested == 2 * len(y) for trained, tested in scored)
    assert fits[-1] == 2 * len(y)


@HEADS
@pytest.mark.parametrize("C", [0.01, 3.0])
def test_a_strength_that_is_given_is_kept(name: str, C: float) -> None:
    X, y, groups = photos(0)
    assert load_head(f"{name}(C={C})").fit(X, y, groups=groups).C_ == C


@HEADS
@pytest.mark.parametrize("C", ["-1", "0", "'best'", "None", "'Auto'"])
def test_what_is_no_strength_is_refused_by_name(name: str, C: str) -> None:
    X, y, _ = photos(0)
    with pytest.raises(ValueError, match=r"'C' parameter of .* must be"):
        load_head(f"{name}(C={C})").fit(X, y)


def test_the_parameter_stays_auto_when_fitted_and_is_chosen_anew() -> None:
    head = load_head("svm(C='auto')")
    for seed in (0, 7):
        X, y, groups = photos(seed, apart=0.3 + 0.2 * seed)
        head.fit(X, y, groups=groups)
        assert (head.C, head.get_params()["C"]) == ("auto", "auto")
        assert best_of("svm", X, y, groups) == head.C_


def photos(seed: int, count: int = 60, apart: float = 0.9) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return vectors, labels and groups of 1 to 3; what is apart are the classes, less than photos of one class."""
    rng = np.random.default_rng(seed)
    y = np.arange(count) < count // 3
    groups = np.where(y, 0, count) + np.arange(count) // rng.integers(1, 4)
    X = rng.normal(size=(count, 6)) + apart * y[:, None] * rng.random(6)
    order = rng.permutation(count)
    return X[order].astype(np.float32), y[order], groups[order]


def copies_of_noise() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return photos in four copies each: one component tells the classes a little, the others are each photo's own."""
    rng = np.random.default_rng(5)
    y = np.arange(40) < 16
    X = rng.normal(size=(40, 60))
    X[:, 0] += 2.5 * y
    copies = np.tile(X, (4, 1)) + rng.normal(0, 0.01, (160, 60))
    return copies.astype(np.float32), np.tile(y, 4), np.tile(np.arange(40), 4)


def classifier(name: str, C: float = 1.0) -> Any:
    if name == "svm":
        return SVC(C=C, class_weight="balanced")
    return LogisticRegression(C=C, class_weight="balanced", max_iter=1000)


def best_of(name: str, X: np.ndarray, y: np.ndarray, groups: np.ndarray, weights: Any = None) -> float:
    """Choose C by loops: the best mean of balanced accuracies over folds; of equals, the nearest to the default."""
    X = X.astype(np.float64)
    weights = np.ones(len(y)) if weights is None else weights
    count = min(5, *(len(set(groups[y == label].tolist())) for label in (True, False)))
    folds = list(StratifiedGroupKFold(count, shuffle=True, random_state=0).split(X, y, groups))
    means = {}
    for C in GRID:
        found = []
        for train, test in folds:
            assert not set(groups[train].tolist()) & set(groups[test].tolist())
            scaler = StandardScaler().fit(X[train], sample_weight=weights[train])
            fitted = classifier(name, C).fit(scaler.transform(X[train]), y[train], sample_weight=weights[train])
            found.append(balanced_accuracy_score(y[test], fitted.predict(scaler.transform(X[test]))))
        means[C] = float(np.mean(found))
    best = [C for C in GRID if means[C] > max(means.values()) - 1e-9]
    return min(best, key=lambda C: abs(np.log10(C / DEFAULTS[name])))
