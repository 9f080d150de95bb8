"""Metrics against scikit-learn, closed formulas and brute force, on whatever scores there may be."""

from fractions import Fraction

import numpy as np
import pytest
from facebench.benchmarks.statistics import equal_error_rate, measure
from facebench.benchmarks.statistics._metrics import roc_of
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, balanced_accuracy_score, confusion_matrix, roc_auc_score

NAN = float("nan")
#: Few values, so that ties are common, and any values, so that no scale is safe.
SCORES = st.integers(-3, 3).map(float) | st.floats(allow_nan=False, allow_infinity=False)
PHOTO = st.tuples(st.booleans(), SCORES | st.just(NAN), st.booleans())


def _tests(photo: st.SearchStrategy) -> st.SearchStrategy:
    """Return tests with both classes in them, as lists of photos (truth, ...)."""
    return st.lists(photo, min_size=2, max_size=30).filter(lambda test: len({truth for truth, *_ in test}) == 2)


@settings(deadline=None, max_examples=50)
@given(_tests(PHOTO))
def test_counts_and_shares_are_those_of_scikit_learn(test: list[tuple[bool, float, bool]]) -> None:
    truth, scores, decisions = _columns(test)
    metrics = measure(truth, scores, decisions)
    right_others, false_accepts, false_rejects, right_me = confusion_matrix(truth, decisions).ravel()
    assert (metrics.false_accepts, metrics.false_rejects) == (false_accepts, false_rejects)
    assert metrics.photos_of_me == false_rejects + right_me
    assert metrics.photos_of_others == right_others + false_accepts
    assert metrics.accuracy == pytest.approx(accuracy_score(truth, decisions))
    assert metrics.balanced_accuracy == pytest.approx(balanced_accuracy_score(truth, decisions))
    assert metrics.no_face_me == sum(np.isnan(score) for mine, score, _ in test if mine)
    assert metrics.no_face_others == sum(np.isnan(score) for mine, score, _ in test if not mine)


@settings(deadline=None, max_examples=50)
@given(_tests(PHOTO))
@example([(True, 1e20, True), (False, NAN, False)])
@example([(True, 1.7e308, True), (False, -1.7e308, False)])
def test_auc_is_the_share_of_pairs_ranked_rightly(test: list[tuple[bool, float, bool]]) -> None:
    truth, scores, decisions = _columns(test)
    mine = [_rank(score) for score in scores[truth]]
    others = [_rank(score) for score in scores[~truth]]
    won = [(me > other) + (me == other) / 2 for me in mine for other in others]
    assert measure(truth, scores, decisions).auc == pytest.approx(sum(won) / len(won))


@settings(deadline=None, max_examples=50)
@given(_tests(st.tuples(st.booleans(), st.floats(-100, 100))))
def test_auc_is_that_of_scikit_learn(test: list[tuple[bool, float]]) -> None:
    truth, scores = _columns(test)
    assert measure(truth, scores, scores > 0).auc == pytest.approx(roc_auc_score(truth, scores))


@settings(deadline=None, max_examples=50)
@given(_tests(PHOTO))
@example([(True, NAN, False), (False, 1.7e308, False), (False, -1.7e308, False)])
def test_eer_is_where_the_curves_cross(test: list[tuple[bool, float, bool]]) -> None:
    truth, scores, decisions = _columns(test)
    assert measure(truth, scores, decisions).eer == pytest.approx(float(_crossing(truth, scores)), abs=1e-12)


@settings(deadline=None, max_examples=50)
@given(_tests(st.tuples(st.booleans(), st.integers(-9, 9))))
def test_eer_is_a_share_and_the_same_seen_from_the_other_class(test: list[tuple[bool, int]]) -> None:
    truth, scores = _columns(test)
    eer = equal_error_rate(truth, scores)
    assert 0 <= eer <= 1
    assert equal_error_rate(~truth, -scores) == pytest.approx(eer)
    assert equal_error_rate(truth, -scores) == pytest.approx(1 - eer)


@settings(deadline=None, max_examples=50)
@given(_tests(st.tuples(st.booleans(), st.integers(-9, 9) | st.just(NAN))))
@pytest.mark.parametrize("transform", [np.exp, lambda s: 1e6 * s - 3, lambda s: s**3], ids=["exp", "scaled", "cube"])
def test_only_the_order_of_scores_matters(transform: object, test: list[tuple[bool, float]]) -> None:
    truth, scores = _columns(test)
    before, after = measure(truth, scores, truth), measure(truth, transform(scores), truth)
    assert after == before


@settings(deadline=None, max_examples=50)
@given(_tests(st.tuples(st.booleans(), SCORES)), st.data())
def test_a_photo_without_a_vector_ranks_below_every_score(test: list[tuple[bool, float]], data: st.DataObject) -> None:
    truth, scores = _columns(test)
    lost = np.array(data.draw(st.lists(st.booleans(), min_size=len(test), max_size=len(test))))
    assume(lost.any())
    ranks = np.unique(scores, return_inverse=True)[1].astype(float)
    without, lowest = (measure(truth, np.where(lost, x, ranks), truth) for x in (NAN, -1.0))
    assert (without.auc, without.eer) == (lowest.auc, lowest.eer)
    assert without.no_face_me + without.no_face_others == lost.sum()


