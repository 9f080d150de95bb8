"""Operating points and photos without a face: rates against counting, the ROC curve against scikit-learn."""

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from facebench.benchmarks import Settings, settings_for
from facebench.benchmarks._settings import check_rule, far_of
from facebench.benchmarks.statistics import choose_threshold, measure
from facebench.benchmarks.statistics._metrics import roc_of
from facebench.benchmarks.statistics._operating_points import RATES, operating_points, strangers_needed
from facebench.benchmarks.statistics._thresholds import threshold_at
from facebench.errors import FacebenchError
from hypothesis import assume, example, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from sklearn.metrics import auc, roc_auc_score, roc_curve

NAN = float("nan")
SCORE = st.integers(-3, 3).map(float) | st.floats(-1e6, 1e6) | st.just(NAN)
PHOTOS = st.lists(st.tuples(st.booleans(), SCORE), min_size=1, max_size=24)
BOTH = PHOTOS.filter(lambda photos: len({mine for mine, _ in photos}) == 2)
FARS = st.integers(1, 99).map(lambda per_cent: per_cent / 100) | st.sampled_from([0.001, 0.5, 1 / 3, 0.999])
anything = examples(max_examples=100, deadline=None)


@anything
@given(photos=PHOTOS, far=FARS)
@example(photos=[(False, 1.0)], far=0.5)
@example(photos=[(True, 1.0)], far=0.5)
@example(photos=[(True, NAN), (False, NAN)], far=0.01)
@example(photos=[(True, 0.5)] * 3 + [(False, 0.5)] * 3, far=0.5)
@example(photos=[(False, 0.3), (True, float(np.nextafter(0.3, 1)))], far=0.01)
@example(photos=[(False, float(np.nextafter(0.3, 1))), (True, float(np.nextafter(np.nextafter(0.3, 1), 1)))], far=0.01)
@example(photos=[(False, float(level)) for level in range(10)], far=0.3)
def test_it_accepts_as_many_strangers_as_allowed_and_nobody_more(photos: list[tuple[bool, float]], far: float) -> None:
    truth, scores = columns(photos)
    threshold = threshold_at(far, truth, scores)
    assert math.isfinite(threshold)
    assert rate(~truth, scores, threshold) <= Fraction(far).limit_denominator(1000)
    # Any cut that accepts a photo more would accept too many strangers.
    for cut in scores[scores < threshold]:
        if any(cut <= score < threshold for score in scores):
            assert rate(~truth, scores, cut) > Fraction(far).limit_denominator(1000)


@anything
@given(photos=PHOTOS, far=FARS)
def test_it_lies_in_the_middle_of_the_gap_above_the_strangers_it_rejects(
    photos: list[tuple[bool, float]], far: float
) -> None:
    truth, scores = columns(photos)
    threshold = threshold_at(far, truth, scores)
    below, above = scores[scores < threshold], scores[scores >= threshold]
    assume(len(below) and len(above))
    assert threshold == pytest.approx((below.max() + above.min()) / 2, abs=1e-9)


@pytest.mark.parametrize(
    ("photos", "far", "threshold"),
    [
        ("o1 o2 o3 o4 m5", 0.01, 4.5),
        ("o1 o2 o3 o4 m5", 0.25, 3.5),
        ("o1 o2 o3 o4 m5", 0.3, 3.5),
        ("o1 o2 o3 o4 m0", 0.5, 2.5),
        ("o1 o4 o4 o4 m5", 0.5, 4.5),
        ("o1 onan onan onan m5", 0.5, 1.0),
        ("onan onan m5 m6", 0.1, 5.0),
        ("o1 m1", 0.1, float(np.nextafter(1.0, 2))),
        ("mnan onan", 0.1, 0.0),
    ],
)
def test_by_hand(photos: str, far: float, threshold: float) -> None:
    assert threshold_at(far, *columns([(word[0] == "m", float(word[1:])) for word in photos.split()])) == threshold


def test_a_tenth_of_ten_is_one() -> None:
    # 0.1 * 30 and 0.07 * 100 are no whole numbers in floating point.
    for far, strangers in ((0.1, 30), (0.07, 100), (0.29, 100), (0.001, 3000)):
        truth, scores = columns([(False, float(level)) for level in range(strangers)])
        assert (scores >= threshold_at(far, truth, scores)).sum() == round(far * strangers)


