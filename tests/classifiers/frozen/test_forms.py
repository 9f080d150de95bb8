"""A frozen head: the scores of the head that it was made of, from numbers alone."""

from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from facebench.bundles._archive import packed, unpacked
from facebench.bundles._bundle import _sha256
from facebench.classifiers import KINDS, FrozenHead, load_head, score
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

#: Every head of this project's own: one that is added is tested without being named here.
BUILT_IN = sorted(point.name for point in entry_points(group="facebench.heads") if point.value.startswith("facebench."))
VARIANTS = [
    *BUILT_IN,
    "logreg(C='auto')",
    "logreg(C=0.001, class_weight=None)",
    "ridge(alpha=100.0, class_weight=None)",
    "lda(class_weight=None)",
    "svm(kernel='linear')",
    "svm(C='auto', kernel='linear', class_weight=None)",
    "svm(kernel='poly')",
    "svm(kernel='poly', gamma=0.05)",
    "svm(kernel='sigmoid')",
    "svm(gamma='auto')",
    "svm(gamma=0.3)",
    "svm(gamma=0.0)",
    "svm(C='auto')",
    "knn(weights='uniform')",
    "knn(class_weight=None)",
    "knn(weights='uniform', class_weight=None, n_neighbors=1)",
    "knn(n_neighbors=1000)",
    "tolerance(tolerance=0)",
    "mlp(hidden=(64, 128), batch_norm=True, epochs=3)",
    "mlp(hidden=(8, 7, 6), epochs=2)",
    "mlp(hidden=(5, 4, 3, 2), batch_norm=True, epochs=2)",
]
#: What `Bundle` promises of a score.
CLOSE = 1e-9


@pytest.fixture(scope="module")
def fitted(faces: Any) -> dict[str, Any]:
    """Every variant, fitted on real faces."""
    return {call: load_head(call, seed=1).fit(faces.X, faces.y) for call in VARIANTS}


@pytest.mark.parametrize("call", VARIANTS)
def test_the_scores_are_those_of_the_head(call: str, fitted: dict[str, Any], faces: Any) -> None:
    head, frozen = fitted[call], fitted[call].freeze()
    for vectors in (faces.unseen, np.vstack([faces.unseen, np.zeros((1, 128), np.float32)])):
        expected, scores = score(head, vectors), frozen.score(vectors)
        assert scores.dtype == np.float64
        np.testing.assert_allclose(scores, expected, rtol=0, atol=CLOSE)
        assert np.ptp(expected) > 0 or "gamma=0.0" in call


@pytest.mark.parametrize("call", VARIANTS)
def test_photos_that_were_trained_on_score_alike_too(call: str, fitted: dict[str, Any], faces: Any) -> None:
    # scikit-learn's distance of a vector to itself is not quite zero: its vote is a large number, not all there is.
    tolerance = 1e-5 if call.startswith("knn") else CLOSE
    np.testing.assert_allclose(
        fitted[call].freeze().score(faces.X), score(fitted[call], faces.X), rtol=0, atol=tolerance
    )


@pytest.mark.parametrize("call", VARIANTS)
def test_a_photo_has_the_same_score_alone_and_among_others(call: str, fitted: dict[str, Any], faces: Any) -> None:
    frozen = fitted[call].freeze()
    alone = np.concatenate([frozen.score(faces.unseen[i : i + 1]) for i in range(len(faces.unseen))])
    tolerance = 1e-5 if call.startswith("mlp") else CLOSE  # float32, as in the head itself
    np.testing.assert_allclose(alone, frozen.score(faces.unseen), rtol=0, atol=tolerance)


@pytest.mark.parametrize("call", VARIANTS)
def test_written_and_read_again_the_scores_are_the_same_bits(call: str, fitted: dict[str, Any], faces: Any) -> None:
    frozen = fitted[call].freeze()
    again = _again(frozen)
    assert again.score(faces.unseen).tobytes() == frozen.score(faces.unseen).tobytes()
    assert (again.kind, again.carries, again.dimension) == (frozen.kind, frozen.carries, 128)


@pytest.mark.parametrize("call", VARIANTS)
def test_what_a_head_becomes_is_known_before_it_is_fitted(call: str, fitted: dict[str, Any], faces: Any) -> None:
    kind = load_head(call).frozen_as()
    frozen = fitted[call].freeze()
    assert type(frozen) is kind is KINDS[kind.kind]
    # Whether vectors of photos are carried is no matter of opinion: they are among the numbers, or are not.
    assert bool(kind.carries) == any(len(array) > 1 and array.ndim == 2 for array in frozen.arrays().values())


def test_every_kind_is_what_some_head_becomes() -> None:
    assert {load_head(call).frozen_as() for call in VARIANTS} == set(KINDS.values())


def test_no_vectors_have_no_scores(fitted: dict[str, Any]) -> None:
    for head in fitted.values():
        assert head.freeze().score(np.empty((0, 128), np.float32)).shape == (0,)


def test_copies_among_the_known_photos_of_knn_vote_as_they_do_there(faces: Any) -> None:
    X, y = (
        np.vstack([faces.X, faces.X[:3], faces.X[:3], faces.X[-2:]]),
        np.r_[faces.y, faces.y[:3], faces.y[:3], faces.y[-2:]],
    )
    for call in ("knn", "knn(n_neighbors=2)", "knn(weights='uniform', n_neighbors=3)"):
        head = load_head(call).fit(X, y)
        np.testing.assert_allclose(head.freeze().score(X), score(head, X), rtol=0, atol=1e-6)


