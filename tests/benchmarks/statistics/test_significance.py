"""Tests of significance against scipy, brute force in whole numbers, and the rules as they are written."""

from itertools import pairwise, product

import numpy as np
import pytest
from facebench.benchmarks.statistics._significance import LEVEL, can_tell, holm, mcnemar, photos_needed, sign_flip
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from scipy.stats import binom, permutation_test

counts = st.integers(0, 60)
p_values = st.lists(st.floats(0, 1), max_size=12)
#: Whole numbers, so that brute force is exact and equal sums are common.
gains = st.lists(st.integers(-4, 4), max_size=9).map(np.array)


@settings(deadline=None)
@given(counts, counts)
@example(0, 0)
@example(1, 0)
@example(5, 5)
def test_mcnemars_p_is_twice_the_tail_of_fair_coins(ours: int, theirs: int) -> None:
    tail = binom.cdf(min(ours, theirs), ours + theirs, 0.5)
    assert mcnemar(ours, theirs) == pytest.approx(min(1, 2 * tail), abs=1e-9)
    assert mcnemar(ours, theirs) == mcnemar(theirs, ours)


@settings(deadline=None)
@given(gains)
@example(np.array([]))
@example(np.array([0, 0, 0]))
@example(np.array([3, 3, 3, 3, 3, 3, 3, 3]))
def test_the_sign_flip_test_counts_all_signs(each: np.ndarray) -> None:
    sums = [abs(sum(signed)) for signed in product(*[(gain, -gain) for gain in each.tolist()])]
    assert sign_flip(each / 7) == pytest.approx(np.mean(np.array(sums) >= abs(each.sum())), abs=1e-9)


@settings(deadline=None, max_examples=40)
@given(gains.filter(lambda each: len(each) > 1))
def test_the_sign_flip_test_is_that_of_scipy(each: np.ndarray) -> None:
    reference = permutation_test((each,), np.sum, permutation_type="samples", n_resamples=np.inf, vectorized=True)
    assert sign_flip(each.astype(float)) == pytest.approx(reference.pvalue, abs=1e-9)


@settings(deadline=None)
@given(st.integers(0, 12), st.integers(0, 12))
def test_with_equal_gains_it_is_mcnemars_test(ours: int, theirs: int) -> None:
    assume(ours + theirs <= 12)
    each = np.repeat([0.1, -0.1, 0.0], [ours, theirs, 4])
    assert sign_flip(each) == pytest.approx(mcnemar(ours, theirs), abs=1e-9)


@settings(deadline=None, max_examples=30)
@given(st.integers(7, 60), st.integers(7, 60))
@example(60, 0)
@example(7, 7)
def test_with_many_units_random_signs_come_close(ours: int, theirs: int) -> None:
    exact = mcnemar(ours, theirs)
    found = sign_flip(np.repeat([0.1, -0.1], [ours, theirs]))
    assert found == pytest.approx(exact, abs=1e-4 + 5 * (exact * (1 - exact) / 9_999) ** 0.5)
    assert found >= 1e-4


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(-4, 4), max_size=30).map(np.array), st.sampled_from([-1.0, 0.001, 1e6]))
def test_neither_side_nor_scale_nor_units_without_a_difference_matter(each: np.ndarray, scale: float) -> None:
    padded = np.concatenate([each, np.zeros(5)])
    assert sign_flip(scale * padded) == sign_flip(each.astype(float))


@settings(deadline=None)
@given(p_values, st.floats(0.001, 0.999))
def test_holms_p_rejects_what_the_procedure_rejects(raw: list[float], level: float) -> None:
    adjusted = holm(raw)
    assume(all(abs(p - level) > 1e-9 for p in adjusted))
    assert [p < level for p in adjusted] == rejected(raw, level)


def rejected(raw: list[float], level: float) -> list[bool]:
    """Return what Holm's procedure rejects: the smallest p first, until one is too large for those that are left."""
    left = sorted(range(len(raw)), key=lambda index: raw[index])
    while left and raw[left[0]] * len(left) < level:
        left.pop(0)
    return [index not in left for index in range(len(raw))]


@settings(deadline=None)
@given(p_values)
def test_holms_p_keeps_the_order_and_lies_between_the_raw_one_and_bonferronis(raw: list[float]) -> None:
    adjusted = holm(raw)
    assert len(adjusted) == len(raw)
    for p, of in zip(adjusted, raw, strict=True):
        assert min(1, of) <= p <= min(1, len(raw) * of) + 1e-12
    in_order = [p for _, p in sorted(zip(raw, adjusted, strict=True))]
    assert all(one <= next_one for one, next_one in pairwise(in_order))


@settings(deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_holms_p_does_not_depend_on_the_order_of_rows(raw: list[float], random: object) -> None:
    order = list(range(len(raw)))
    random.shuffle(order)
    adjusted, shuffled = holm(raw), holm([raw[index] for index in order])
    assert shuffled == pytest.approx([adjusted[index] for index in order], abs=1e-12)


@settings(deadline=None)
@given(st.integers(0, 40), st.integers(1, 100))
@example(5, 1)
@example(6, 1)
def test_rows_can_be_told_apart_if_disagreements_on_one_side_could_do_it(disagreements: int, comparisons: int) -> None:
    assert can_tell(disagreements, comparisons) == (comparisons * mcnemar(disagreements, 0) < LEVEL)


def power(photos: int, difference: float, discordant: float, level: float) -> float:
    """Return how often McNemar's exact test rejects, summed over all outcomes."""
    found = 0.0
    for differing in range(photos + 1):
        ours = np.arange(differing + 1)
        p = np.minimum(1, 2 * binom.cdf(np.minimum(ours, differing - ours), differing, 0.5))
        share = (discordant + difference) / 2 / discordant
        found += binom.pmf(differing, photos, discordant) * (binom.pmf(ours, differing, share) * (p < level)).sum()
    return float(found)


@pytest.mark.parametrize(
    ("difference", "discordant", "comparisons"), [(0.05, 0.15, 1), (0.1, 0.2, 1), (0.1, 0.3, 15), (0.05, 0.05, 1)]
)
def test_the_photos_that_are_needed_give_the_power_asked_for(
    difference: float, discordant: float, comparisons: int
) -> None:
    photos = photos_needed(difference, discordant, comparisons)
    assert power(photos, difference, discordant, LEVEL / comparisons) == pytest.approx(0.8, abs=0.05)
    assert power(photos // 2, difference, discordant, LEVEL / comparisons) < 0.65


@settings(deadline=None)
@given(st.floats(0.01, 0.5), st.floats(0, 0.5), st.integers(1, 30))
def test_less_to_see_and_more_to_compare_need_more_photos(difference: float, more: float, comparisons: int) -> None:
    needed = photos_needed(difference, difference + more, comparisons)
    assert photos_needed(difference / 2, difference + more, comparisons) >= needed
    assert photos_needed(difference, difference + more + 0.1, comparisons) >= needed
    assert photos_needed(difference, difference + more, comparisons + 1) >= needed
    assert photos_needed(difference, difference + more, comparisons, power=0.9) > needed


def test_rows_cannot_differ_by_more_than_they_disagree() -> None:
    assert photos_needed(0.2, 0.05) == photos_needed(0.2, 0.2)
