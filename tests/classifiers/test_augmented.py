"""Several variants of each photo: weighted heads count a photo once, others say that they do not, `mlp` takes turns."""

from typing import Any

import numpy as np
import pytest
from facebench.classifiers import BY_EPOCH, SHARED_WEIGHT, UNWEIGHTED, fit_head, heads, load_head, score
from facebench.classifiers.dense import Training
from sklearn.utils.class_weight import compute_sample_weight
from sklearn.utils.validation import has_fit_parameter

BUILT_IN = [entry.name for entry in heads.entries() if entry.origin.startswith("facebench ")]
#: Of solvers that stop when the loss falls no further.
SOLVED = {"rtol": 0, "atol": 2e-3}
#: Heads that share a photo's weight among its variants, by how exactly.
WEIGHTED = {"centroid": {"rtol": 0, "atol": 1e-12}, "ridge": {"rtol": 0, "atol": 1e-4}, "logreg": SOLVED, "svm": SOLVED}
#: Heads that see all variants alike.
ALIKE = ("knn", "lda", "tolerance")
NOTHING = np.empty((0, 128), np.float32), np.empty(0, bool)


@pytest.mark.parametrize("name", BUILT_IN)
def test_the_card_says_how_the_head_trains_on_variants(name: str) -> None:
    head = load_head(name)
    expected = SHARED_WEIGHT if has_fit_parameter(head, "sample_weight") else UNWEIGHTED
    assert head.card.augmentation == (BY_EPOCH if getattr(head, "trains_by_epoch", False) else expected)


def test_every_built_in_head_is_tested_here() -> None:
    assert {*WEIGHTED, *ALIKE, "mlp"} == set(BUILT_IN)


@pytest.mark.parametrize("name", WEIGHTED)
@pytest.mark.parametrize("variants", [1, 3])
def test_equal_variants_give_the_fit_of_one_copy(faces: Any, name: str, variants: int) -> None:
    once = load_head(name).fit(faces.X, faces.y)
    copies = fit_head(load_head(name), np.stack([faces.X] * variants), faces.y, NOTHING)
    np.testing.assert_allclose(score(copies, faces.unseen), score(once, faces.unseen), **WEIGHTED[name])


@pytest.mark.parametrize("name", WEIGHTED)
def test_without_the_shared_weight_copies_would_change_the_fit(faces: Any, name: str) -> None:
    once = load_head(name).fit(faces.X, faces.y)
    tenfold = load_head(name).fit(faces.X, faces.y, sample_weight=np.where(np.arange(len(faces.y)) % 2, 10.0, 1.0))
    assert np.abs(score(tenfold, faces.unseen) - score(once, faces.unseen)).max() > 2 * WEIGHTED[name]["atol"]


@pytest.mark.parametrize("name", [*WEIGHTED, *ALIKE])
def test_a_variant_without_a_vector_is_left_out(faces: Any, name: str) -> None:
    variants = _turned(faces.X)
    variants[1, ::3] = np.nan
    head = fit_head(load_head(name), variants, faces.y, NOTHING)
    seen = ~np.isnan(variants[:, :, 0])
    weights = {"sample_weight": np.full(seen.sum(), 1 / 3)} if name in WEIGHTED else {}
    by_hand = load_head(name).fit(variants[seen], np.tile(faces.y, 3)[seen.ravel()], **weights)
    np.testing.assert_array_equal(score(head, faces.unseen), score(by_hand, faces.unseen))
    assert not np.array_equal(score(head, faces.unseen), score(load_head(name).fit(faces.X, faces.y), faces.unseen))


@pytest.mark.parametrize("name", sorted(ALIKE))
def test_heads_without_weights_see_each_variant_like_a_photo(faces: Any, name: str) -> None:
    variants = _turned(faces.X)
    head = fit_head(load_head(name), variants, faces.y, NOTHING)
    alike = load_head(name).fit(variants.reshape(-1, 128), np.tile(faces.y, 3))
    np.testing.assert_array_equal(score(head, faces.unseen), score(alike, faces.unseen))


def test_any_classifier_of_scikit_learn_gets_weights_where_it_takes_them(faces: Any) -> None:
    call = "sklearn.naive_bayes.GaussianNB"
    variants = _turned(faces.X)
    variants[2, faces.y] = np.nan  # so that weights would show in the priors if variants were counted as photos
    head = fit_head(load_head(call), variants, faces.y, NOTHING)
    np.testing.assert_allclose(head.class_count_, [(~faces.y).sum(), faces.y.sum() * 2 / 3])


@pytest.mark.parametrize("epochs", [1, 2, 5])
def test_mlp_trains_on_variant_e_in_epoch_e(faces: Any, epochs: int) -> None:
    variants = _turned(faces.X)
    variants[1, ::3] = np.nan
    options = f"hidden=(8, 4), learning_rate=1e-2, batch_size=16, epochs={epochs}"
    head = fit_head(load_head(f"mlp({options})", seed=3), variants, faces.y, NOTHING)

    network = Training(head.architecture(128), 16, 1e-2, seed=3)
    rng, weights = np.random.default_rng(3), compute_sample_weight("balanced", faces.y)
    for epoch in range(epochs):
        rows = rng.permutation(len(faces.y))
        if epoch % 3 == 1:
            rows = np.array([row for row in rows if row % 3])
        network.train_epoch(variants[epoch % 3], faces.y, weights, rows)
    for ours, expected in zip(head.weights_, network.weights(), strict=True):
        np.testing.assert_array_equal(ours, expected)


def test_mlp_on_equal_variants_is_mlp_on_one(faces: Any) -> None:
    call = "mlp(hidden=(8, 4), learning_rate=1e-2, batch_size=16, epochs=5)"
    once = load_head(call).fit(faces.X, faces.y)
    copies = fit_head(load_head(call), np.stack([faces.X] * 2), faces.y, NOTHING)
    other = fit_head(load_head(call), _turned(faces.X), faces.y, NOTHING)
    np.testing.assert_array_equal(score(copies, faces.unseen), score(once, faces.unseen))
    assert not np.array_equal(score(other, faces.unseen), score(once, faces.unseen))


def _turned(X: np.ndarray) -> np.ndarray:
    """Return three variants of vectors, as noisy as a photo's are: float32 (3, n, d)."""
    noise = np.random.default_rng(0).normal(0, 0.02, (3, *X.shape))
    return (X + noise).astype(np.float32)