def test_fewer_photos_than_neighbours_all_vote(faces: Any) -> None:
    mine = np.flatnonzero(faces.y)[:2]
    rows = np.r_[mine, np.flatnonzero(~faces.y)[:2]]
    head = load_head("knn(n_neighbors=5, weights='uniform')").fit(faces.X[rows], faces.y[rows])
    assert head.freeze().options()["n_neighbors"] == 4
    np.testing.assert_array_equal(head.freeze().score(faces.unseen), 0.5)


@st.composite
def problems(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Vectors with labels and unseen vectors, of any size and anywhere; no two are equally far from a third."""
    dimension, mine, others = draw(st.integers(1, 40)), draw(st.integers(2, 8)), draw(st.integers(2, 12))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    vectors = rng.normal(draw(st.sampled_from([0.0, 3.0])), draw(st.sampled_from([0.01, 1.0, 30.0])), (40, dimension))
    if draw(st.booleans()):
        vectors[:, 0] = 0.25  # a component that never changes
    vectors = vectors.astype(np.float32)
    return vectors[: mine + others], np.arange(mine + others) < mine, vectors[mine + others :]


@pytest.mark.parametrize("call", [call for call in VARIANTS if not call.startswith("mlp") and "auto'" not in call])
@settings(max_examples=15, deadline=None)
@given(problem=problems())
def test_the_scores_agree_on_any_vectors(call: str, problem: tuple[np.ndarray, ...]) -> None:
    X, y, unseen = problem
    head = load_head(call).fit(X, y)
    frozen = _again(head.freeze())
    expected = score(head, unseen)
    np.testing.assert_allclose(frozen.score(unseen), expected, rtol=CLOSE, atol=CLOSE)


@pytest.mark.parametrize("batch_norm", [False, True])
@settings(max_examples=20, deadline=None)
@given(hidden=st.lists(st.integers(1, 9), min_size=1, max_size=5), inputs=st.integers(1, 20), seed=st.integers(0, 99))
def test_any_network_is_the_layers_written_out(batch_norm: bool, hidden: list[int], inputs: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(6, inputs)).astype(np.float32)
    arrays, values = [], X.astype(np.float64)
    for layer, (width, units) in enumerate(zip([inputs, *hidden], [*hidden, 1], strict=True)):
        W, b = rng.normal(size=(width, units)) / width, rng.normal(size=units)
        arrays += [W, b]
        values = values @ W + b
        if layer < len(hidden):
            values = np.maximum(values, 0)
        if layer == 0 and batch_norm:
            gamma, beta, mean, variance = rng.uniform(0.5, 2, (4, units))
            arrays += [gamma, beta, mean, variance]
            values = gamma * (values - mean) / np.sqrt(variance + 1e-3) + beta
    flat = np.concatenate([array.ravel() for array in arrays]).astype(np.float32)
    head = KINDS["dense"](weights=flat, inputs=inputs, hidden=hidden, batch_norm=batch_norm)
    np.testing.assert_allclose(head.score(X), 1 / (1 + np.exp(-values[:, 0])), atol=1e-4)


@pytest.mark.parametrize("call", VARIANTS)
def test_numbers_that_do_not_fit_together_are_refused(call: str, fitted: dict[str, Any]) -> None:
    frozen = fitted[call].freeze()
    for broken in _broken(frozen):
        with pytest.raises((ValidationError, TypeError, ValueError, IndexError)):
            type(frozen).model_validate(broken)


def test_neighbours_that_know_nobody_are_refused(fitted: dict[str, Any]) -> None:
    fields = dict(fitted["knn"].freeze())
    nobody = {name: fields[name][:0] for name in ("known", "mine")}
    with pytest.raises(ValidationError, match="known holds no photo"):
        KINDS["neighbours"].model_validate({**fields, **nobody})


def test_a_head_of_numbers_that_are_none_is_refused(faces: Any) -> None:
    head = load_head("centroid").fit(faces.X, faces.y)
    head.mean_[3] = np.nan
    with pytest.raises(ValidationError, match="mean holds a value that is no number"):
        head.freeze()


def _again(frozen: FrozenHead) -> FrozenHead:
    """Return a head from what a file holds of it."""
    contents = {name: packed(array) for name, array in frozen.arrays().items()}
    arrays = {name: unpacked(Path("me"), name, content, _sha256(content)) for name, content in contents.items()}
    return type(frozen).model_validate({**frozen.options(), **arrays})


def _broken(frozen: FrozenHead) -> Iterator[dict[str, Any]]:
    """Yield the fields of a head with one left out, added, of another shape, empty, or NaN."""
    fields = dict(frozen)
    yield {**fields, "more": 1}
    for name, value in fields.items():
        yield {key: other for key, other in fields.items() if key != name}
        if isinstance(value, np.ndarray):
            yield {**fields, name: value[..., None]}
            yield {**fields, name: np.float64(1.0)}
            yield {**fields, name: value.tolist()}
            if name not in ("coef", "mean"):  # which alone say how long vectors are, in some kinds
                yield {**fields, name: value[:0]}
            yield {**fields, name: value * np.float32("nan")}
        elif isinstance(value, float):
            yield {**fields, name: float("nan")}
            yield {**fields, name: float("inf")}
    if "scale" in fields:
        yield {**fields, "scale": fields["scale"] * 0}
