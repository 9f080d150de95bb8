"""From scores to probabilities: the sigmoid against two references, and what holds of it whatever the scores."""

import numpy as np
import pytest
from facebench.bundles import fit_sigmoid
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import minimize
from sklearn.calibration import _SigmoidCalibration
from sklearn.utils.class_weight import compute_sample_weight

Sample = tuple[np.ndarray, np.ndarray]


def overlapping(mine: int, others: int, seed: int = 0) -> Sample:
    """Scores of two classes that overlap."""
    rng = np.random.default_rng(seed)
    truth = np.arange(mine + others) < mine
    return truth, rng.normal(size=mine + others) + 1.5 * truth


@st.composite
def samples(draw: st.DrawFn) -> Sample:
    """Any scores of both classes."""
    count = draw(st.integers(2, 30))
    mine = draw(st.integers(1, count - 1))
    elements = st.floats(-100, 100, allow_subnormal=False).map(lambda score: round(score, 3))
    return np.arange(count) < mine, draw(arrays(np.float64, count, elements=elements))


def probabilities(scores: np.ndarray, sigmoid: tuple[float, float] | None) -> np.ndarray:
    assert sigmoid is not None
    return 1 / (1 + np.exp(-(sigmoid[0] * scores + sigmoid[1])))


@pytest.mark.parametrize(("mine", "others"), [(60, 60), (300, 3000), (2000, 400)])
def test_it_is_scikit_learn_s_sigmoid_with_balanced_weights(mine: int, others: int) -> None:
    truth, scores = overlapping(mine, others)
    weights = compute_sample_weight("balanced", truth)
    reference = _SigmoidCalibration().fit(scores, truth.astype(int), weights)
    ours = probabilities(scores, fit_sigmoid(truth, scores))
    # scikit-learn's pseudocounts are of the weights' sums, Platt's of the photos themselves: with many it is the same.
    np.testing.assert_allclose(ours, reference.predict(scores), rtol=0, atol=0.005)


@pytest.mark.parametrize(("mine", "others", "seed"), [(5, 50, 1), (3, 3, 2), (40, 8, 3), (1, 20, 4)])
def test_it_minimises_platt_s_loss(mine: int, others: int, seed: int) -> None:
    truth, scores = overlapping(mine, others, seed)
    wanted = np.where(truth, (mine + 1) / (mine + 2), 1 / (others + 2))
    weights = np.where(truth, 1 / mine, 1 / others)

    def loss(parameters: np.ndarray) -> float:
        logits = parameters[0] * scores + parameters[1]
        return float(weights @ (np.logaddexp(0, logits) - wanted * logits))

    found = fit_sigmoid(truth, scores)
    reference = minimize(loss, [1.0, 0.0], method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-13})
    np.testing.assert_allclose(found, reference.x, rtol=1e-3, atol=1e-3)


@settings(max_examples=60, deadline=None)
@given(samples())
def test_a_higher_score_never_means_less(sample: Sample) -> None:
    sigmoid = fit_sigmoid(*sample)
    assert sigmoid is not None
    assert np.isfinite(sigmoid).all()
    assert sigmoid[0] >= 0


@settings(max_examples=30, deadline=None)
@given(samples(), st.floats(0.01, 100), st.floats(-100, 100))
def test_the_unit_and_the_zero_of_scores_do_not_matter(sample: Sample, factor: float, offset: float) -> None:
    truth, scores = sample
    moved = factor * scores + offset
    before, after = fit_sigmoid(truth, scores), fit_sigmoid(truth, moved)
    np.testing.assert_allclose(probabilities(moved, after), probabilities(scores, before), atol=1e-3)


@settings(max_examples=30, deadline=None)
@given(samples(), st.randoms(use_true_random=False))
def test_the_order_of_photos_and_those_without_a_vector_do_not_matter(sample: Sample, random: object) -> None:
    truth, scores = sample
    order = list(range(len(truth)))
    random.shuffle(order)  # type: ignore[attr-defined]
    shuffled = truth[order], scores[order]
    lost = np.r_[shuffled[0], True, False], np.r_[shuffled[1], np.nan, np.nan]
    expected = probabilities(scores, fit_sigmoid(truth, scores))
    np.testing.assert_allclose(probabilities(scores, fit_sigmoid(*lost)), expected, atol=1e-3)


def test_a_rare_class_counts_as_much_as_the_other() -> None:
    truth, scores = overlapping(20, 2000)
    sigmoid = fit_sigmoid(truth, scores)
    assert sigmoid is not None
    middle = -sigmoid[1] / sigmoid[0]  # as likely as not
    assert 0.3 < middle < 1.2


def test_classes_that_do_not_overlap_do_not_make_a_step() -> None:
    scores = np.array([2.0, 3.0, 2.5, -1.0, -2.0, -3.0])
    found = probabilities(scores, fit_sigmoid(scores > 0, scores))
    assert (found > 0.02).all()
    assert (found < 0.98).all()
    assert ((found > 0.5) == (scores > 0)).all()


def test_scores_that_mislead_say_nothing() -> None:
    truth, scores = overlapping(50, 50)
    found = fit_sigmoid(truth, -scores)
    assert found is not None
    assert found[0] == 0
    assert probabilities(scores, found) == pytest.approx(0.5, abs=0.01)


def test_scores_that_are_all_alike_say_nothing() -> None:
    assert probabilities(np.full(4, 7.0), fit_sigmoid(np.arange(4) < 2, np.full(4, 7.0))) == pytest.approx(
        0.5, abs=0.01
    )


@pytest.mark.parametrize("truth", [[True, True], [False], [], [True, False]], ids=["me", "others", "nobody", "NaN"])
def test_a_class_that_is_missing_leaves_nothing_to_fit(truth: list[bool]) -> None:
    scores = np.arange(len(truth), dtype=float)
    if truth == [True, False]:
        scores[0] = np.nan
    assert fit_sigmoid(np.array(truth, bool), scores) is None
