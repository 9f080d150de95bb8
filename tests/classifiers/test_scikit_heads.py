"""`logreg`, `svm`, `ridge`, `lda` and unbalanced `knn` are scikit-learn's classifiers behind a scaler, nothing more."""

from typing import Any

import numpy as np
import pytest
from facebench.classifiers import load_head, score
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

X, UNSEEN = np.random.default_rng(0).normal(3, 2, size=(2, 60, 128)).astype(np.float32)
Y = np.arange(60) < 9

PAIRS = {
    "logreg": LogisticRegression(class_weight="balanced", max_iter=1000),
    "logreg(C=0.01)": LogisticRegression(C=0.01, class_weight="balanced", max_iter=1000),
    "logreg(class_weight=None, max_iter=2000)": LogisticRegression(max_iter=2000),
    "svm": SVC(C=10, kernel="rbf", class_weight="balanced"),
    "svm(C=1, gamma=0.01)": SVC(C=1, gamma=0.01, class_weight="balanced"),
    "svm(kernel='linear', class_weight=None)": SVC(C=10, kernel="linear"),
    "ridge(alpha=1.0)": RidgeClassifier(class_weight="balanced"),
    "ridge(alpha=100, class_weight=None)": RidgeClassifier(alpha=100),
    "lda": LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto", priors=[0.5, 0.5]),
    "lda(class_weight=None)": LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto", priors=[51 / 60, 9 / 60]),
    "knn(standardise=True, class_weight=None)": KNeighborsClassifier(5, weights="distance"),
    "knn(n_neighbors=3, weights='uniform', standardise=True, class_weight=None)": KNeighborsClassifier(3),
}


@pytest.fixture(params=PAIRS.items(), ids=PAIRS.keys())
def pair(request: pytest.FixtureRequest) -> tuple[Any, Any]:
    """A fitted head and the fitted scikit-learn pipeline that it must equal."""
    call, classifier = request.param
    return load_head(call).fit(X, Y), make_pipeline(StandardScaler(), classifier).fit(X.astype(np.float64), Y)


def test_scores_equal_those_of_the_plain_pipeline(pair: tuple[Any, Any]) -> None:
    head, pipeline = pair
    if head.card.score == "margin":
        expected = pipeline.decision_function(UNSEEN.astype(np.float64))
    else:
        expected = pipeline.predict_proba(UNSEEN.astype(np.float64))[:, 1]
    np.testing.assert_allclose(score(head, UNSEEN), expected, rtol=1e-12, atol=0)


def test_decisions_equal_those_of_the_plain_pipeline(pair: tuple[Any, Any]) -> None:
    head, pipeline = pair
    np.testing.assert_array_equal(head.predict(UNSEEN), pipeline.predict(UNSEEN))
    np.testing.assert_array_equal(head.classes_, [False, True])
    assert head.n_features_in_ == 128


def test_the_scale_of_a_component_does_not_matter() -> None:
    scale = np.logspace(-3, 3, 128, dtype=np.float32)
    head, scaled = load_head("svm").fit(X, Y), load_head("svm").fit(X * scale, Y)
    np.testing.assert_allclose(score(scaled, UNSEEN * scale), score(head, UNSEEN), rtol=1e-3, atol=1e-5)


def test_the_scaler_sees_the_training_vectors_alone() -> None:
    head = load_head("logreg").fit(X, Y)
    before = score(head, UNSEEN)
    score(head, UNSEEN * 100)
    np.testing.assert_array_equal(score(head, UNSEEN), before)


def test_more_components_than_photos_leave_the_scores_of_lda_apart() -> None:
    rng = np.random.default_rng(0)
    wide = np.tile(UNSEEN, (1, 10)) + rng.normal(size=(60, 1280))
    scores = score(load_head("lda").fit(wide, Y), wide + rng.normal(size=wide.shape))
    assert len(np.unique(scores)) == len(scores)


def test_lda_refuses_class_weights_that_are_no_priors() -> None:
    with pytest.raises(ValueError, match="class_weight is 'blanced'; it must be 'balanced' or None"):
        load_head("lda(class_weight='blanced')").fit(X, Y)


@pytest.mark.parametrize(
    "name", ["logreg(class_weight=None)", "ridge(alpha=1.0, class_weight=None)", "svm(class_weight=None, gamma=0.01)"]
)
def test_weights_count_like_copies_for_scaler_and_classifier(name: str) -> None:
    copies = np.where(np.arange(60) % 4, 1, 5)
    weighted = load_head(name).fit(X, Y, sample_weight=copies.astype(float))
    repeated = load_head(name).fit(np.repeat(X, copies, axis=0), np.repeat(Y, copies))
    np.testing.assert_allclose(score(weighted, UNSEEN), score(repeated, UNSEEN), rtol=0, atol=5e-3)