@pytest.mark.parametrize(
    ("truth", "scores", "auc", "eer"),
    [
        pytest.param([1, 1, 0, 0], [4, 3, 2, 1], 1.0, 0.0, id="perfect"),
        pytest.param([1, 1, 0, 0], [1, 2, 3, 4], 0.0, 1.0, id="inverted"),
        pytest.param([1, 1, 0, 0], [0.5, 0.5, 0.5, 0.5], 0.5, 0.5, id="all scores equal"),
        pytest.param([1, 1, 0, 0], [NAN] * 4, 0.5, 0.5, id="no face anywhere"),
        pytest.param([1, 0], [0.9, 0.1], 1.0, 0.0, id="one photo per class"),
        pytest.param([1, 0], [0.1, 0.9], 0.0, 1.0, id="one photo per class, inverted"),
        pytest.param([1, 0], [NAN, 0.1], 0.0, 1.0, id="no face on the only photo of me"),
        pytest.param([1, 0], [0.1, NAN], 1.0, 0.0, id="no face on the only photo of a stranger"),
        pytest.param([1, 0, 1, 0], [4, 3, 2, 1], 0.75, 0.5, id="interleaved"),
        pytest.param([1, 1, 1, 0, 0], [5, 4, 2, 3, 1], 5 / 6, 1 / 3, id="crossing on a step"),
        pytest.param([1, 1, 0, 0, 0], [5, 3, 3, 2, 1], 11 / 12, 1 / 5, id="crossing within a tie"),
    ],
)
def test_auc_and_eer_by_hand(truth: list[int], scores: list[float], auc: float, eer: float) -> None:
    metrics = measure(np.array(truth, bool), np.array(scores, float), np.zeros(len(truth), bool))
    assert (metrics.auc, metrics.eer) == (pytest.approx(auc), pytest.approx(eer))


@pytest.mark.parametrize(("mine", "others"), [(1, 1), (2, 80), (3, 7), (236, 912)])
def test_always_not_me_is_exactly_half_right_in_balanced_accuracy(mine: int, others: int) -> None:
    truth = np.arange(mine + others) < mine
    metrics = measure(truth, np.zeros(len(truth)), np.zeros(len(truth), bool))
    assert metrics.balanced_accuracy == 0.5
    assert metrics.auc == 0.5
    assert metrics.eer == 0.5
    assert metrics.accuracy == pytest.approx(others / (mine + others))


@settings(deadline=None, max_examples=50)
@given(_tests(PHOTO))
def test_photos_without_a_vector_are_left_out_or_all_errors_in_the_figures_that_say_so(
    test: list[tuple[bool, float, bool]],
) -> None:
    truth, scores, decisions = _columns(test)
    decisions &= ~np.isnan(scores)  # without a vector: not me
    metrics, seen = measure(truth, scores, decisions), ~np.isnan(scores)
    if len(set(truth[seen])) == 2:
        assert metrics.balanced_accuracy_seen == pytest.approx(balanced_accuracy_score(truth[seen], decisions[seen]))
    else:
        assert metrics.balanced_accuracy_seen is None
    wrong = np.where(seen, decisions, ~truth)
    assert metrics.balanced_accuracy_strict == pytest.approx(balanced_accuracy_score(truth, wrong))
    assert metrics.balanced_accuracy_strict <= metrics.balanced_accuracy + 1e-12  # computed another way


@settings(deadline=None, max_examples=50)
@given(_tests(PHOTO))
@example([(True, NAN, False), (False, 1.0, False), (False, NAN, False)])
def test_the_curve_encloses_the_auc(test: list[tuple[bool, float, bool]]) -> None:
    truth, scores, decisions = _columns(test)
    roc = roc_of(truth, scores)
    assert (roc.far[0], roc.tar[0], roc.far[-1], roc.tar[-1]) == (0, 0, 1, 1)
    assert np.trapezoid(roc.tar, roc.far) == pytest.approx(measure(truth, scores, decisions).auc, abs=1e-5)


def _columns(test: list[tuple]) -> tuple[np.ndarray, ...]:
    """Return the photos' truths (bool), scores (float) and whatever comes after."""
    truth, scores, *rest = zip(*test, strict=True)
    return np.array(truth), np.array(scores, dtype=float), *map(np.array, rest)


def _rank(score: float) -> tuple[bool, float]:
    return (False, 0.0) if np.isnan(score) else (True, float(score))


def _crossing(truth: np.ndarray, scores: np.ndarray) -> Fraction:
    """Return, in exact arithmetic, the rate at which false accepts and false rejects are equally frequent."""
    ranks = [_rank(score) for score in scores]
    mine = [rank for rank, me in zip(ranks, truth, strict=True) if me]
    others = [rank for rank, me in zip(ranks, truth, strict=True) if not me]
    far, frr = Fraction(0), Fraction(1)
    for threshold in sorted(set(ranks), reverse=True):
        next_far = Fraction(sum(rank >= threshold for rank in others), len(others))
        next_frr = Fraction(sum(rank < threshold for rank in mine), len(mine))
        if next_far >= next_frr:
            share = (frr - far) / ((frr - far) + (next_far - next_frr))
            return far + share * (next_far - far)
        far, frr = next_far, next_frr
    raise AssertionError("the lowest threshold accepts everybody")