@anything
@given(photos=BOTH)
def test_the_rule_far_is_the_threshold_at_that_rate(photos: list[tuple[bool, float]]) -> None:
    truth, scores = columns(photos)
    assert choose_threshold("far=0.2", 7.0, truth, scores) == (threshold_at(0.2, truth, scores), "far=0.2")


@pytest.mark.parametrize("photos", [[(True, 1.0)] * 30, [(False, 1.0)] * 30, []])
def test_without_both_classes_in_validation_far_is_left_to_the_head(photos: list[tuple[bool, float]]) -> None:
    assert choose_threshold("far=0.2", 7.0, *columns(photos)) == (7.0, "natural")


@pytest.mark.parametrize(
    "rule", ["far=0", "far=1", "far=2", "far=-0.1", "far=nan", "far=", "far=x", "far", "frr=0.1", ""]
)
def test_a_rate_is_above_0_and_below_1(rule: str) -> None:
    assert far_of(rule) is None
    with pytest.raises(ValueError, match=r"or far=0\.01 \(above 0, below 1\), not"):
        check_rule(rule)
    with pytest.raises(FacebenchError, match=r"--threshold '.*': .*a threshold is one of auto"):
        settings_for(threshold=rule)


@pytest.mark.parametrize(("rule", "far"), [("far=0.01", 0.01), ("far=1e-3", 0.001), ("far=.5", 0.5), ("auto", None)])
def test_a_rate_is_written_as_a_number(rule: str, far: float | None) -> None:
    assert far_of(rule) == far
    assert Settings(threshold=rule).threshold == rule


@pytest.mark.parametrize(
    ("far", "needed"), [(0.1, (100, 10)), (0.01, (1000, 100)), (0.001, (10_000, 1000)), (0.3, (34, 4))]
)
def test_a_rate_needs_ten_times_its_inverse_in_photos_and_its_inverse_in_people(
    far: float, needed: tuple[int, int]
) -> None:
    assert strangers_needed(far) == needed


@pytest.mark.parametrize(
    ("validation", "test", "people", "told"),
    [
        (100, 100, (10, 10), {0.1}),
        (99, 100, (10, 10), set()),
        (100, 99, (10, 10), set()),
        (100, 100, (9, 10), set()),
        (100, 100, (10, 9), set()),
        (1000, 1000, (100, 100), {0.1, 0.01}),
        (1000, 1000, (100, 99), {0.1}),
        (10_000, 10_000, (1000, 1000), {0.1, 0.01, 0.001}),
        (10_000, 9_999, (1000, 1000), {0.1, 0.01}),
    ],
)
def test_a_figure_is_a_number_only_where_there_are_strangers_enough(
    validation: int, test: int, people: tuple[int, int], told: set[float]
) -> None:
    points = operating_points(made_up(20, validation, seed=1), made_up(20, test, seed=2), people)
    assert tuple(point.far for point in points) == RATES == (0.1, 0.01, 0.001)
    for point in points:
        assert ({point.threshold is None, point.tar is None, point.measured_far is None}) == {point.far not in told}


def test_rates_are_counted_on_the_test_at_the_threshold_of_validation() -> None:
    validation, test = made_up(50, 1000, seed=1, lost=0.1), made_up(50, 1000, seed=2, lost=0.1)
    for point in operating_points(validation, test, (100, 100))[:2]:
        assert point.threshold == threshold_at(point.far, *validation)
        truth, scores = test
        accepted = [bool(score >= point.threshold) for score in scores.tolist()]
        mine = [yes for yes, me in zip(accepted, truth, strict=True) if me]
        others = [yes for yes, me in zip(accepted, truth, strict=True) if not me]
        assert point.tar == pytest.approx(sum(mine) / 50)
        assert point.measured_far == pytest.approx(sum(others) / 1000)
        assert point.measured_far != point.far  # it was not fitted to the test


def test_another_test_does_not_move_the_threshold() -> None:
    validation = made_up(50, 1000, seed=1)
    thresholds = [
        [point.threshold for point in operating_points(validation, made_up(50, 1000, seed=seed), (100, 100))]
        for seed in (2, 3)
    ]
    assert thresholds[0] == thresholds[1]
    moved = (validation[0], validation[1] + 1)
    higher = operating_points(moved, made_up(50, 1000, seed=2), (100, 100))
    assert higher[0].threshold == pytest.approx(thresholds[0][0] + 1)


