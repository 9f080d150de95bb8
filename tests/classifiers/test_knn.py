"""`knn`: the votes of the nearest photos, weighted by distance and class."""

from typing import Any

import numpy as np
import pytest
from facebench.classifiers import load_head, score
from sklearn.metrics import roc_auc_score


@pytest.mark.parametrize("standardise", [False, True])
def test_scores_are_the_votes_of_the_five_nearest(standardise: bool, faces: Any) -> None:
    X, unseen = np.float64(faces.X), np.float64(faces.unseen)
    deviation = X.std(axis=0) if standardise else 1.0  # the mean is the same for both, and no matter
    of_class = np.where(faces.y, 1 / faces.y.mean(), 1 / (~faces.y).mean())
    expected = []
    for x in unseen:
        distances = np.linalg.norm((X - x) / deviation, axis=1)
        nearest = np.argsort(distances)[:5]
        votes = of_class[nearest] / distances[nearest]
        expected.append(votes[faces.y[nearest]].sum() / votes.sum())
    scores = score(load_head(f"knn(standardise={standardise})").fit(faces.X, faces.y), faces.unseen)
    np.testing.assert_allclose(scores, expected, rtol=0, atol=1e-5)
    assert ((scores > 0) & (scores < 1)).any()  # not all votes are unanimous


@pytest.mark.parametrize("class_weight", ["'balanced'", "None"])
def test_a_photo_it_was_trained_on_is_decided_by_itself(faces: Any, class_weight: str) -> None:
    head = load_head(f"knn(class_weight={class_weight})").fit(faces.X, faces.y)
    np.testing.assert_allclose(score(head, faces.X), faces.y, rtol=0, atol=1e-3)


@pytest.mark.parametrize("count", [2, 3, 4, 5])
def test_with_fewer_photos_than_neighbours_all_of_them_vote(count: int) -> None:
    X = np.random.default_rng(0).normal(size=(count, 4)).astype(np.float32)
    y = np.arange(count) == 0
    few, enough = load_head("knn").fit(X, y), load_head(f"knn(n_neighbors={count})").fit(X, y)
    np.testing.assert_array_equal(score(few, X + 1), score(enough, X + 1))
    assert load_head("knn").fit(X, y).get_params()["n_neighbors"] == 5


def test_a_draw_is_me_as_the_threshold_says() -> None:
    X, y = np.array([[0], [1]], np.float32), np.array([True, False])
    head = load_head("knn(weights='uniform')").fit(X, y)
    assert score(head, X).tolist() == [0.5, 0.5]
    assert head.predict(X).all()


def test_few_photos_of_me_outvote_many_others_only_when_classes_are_balanced() -> None:
    rng = np.random.default_rng(0)
    X = np.concatenate([rng.normal(3, 0.1, (2, 2)), rng.normal(0, 1, (60, 2))]).astype(np.float32)
    y = np.arange(62) < 2
    me, other = np.float32([[3, 3]]), np.float32([[0, 0]])
    balanced, plain = (load_head(f"knn(weights='uniform', class_weight={w})").fit(X, y) for w in ("'balanced'", "None"))
    assert score(plain, me) == pytest.approx(2 / 5)
    assert score(balanced, me) == pytest.approx((2 / 2) / (2 / 2 + 3 / 60))
    assert score(balanced, other) == score(plain, other) == 0


def test_components_of_noise_do_not_drown_the_others() -> None:
    # Standardised, as by the default of 6cc0e70, it ranks by chance: .5.
    rng = np.random.default_rng(0)
    y = np.arange(600) % 4 == 0
    X = 0.05 * rng.normal(size=(600, 300))
    X[:, :2] += rng.normal(size=(600, 2)) + 3 * y[:, None]
    found = {
        head: roc_auc_score(y[300:], score(load_head(head).fit(X[:300], y[:300]), X[300:]))
        for head in ("knn", "knn(standardise=True)")
    }
    assert found["knn"] > 0.95
    assert found["knn(standardise=True)"] < 0.8


@pytest.mark.parametrize("call", ["knn(n_neighbors=0)", "knn(n_neighbors='x')", "knn(weights='no')"])
def test_a_wrong_parameter_is_refused_in_fit(faces: Any, call: str) -> None:
    with pytest.raises(ValueError, match="must be"):
        load_head(call).fit(faces.X, faces.y)
