"""Tests of significance against scipy, brute force in whole numbers, and the rules as they are written."""

from itertools import pairwise, product

import numpy as np
import pytest
from facebench.benchmarks.statistics._significance import (
    _AT_ONCE,
    _FLIPS,
    LEVEL,
    _signs,
    holm,
    max_t,
    sign_flip,
    units_needed,
)
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from scipy.stats import binom, binomtest, permutation_test

p_values = st.lists(st.floats(0, 1), max_size=12)
#: Whole numbers, so that brute force is exact and equal sums are common.
gains = st.lists(st.integers(-4, 4), max_size=9).map(np.array)


def mcnemar(ours: int, theirs: int) -> float:
    """Return p of McNemar's exact test on photos that only one of two rows decides rightly."""
    return float(binomtest(ours, ours + theirs).pvalue) if ours + theirs else 1.0


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


def by_hand(gains: np.ndarray) -> list[float]:
    """Return the p-values of max-t in whole numbers, sum by sum, from every combination of signs."""
    squares = (gains**2).sum(axis=1)
    flips = np.array(list(product([1, -1], repeat=gains.shape[1])))
    # The square of each statistic, of all signs: whole numbers, made comparable by the product of all others' squares.
    scale = [int(np.prod([s for other, s in enumerate(squares) if other != row and s])) for row in range(len(gains))]
    null = (flips @ gains.T) ** 2 * np.array(scale)
    found = gains.sum(axis=1) ** 2 * np.array(scale)
    left, adjusted, largest = sorted(range(len(gains)), key=lambda row: -found[row]), {}, 0.0
    while left:
        largest = max(largest, float((null[:, left].max(axis=1) >= found[left[0]]).mean()))
        adjusted[left.pop(0)] = largest
    return [adjusted[row] for row in range(len(gains))]


rows_of_gains = st.integers(1, 7).flatmap(
    lambda units: st.lists(st.lists(st.integers(-3, 3), min_size=units, max_size=units), min_size=1, max_size=4)
)


@settings(deadline=None)
@given(rows_of_gains.map(np.array))
@example(np.array([[1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 1, 1]]))
@example(np.array([[0, 0], [1, 1]]))
def test_max_t_counts_all_signs_and_steps_down(gains: np.ndarray) -> None:
    assert max_t(gains / 8) == pytest.approx(by_hand(gains), abs=1e-9)


@settings(deadline=None)
@given(rows_of_gains.map(np.array))
def test_adjusted_for_all_p_is_no_smaller_than_alone_and_no_larger_than_holms_bound(gains: np.ndarray) -> None:
    alone = [sign_flip(row.astype(float)) for row in gains]
    for p, own in zip(max_t(gains.astype(float)), alone, strict=True):
        assert own - 1e-9 <= p <= 1


def test_rows_that_vary_together_need_no_adjustment_and_holm_does_not_see_it() -> None:
    gains = np.array([1.0, 2, 1, 3, 1, 1, 2, 2, 1])
    together = np.stack([scale * gains for scale in (1.0, 2.0, 0.5, 4.0)])
    assert max_t(together) == pytest.approx([2 / 2**9] * 4)
    assert holm([sign_flip(row) for row in together]) == pytest.approx([8 / 2**9] * 4)


def test_with_many_units_max_t_draws_signs_and_comes_close() -> None:
    gains = np.random.default_rng(0).normal([[0.5], [0.2], [0.0]], 1, (3, 13))
    exact = max_t(gains)
    drawn = max_t(np.hstack([gains, np.full((3, 1), 1e-9)]))  # one unit more, which matters to no sum
    assert drawn == pytest.approx(exact, abs=5 * 0.5 / 9_999**0.5)
    assert (max_t(np.ones((2, 40))) == 1e-4).all()


@pytest.mark.parametrize("units", [14, 15, 101])
def test_signs_are_numpys_random_bits_however_many_are_made_at_once(units: int) -> None:
    rows = list(_signs(units))
    assert (len(rows) > 1) == (units * _FLIPS > _AT_ONCE)
    bits = np.random.default_rng(0).integers(0, 2, (_FLIPS, units), np.int8)
    np.testing.assert_array_equal(np.concatenate(rows), 1 - 2 * bits)


def test_a_larger_variance_makes_p_larger() -> None:
    gains = np.array([[0.2, 0.3, 0.3, 0.2, 0.4, 0.3]])
    assert max_t(gains, 1.0) == max_t(gains) == 2 / 2**6
    assert max_t(gains, 2.0) > 0.05


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
    error = ((discordant - difference**2) / 200) ** 0.5
    photos = units_needed(200, error, comparisons, difference)
    assert power(photos, difference, discordant, LEVEL / comparisons) == pytest.approx(0.8, abs=0.08)
    assert power(photos // 2, difference, discordant, LEVEL / comparisons) < 0.65


@settings(deadline=None)
@given(st.integers(2, 500), st.floats(0.01, 0.5), st.floats(0.02, 0.5), st.integers(1, 30))
def test_less_to_see_and_more_to_compare_need_more_units(
    units: int, difference: float, error: float, comparisons: int
) -> None:
    needed = units_needed(units, error, comparisons, difference)
    assert units_needed(units, error, comparisons, difference / 2) >= needed >= 6
    assert units_needed(units, 2 * error, comparisons, difference) >= needed
    assert units_needed(units, error, comparisons + 1, difference) >= needed
    assert units_needed(units, error, comparisons, difference, power=0.9) >= needed
