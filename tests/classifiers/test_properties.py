"""What holds of every head on any vectors whatever, `mlp` aside, which takes too long to fit so often."""

from typing import Any

import numpy as np
import pytest
from facebench.classifiers import heads, load_head, natural_threshold, score
from facebench.errors import FacebenchError
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.base import clone

NAMES = sorted({*heads.names()} - {"mlp"})
#: Multiples of 1/64: as coarse as nothing real is, so that vectors and components often coincide.
GRID = st.integers(-(2**16), 2**16).map(lambda number: number / 64)


@st.composite
def problems(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Vectors with labels, two or more of each class, and unseen vectors."""
    dimension = draw(st.integers(1, 6))
    mine, others = draw(st.integers(2, 5)), draw(st.integers(2, 9))
    elements = draw(st.sampled_from([GRID, st.sampled_from([0.0, 1.0])]))
    vectors = draw(arrays(np.float32, (mine + others + 4, dimension), elements=elements))
    return vectors[:-4], np.arange(mine + others) < mine, vectors[-4:]


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=40, deadline=None)
@given(problem=problems())
@example(problem=(np.zeros((4, 3), np.float32), np.arange(4) < 2, np.zeros((4, 3), np.float32)))
def test_scores_are_finite_and_decide(name: str, problem: tuple[np.ndarray, ...]) -> None:
    X, y, unseen = problem
    head = load_head(name).fit(X, y)
    scores = score(head, unseen)
    assert np.isfinite(scores).all()
    np.testing.assert_array_equal(head.predict(unseen), scores >= natural_threshold(head))


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=15, deadline=None)
@given(order=st.randoms(use_true_random=False))
def test_the_order_of_the_training_photos_does_not_matter(name: str, faces: Any, order: Any) -> None:
    rows = list(range(len(faces.y)))
    order.shuffle(rows)
    shuffled, straight = load_head(name).fit(faces.X[rows], faces.y[rows]), load_head(name).fit(faces.X, faces.y)
    scores = score(straight, faces.unseen)
    np.testing.assert_allclose(score(shuffled, faces.unseen), scores, rtol=0, atol=1e-3 * np.ptp(scores))


VALUES: dict[str, st.SearchStrategy[object]] = {
    "C": st.floats(1e-3, 1e3),
    "alpha": st.floats(1e-3, 1e3),
    "tolerance": st.floats(0, 10),
    "n_neighbors": st.integers(1, 50),
    "max_iter": st.integers(1, 10_000),
    "gamma": st.sampled_from(["scale", "auto", 0.1]),
    "kernel": st.sampled_from(["rbf", "linear", "poly"]),
    "weights": st.sampled_from(["distance", "uniform"]),
    "class_weight": st.sampled_from(["balanced", None]),
    "standardise": st.booleans(),
}


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_parameters_come_back_from_the_call_and_survive_a_clone(name: str, data: st.DataObject) -> None:
    known = load_head(name).get_params()
    given = data.draw(st.fixed_dictionaries({}, optional={key: VALUES[key] for key in known}))
    call = f"{name}({', '.join(f'{key}={value!r}' for key, value in given.items())})"
    assert load_head(call).get_params() == clone(load_head(call)).get_params() == {**known, **given}
    assert heads.parameters(call) == {**known, **given}


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.sampled_from(["sklearn", "svm", "SVC", "os", "_x", "utils", "ｓｖｍ", "é"]), max_size=6).map(".".join)
)
def test_any_path_is_a_head_or_refused(path: str) -> None:
    try:
        head = load_head(path)
    except FacebenchError:
        return
    assert type(head).__module__.split(".")[0] in ("sklearn", "facebench")