@anything
@given(photos=BOTH)
def test_the_curve_is_scikit_learns_and_its_area_the_auc(photos: list[tuple[bool, float]]) -> None:
    truth, scores = columns(photos)
    curve = roc_of(truth, scores)
    lowest = np.where(np.isnan(scores), -1e9, scores)
    far, tar, _ = roc_curve(truth, lowest)
    np.testing.assert_allclose(curve.far, far, atol=1e-6)
    np.testing.assert_allclose(curve.tar, tar, atol=1e-6)
    assert auc(curve.far, curve.tar) == pytest.approx(roc_auc_score(truth, lowest), abs=1e-5)
    assert (curve.far[0], curve.tar[0], curve.far[-1], curve.tar[-1]) == (0, 0, 1, 1)
    assert curve.far == sorted(curve.far)
    assert curve.tar == sorted(curve.tar)


@anything
@given(photos=BOTH, threshold=st.integers(-3, 3).map(float))
def test_three_figures_tell_what_a_photo_without_a_face_may_count_as(
    photos: list[tuple[bool, float]], threshold: float
) -> None:
    truth, scores = columns(photos)
    metrics = measure(truth, scores, scores >= threshold)
    with_face = [(me, score) for me, score in photos if not math.isnan(score)]
    rights = [(me, (score >= threshold) == me) for me, score in photos]
    strict = [(me, not math.isnan(score) and (score >= threshold) == me) for me, score in photos]
    assert metrics.balanced_accuracy == pytest.approx(balanced(rights))
    assert metrics.balanced_accuracy_strict == pytest.approx(balanced(strict))
    seen = balanced([(me, (score >= threshold) == me) for me, score in with_face])
    assert metrics.balanced_accuracy_seen == (None if seen is None else pytest.approx(seen))
    assert metrics.balanced_accuracy_strict <= metrics.balanced_accuracy + 1e-9


@anything
@given(photos=BOTH, threshold=st.integers(-3, 3).map(float))
def test_rates_of_all_photos_follow_from_those_of_photos_with_a_face(
    photos: list[tuple[bool, float]], threshold: float
) -> None:
    """FAR = FMR (1 - FtA of strangers), FRR = FtA of me + FNMR (1 - FtA of me)."""
    truth, scores = columns(photos)
    metrics = measure(truth, scores, scores >= threshold)
    mine, others = ([score for me, score in photos if me is whose] for whose in (True, False))
    lost_mine, lost_others = (share(map(math.isnan, of_class)) for of_class in (mine, others))
    fnmr = share(score < threshold for score in mine if not math.isnan(score))
    fmr = share(score >= threshold for score in others if not math.isnan(score))
    assert metrics.false_accepts / metrics.photos_of_others == pytest.approx(fmr * (1 - lost_others))
    assert metrics.false_rejects / metrics.photos_of_me == pytest.approx(lost_mine + fnmr * (1 - lost_mine))
    assert metrics.no_face_me == lost_mine * len(mine)
    assert metrics.no_face_others == lost_others * len(others)
    if metrics.balanced_accuracy_seen is not None:
        assert metrics.balanced_accuracy_seen == pytest.approx(1 - (fmr + fnmr) / 2)


def made_up(mine: int, others: int, seed: int, lost: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Return truth and scores of photos, me not quite separable from the others."""
    rng = np.random.default_rng(seed)
    truth = np.arange(mine + others) < mine
    scores = rng.normal(size=len(truth)) + 2 * truth
    return truth, np.where(rng.random(len(truth)) < lost, NAN, scores)


def columns(photos: list[tuple[bool, float]]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([mine for mine, _ in photos], bool), np.array([score for _, score in photos], float)


def rate(chosen: np.ndarray, scores: np.ndarray, threshold: float) -> Fraction:
    accepted = [score >= threshold for score in scores[chosen].tolist()]
    return Fraction(sum(accepted), len(accepted)) if accepted else Fraction(0)


def share(found: Any) -> float:
    found = list(found)
    return sum(found) / len(found) if found else 0.0


def balanced(rights: list[tuple[bool, bool]]) -> float | None:
    classes = [[right for me, right in rights if me is whose] for whose in (True, False)]
    return sum(map(share, classes)) / 2 if all(classes) else None
