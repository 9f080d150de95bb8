"""The threshold against brute force over every possible cut, in exact arithmetic."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from facebench.benchmarks.statistics import choose_threshold
from facebench.benchmarks.statistics._thresholds import ENOUGH_PHOTOS_OF_ME, _best_cut
from hypothesis import example, given, settings
from hypothesis import strategies as st

NAN = float("nan")
NATURAL = 0.123
JUST_ABOVE = float(np.nextafter(0.3, 1))

PHOTO = st.tuples(st.booleans(), st.integers(-4, 4).map(float) | st.floats(0, 1) | st.floats(-1e6, 1e6))
VALIDATIONS = st.lists(PHOTO, min_size=2, max_size=16).filter(lambda photos: len({mine for mine, _ in photos}) == 2)
RULES = pytest.mark.parametrize("rule", ["balanced", "accuracy"])


@RULES
@settings(deadline=None, max_examples=60)
@given(photos=VALIDATIONS)
@example(photos=[(False, 0.3), (True, JUST_ABOVE)])
@example(photos=[(False, JUST_ABOVE), (True, float(np.nextafter(JUST_ABOVE, 1)))])
@example(photos=[(True, 0.5), (False, 0.5)])
@example(photos=[(True, 0.0), (False, 1.0)])
def test_no_other_cut_is_better(rule: str, photos: list[tuple[bool, float]]) -> None:
    threshold, used = choose_threshold(rule, NATURAL, *_columns(photos))
    assert used == rule
    assert _quality(rule, photos, threshold) == max(_quality(rule, photos, cut) for cut in _cuts(photos))


@RULES
@settings(deadline=None, max_examples=60)
@given(photos=VALIDATIONS)
def test_of_the_best_cuts_it_is_the_middle_of_the_widest_gap(rule: str, photos: list[tuple[bool, float]]) -> None:
    threshold, _ = choose_threshold(rule, NATURAL, *_columns(photos))
    best = max(_quality(rule, photos, cut) for cut in _cuts(photos))
    levels = sorted({score for _, score in photos})
    gaps = {(low, high): high - low for low, high in pairwise(levels) if _quality(rule, photos, high) == best}
    if gaps:
        low, high = next((low, high) for low, high in gaps if low < threshold <= high)
        assert high - low == max(gaps.values())
        assert threshold == pytest.approx((low + high) / 2)


@settings(deadline=None, max_examples=300)
@given(
    photos=VALIDATIONS | st.lists(st.tuples(st.booleans(), st.integers(0, 30).map(lambda step: step / 7)), max_size=90),
    weights=st.just((0.5, 0.5)) | st.tuples(st.integers(1, 90).map(float), st.integers(1, 90).map(float)),
)
def test_the_cut_is_bit_for_bit_that_of_trying_every_level(
    photos: list[tuple[bool, float]], weights: tuple[float, float]
) -> None:
    columns = _columns([*photos, (True, 1.0), (False, 1.0)])
    assert _best_cut(*columns, *weights) == _cut_by_trying(*columns, *weights)


@pytest.mark.parametrize(
    ("rule", "photos", "threshold"),
    [
        pytest.param("balanced", "o0 o1 m4 m5", 2.5, id="separable"),
        pytest.param("balanced", "o0 m1 o2 m10 o10.5 m11", 6, id="widest of equally good gaps"),
        pytest.param("balanced", "m1 o2 o3 o4 o5 m9", 7, id="balanced takes half of me without an error"),
        pytest.param("accuracy", "o0 o1 o2 m3 o4 o5 m9", 7, id="accuracy lets the rare class go"),
        pytest.param("balanced", "o0 o1 o2 m3 o4 o5 m9", 2.5, id="balanced does not"),
        pytest.param("balanced", "m0 o5", 0, id="inverted: everybody is me"),
        pytest.param("accuracy", "m0 o5 o6", float(np.nextafter(6.0, 7)), id="inverted: nobody is me"),
        pytest.param("accuracy", "m5 m5 o5", 5, id="all scores equal, more photos of me"),
        pytest.param("accuracy", "m5 o5 o5", float(np.nextafter(5.0, 6)), id="all scores equal, more of others"),
    ],
)
def test_by_hand(rule: str, photos: str, threshold: float) -> None:
    columns = _columns([(word[0] == "m", float(word[1:])) for word in photos.split()])
    assert choose_threshold(rule, NATURAL, *columns) == (threshold, rule)


@pytest.mark.parametrize(
    ("mine", "used"),
    [
        (ENOUGH_PHOTOS_OF_ME - 1, "natural"),
        (ENOUGH_PHOTOS_OF_ME, "balanced"),
        (ENOUGH_PHOTOS_OF_ME + 1, "balanced"),
    ],
)
def test_auto_chooses_on_validation_from_20_photos_of_me_on(mine: int, used: str) -> None:
    assert ENOUGH_PHOTOS_OF_ME == 20
    photos = [(True, 5.0)] * mine + [(False, 1.0)] * 100
    threshold = {"natural": NATURAL, "balanced": 3.0}[used]
    assert choose_threshold("auto", NATURAL, *_columns(photos)) == (threshold, used)


def test_auto_does_not_count_photos_without_a_vector() -> None:
    photos = [(True, 5.0)] * 19 + [(True, NAN)] * 30 + [(False, 1.0)] * 100
    assert choose_threshold("auto", NATURAL, *_columns(photos)) == (NATURAL, "natural")


def test_half_is_the_heads_own_threshold_however_many_photos_there_are() -> None:
    photos = [(True, 5.0)] * 100 + [(False, 1.0)] * 100
    assert choose_threshold("0.5", NATURAL, *_columns(photos)) == (NATURAL, "natural")


@pytest.mark.parametrize("rule", ["auto", "balanced", "accuracy", "0.5"])
@pytest.mark.parametrize(
    "photos",
    [
        pytest.param([], id="no photos"),
        pytest.param([(True, 1.0)] * 25, id="photos of me only"),
        pytest.param([(False, 1.0)] * 25, id="photos of others only"),
        pytest.param([(True, 1.0)] * 25 + [(False, NAN)], id="no face on any of the others"),
        pytest.param([(True, NAN)] * 25 + [(False, 1.0)], id="no face on any of me"),
    ],
)
def test_without_both_classes_it_is_the_natural_one(rule: str, photos: list[tuple[bool, float]]) -> None:
    assert choose_threshold(rule, NATURAL, *_columns(photos)) == (NATURAL, "natural")


@RULES
@settings(deadline=None, max_examples=60)
@given(photos=VALIDATIONS, lost=st.lists(st.tuples(st.booleans(), st.just(NAN)), max_size=5))
def test_photos_without_a_vector_are_left_out(
    rule: str, photos: list[tuple[bool, float]], lost: list[tuple[bool, float]]
) -> None:
    with_lost, without = (choose_threshold(rule, NATURAL, *_columns(p)) for p in (lost + photos, photos))
    assert with_lost == without


def _cut_by_trying(truth: np.ndarray, scores: np.ndarray, of_me: float, of_others: float) -> float:
    """Return what `_best_cut` does, each level compared with each score."""
    levels = np.unique(scores)
    accepted = np.array([(scores[truth] >= level).mean() for level in levels] + [0.0])
    rejected = np.array([(scores[~truth] < level).mean() for level in levels] + [1.0])
    quality = of_me * accepted + of_others * rejected
    gaps = np.concatenate([[0.0], np.diff(levels), [0.0]])
    best = np.flatnonzero(quality >= quality.max() * (1 - 1e-12))
    cut = best[np.argmax(gaps[best])]
    if cut == 0:
        return float(levels[0])
    if cut == len(levels):
        return float(np.nextafter(levels[-1], np.inf))
    below, above = float(levels[cut - 1]), float(levels[cut])
    middle = (below + above) / 2
    return middle if middle > below else above


def _columns(photos: list[tuple[bool, float]]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([mine for mine, _ in photos], bool), np.array([score for _, score in photos], float)


def _cuts(photos: list[tuple[bool, float]]) -> list[float]:
    return [*(score for _, score in photos), float("inf")]


def _quality(rule: str, photos: list[tuple[bool, float]], threshold: float) -> Fraction:
    """Return the (balanced) accuracy with a threshold, exactly."""
    right = {mine: [(score >= threshold) == mine for m, score in photos if m == mine] for mine in (True, False)}
    if rule == "accuracy":
        return Fraction(sum(right[True]) + sum(right[False]), len(photos))
    return sum((Fraction(sum(r), len(r)) for r in right.values()), Fraction(0)) / 2
