"""From scores to probabilities: they agree with the answer, and what holds of them whatever the scores."""

from typing import Any

import numpy as np
import pytest
from facebench.benchmarks.statistics import choose_threshold
from facebench.bundles import Bundle, fit_slopes
from facebench.bundles._calibration import calibrate
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import minimize
from scipy.special import expit, log_expit
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


def probabilities(scores: np.ndarray, threshold: float, slopes: tuple[float, float] | None) -> np.ndarray:
    assert slopes is not None
    below, above = slopes
    return expit(np.where(scores < threshold, below, above) * (scores - threshold))


def log_loss(truth: np.ndarray, found: np.ndarray) -> float:
    """Return the log-loss of probabilities, both classes weighted alike."""
    losses = -np.log(np.where(truth, found, 1 - found))
    return float(losses[truth].mean() + losses[~truth].mean()) / 2


@pytest.mark.parametrize("rule", ["auto", "balanced"])
@pytest.mark.parametrize(("mine", "others", "seed"), [(30, 300, 0), (100, 50, 1), (5, 100, 2)])
def test_the_answer_is_the_more_probable_one(rule: str, mine: int, others: int, seed: int, made: Any) -> None:
    # Platt's sigmoid, that of 6cc0e70, is one half elsewhere.
    truth, scores = overlapping(mine, others, seed)
    threshold, _ = choose_threshold("balanced", 0.0, truth, scores)
    calibration = calibrate(rule, threshold, truth, scores, "out-of-fold")
    bundle: Bundle = made(threshold=threshold, calibration=calibration)
    tried = np.sort(np.r_[scores, threshold, np.nextafter(threshold, [-9, 9]), np.linspace(-9, 9, 500)])
    found = bundle.probabilities(tried)
    assert (found[tried >= threshold] >= 0.5).all()
    assert (found[tried < threshold] <= 0.5).all()
    assert bundle.probabilities(np.array([threshold])) == 0.5
    assert (np.diff(found) >= 0).all()


@pytest.mark.parametrize("rule", ["accuracy", "0.5", "far=0.01"])
def test_where_me_may_be_improbable_there_is_no_probability(rule: str, made: Any) -> None:
    truth, scores = overlapping(60, 60)
    calibration = calibrate(rule, 2.5, truth, scores, "out-of-fold")
    assert calibration is None
    assert made(calibration=calibration).probabilities(scores) is None


@pytest.mark.parametrize("squeezed", [False, True], ids=["margin", "probability"])
@pytest.mark.parametrize(("mine", "others"), [(15, 300), (100, 400)])
def test_on_new_photos_it_is_as_good_as_platt_s(mine: int, others: int, squeezed: bool) -> None:
    ours, platt = [], []
    for seed in range(6):
        (truth, scores), (unseen, new) = overlapping(mine, others, seed), overlapping(500, 500, 100 + seed)
        if squeezed:
            scores, new = expit(2 * scores - 4), expit(2 * new - 4)
        threshold, _ = choose_threshold("balanced", 0.0, truth, scores)
        reference = _SigmoidCalibration().fit(scores, truth.astype(int), compute_sample_weight("balanced", truth))
        ours.append(log_loss(unseen, probabilities(new, threshold, fit_slopes(truth, scores, threshold))))
        platt.append(log_loss(unseen, reference.predict(new)))
    assert np.mean(ours) < 1.02 * np.mean(platt)


@pytest.mark.parametrize(("mine", "others", "seed"), [(5, 50, 1), (3, 3, 2), (40, 8, 3), (1, 20, 4)])
def test_it_minimises_platt_s_loss_and_holds_the_slopes_together(mine: int, others: int, seed: int) -> None:
    truth, scores = overlapping(mine, others, seed)
    wanted = np.where(truth, (mine + 1) / (mine + 2), 1 / (others + 2))
    weights = np.where(truth, 0.5 / mine, 0.5 / others)
    unit = np.std(scores)

    def loss(slopes: np.ndarray) -> float:
        if min(slopes) <= 0:
            return np.inf
        logits = np.where(scores < 1, *slopes) * (scores - 1)
        told = wanted * log_expit(logits) + (1 - wanted) * log_expit(-logits)
        return float(-(weights @ told) + (np.log(slopes[1] / slopes[0]) / 2) ** 2 / min(mine, others))

    found = fit_slopes(truth, scores, 1.0)
    reference = minimize(loss, [1 / unit, 1 / unit], method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-13})
    np.testing.assert_allclose(found, reference.x, rtol=1e-3, atol=1e-3)


@settings(max_examples=15, deadline=None)
@given(samples(), st.floats(-200, 200))
def test_a_higher_score_never_means_less(sample: Sample, threshold: float) -> None:
    slopes = fit_slopes(*sample, threshold)
    assert slopes is not None
    assert np.isfinite(slopes).all()
    assert min(slopes) >= 0


@settings(max_examples=10, deadline=None)
@given(samples(), st.floats(0.01, 100), st.floats(-100, 100))
def test_the_unit_and_the_zero_of_scores_do_not_matter(sample: Sample, factor: float, offset: float) -> None:
    truth, scores = sample
    threshold, _ = choose_threshold("balanced", 0.0, truth, scores)
    moved, there = factor * scores + offset, factor * threshold + offset
    before, after = fit_slopes(truth, scores, threshold), fit_slopes(truth, moved, there)
    assert before is not None
    assert after is not None
    np.testing.assert_allclose(np.array(after) * factor * np.std(scores), np.array(before) * np.std(scores), atol=0.02)


@settings(max_examples=10, deadline=None)
@given(samples(), st.randoms(use_true_random=False))
def test_the_order_of_photos_and_those_without_a_vector_do_not_matter(sample: Sample, random: object) -> None:
    truth, scores = sample
    threshold, _ = choose_threshold("balanced", 0.0, truth, scores)
    order = list(range(len(truth)))
    random.shuffle(order)  # type: ignore[attr-defined]
    shuffled = truth[order], scores[order]
    lost = np.r_[shuffled[0], True, False], np.r_[shuffled[1], np.nan, np.nan]
    expected = probabilities(scores, threshold, fit_slopes(truth, scores, threshold))
    found = probabilities(scores, threshold, fit_slopes(*lost, threshold))
    np.testing.assert_allclose(found, expected, atol=1e-3)


def test_classes_that_do_not_overlap_do_not_make_a_step() -> None:
    scores = np.array([2.0, 3.0, 2.5, -1.0, -2.0, -3.0])
    found = probabilities(scores, 0.5, fit_slopes(scores > 0, scores, 0.5))
    assert (found > 0.02).all()
    assert (found < 0.98).all()


def test_scores_that_mislead_say_nothing() -> None:
    truth, scores = overlapping(50, 50)
    assert probabilities(scores, 0.5, fit_slopes(truth, -scores, 0.5)) == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize("truth", [[True, True], [False], [], [True, False]], ids=["me", "others", "nobody", "NaN"])
def test_a_class_that_is_missing_leaves_nothing_to_fit(truth: list[bool]) -> None:
    scores = np.arange(len(truth), dtype=float)
    if truth == [True, False]:
        scores[0] = np.nan
    assert fit_slopes(np.array(truth, bool), scores, 0.5) is None
