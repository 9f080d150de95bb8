"""What every head keeps, built in or from a plug-in; install a plug-in and these tests hold for it too."""

import numpy as np
import pytest
from facebench.classifiers import (
    BY_EPOCH,
    SHARED_WEIGHT,
    UNWEIGHTED,
    fit_head,
    heads,
    load_head,
    natural_threshold,
    score,
)
from facebench.errors import FacebenchError
from sklearn.base import BaseEstimator, clone, is_classifier
from sklearn.exceptions import NotFittedError
from sklearn.metrics import roc_auc_score

NAMES = heads.names()
#: Those that can be told not to balance the classes.
WEIGHTED = [entry.name for entry in heads.entries() if "class_weight" in load_head(entry.name).get_params()]
#: Makes nearest vectors as near to each other as faces are; only `tolerance` minds.
NEAR = np.float32(0.14)


@pytest.fixture(params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_the_built_in_heads_are_registered() -> None:
    assert {"mlp", "logreg", "svm", "ridge", "lda", "knn", "centroid", "tolerance"} <= set(NAMES)


def test_the_card_is_complete(name: str) -> None:
    card = load_head(name).card
    assert card.name == name
    assert card.method
    assert card.score in ("probability", "margin")
    assert card.augmentation in (SHARED_WEIGHT, UNWEIGHTED, BY_EPOCH)


def test_a_head_is_a_scikit_learn_classifier(name: str) -> None:
    assert is_classifier(load_head(name))


@pytest.mark.parametrize("dimension", [128, 1280], ids=["face_recognition's size", "mobilenet's size"])
def test_strangers_to_training_are_told_apart_by_score(name: str, dimension: int) -> None:
    head = load_head(name).fit(*_people(dimension, seed=1))
    X, y = _people(dimension, seed=2)
    scores = score(head, X)
    assert scores.dtype == np.float64
    assert scores.shape == y.shape
    assert np.isfinite(scores).all()
    assert roc_auc_score(y, scores) > 0.95


def test_probabilities_lie_between_0_and_1(name: str) -> None:
    head = load_head(name).fit(*_people(16))
    if hasattr(head, "predict_proba"):
        probabilities = head.predict_proba(_people(16, seed=2)[0])
        assert ((probabilities >= 0) & (probabilities <= 1)).all()
        np.testing.assert_allclose(probabilities.sum(axis=1), 1)
    else:
        assert head.card.score == "margin"


def test_huge_vectors_are_scored_without_a_warning(name: str) -> None:
    X, y = _people(16)
    assert np.isfinite(score(load_head(name).fit(X, y), X * np.float32(1e6))).all()


def test_its_own_decision_is_its_score_at_the_natural_threshold(name: str) -> None:
    X, y = _people(16, distance=0.2)
    unseen, _ = _people(16, distance=0.2, seed=2)
    X, unseen = X * NEAR, unseen * NEAR
    head = load_head(name).fit(X, y)
    decisions = score(head, unseen) >= natural_threshold(head)
    np.testing.assert_array_equal(head.predict(unseen), decisions)
    assert 0 < decisions.sum() < len(decisions)


def test_a_photo_has_the_same_score_alone_and_among_others(name: str) -> None:
    X, y = _people(128)
    head = load_head(name).fit(X, y)
    alone = np.concatenate([score(head, X[i : i + 1]) for i in range(len(X))])
    np.testing.assert_allclose(alone, score(head, X), rtol=1e-4, atol=1e-6)


def test_no_vectors_give_no_scores(name: str) -> None:
    head = load_head(name).fit(*_people(16))
    assert score(head, np.empty((0, 16), np.float32)).shape == (0,)


def test_two_photos_of_me_are_enough(name: str) -> None:
    head = load_head(name).fit(*_people(128, me=2, others=30))
    X, y = _people(128, seed=2)
    scores = score(head, X)
    assert np.isfinite(scores).all()
    assert roc_auc_score(y, scores) > 0.9


def test_fitting_leaves_vectors_and_labels_as_they_are(name: str) -> None:
    X, y = _people(16)
    before = X.copy(), y.copy()
    load_head(name).fit(X, y)
    np.testing.assert_array_equal(X, before[0])
    np.testing.assert_array_equal(y, before[1])


def test_the_same_seed_gives_the_same_scores(name: str) -> None:
    X, y = _people(128)
    first, second = (score(load_head(name, seed=3).fit(X, y), X) for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_a_second_fit_forgets_the_first(name: str) -> None:
    X, y = _people(16)
    twice = load_head(name).fit(*_people(16, seed=5)).fit(X, y)
    np.testing.assert_array_equal(score(twice, X), score(load_head(name).fit(X, y), X))


def test_the_largest_seeds_are_taken(name: str) -> None:
    X, y = _people(16)
    assert np.isfinite(score(load_head(name, seed=2**64 - 1).fit(X, y), X)).all()


def test_parameters_survive_clone_and_the_clone_is_not_fitted(name: str) -> None:
    X, y = _people(16)
    head = load_head(name).fit(X, y)
    copy = clone(head)
    assert copy.get_params() == head.get_params() == load_head(name).get_params()
    with pytest.raises((NotFittedError, AttributeError)):
        score(copy, X)
    np.testing.assert_array_equal(score(copy.fit(X, y), X), score(head, X))


@pytest.mark.parametrize("name", sorted({*NAMES} - {"tolerance"}))  # which looks at me alone
def test_both_classes_count_alike_however_rare_one_is(name: str) -> None:
    found, refused = _right_decisions(name)
    assert min(found, refused) > 0.6


@pytest.mark.parametrize("name", WEIGHTED)
def test_without_class_weights_the_rare_class_loses(name: str) -> None:
    found, refused = _right_decisions(f"{name}(class_weight=None)")
    assert found < refused - 0.4


@pytest.mark.parametrize("truth", [True, False])
def test_one_class_alone_is_refused(name: str, truth: bool) -> None:
    X, _ = _people(16)
    with pytest.raises(ValueError, match="two classes"):
        load_head(name).fit(X, np.full(len(X), truth))


def test_an_unknown_head_suggests_the_nearest() -> None:
    with pytest.raises(FacebenchError, match=r"No head is named 'logrek'\. Did you mean 'logreg'\?"):
        load_head("logrek")


def test_an_unknown_parameter_suggests_the_nearest() -> None:
    with pytest.raises(FacebenchError, match=r"'mlp' takes no parameter 'epoch'\. Did you mean 'epochs'\?"):
        load_head("mlp(epoch=3)")


def test_only_a_head_that_takes_validation_is_given_it() -> None:
    class Watching(BaseEstimator):
        def fit(self, X: np.ndarray, y: np.ndarray, validation: object = None) -> "Watching":
            self.watched = validation
            return self

    class Blind(BaseEstimator):
        def fit(self, X: np.ndarray, y: np.ndarray) -> "Blind":
            return self

    X, y = _people(16)
    validation = (X[:3], y[:3])
    assert fit_head(Watching(), X, y, validation).watched is validation
    assert isinstance(fit_head(Blind(), X, y, validation), Blind)


def _people(
    dimension: int, *, me: int = 12, others: int = 48, distance: float = 1.0, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Return vectors and labels; the two classes' means lie `distance` standard deviations apart per component."""
    rng = np.random.default_rng(seed)
    y = np.arange(me + others) < me
    X = rng.normal(size=(me + others, dimension)) + distance * y[:, None]
    return X.astype(np.float32), y


def _right_decisions(call: str) -> tuple[float, float]:
    """Return the shares of photos of me and of others decided rightly by a head trained on ten times more others."""
    head = load_head(call).fit(*_people(3, me=40, others=400, distance=1.2))
    X, y = _people(3, me=400, others=400, distance=1.2, seed=2)
    decisions = score(head, X) >= natural_threshold(head)
    return float(decisions[y].mean()), float((~decisions[~y]).mean())
