"""Intervals against scipy and scikit-learn, textbook formulas written out, and the corners where formulas break."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from facebench.benchmarks.protocol._evaluate import evaluate_majority
from facebench.benchmarks.protocol._trials import Trial
from facebench.benchmarks.results import Prediction, TargetResult
from facebench.benchmarks.results._schema import Skipped
from facebench.benchmarks.statistics._difference import difference
from facebench.benchmarks.statistics._estimates import estimate_figures
from facebench.benchmarks.statistics._influences import of_class, recurring
from facebench.benchmarks.statistics._intervals import (
    Bounded,
    auc_interval,
    bounded,
    class_interval,
    mean_interval,
    one_sided_bound,
    weighted_interval,
)
from facebench.benchmarks.statistics._samples import Sample, samples_of
from facebench.data import orl_faces, split
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from scipy.stats import beta, binomtest, norm, t
from sklearn.metrics import roc_auc_score

from ...made_up import result_of

NAN = float("nan")
shares = st.floats(0, 1)
#: Few values, so that ties are common, and no vector at all.
scores = st.integers(-3, 3).map(float) | st.just(NAN)
#: A photo: of the target, number of its unit, decided rightly, score, repeat.
photo = st.tuples(st.booleans(), st.integers(0, 5), st.booleans(), scores, st.integers(0, 2))
bounds = st.tuples(shares, shares, shares).map(sorted).map(lambda limits: Bounded(limits[1], limits[0], limits[2]))


def sample_of(photos: Sequence[tuple[bool, int, bool, float, int]]) -> Sample:
    """Return the sample of photos, each tested once in its repeat; units are the target's or others', by number."""
    truth, unit, right, score, repeat = (np.array(column) for column in zip(*photos, strict=True))
    _, numbered = np.unique(2 * unit + truth, return_inverse=True)
    return Sample(truth, right, score.astype(float), repeat, numbered, np.arange(len(photos)))


def has_both_classes_in_each_repeat(photos: list[tuple[bool, int, bool, float, int]]) -> bool:
    repeats = {repeat for *_, repeat in photos}
    return all({mine for mine, *_, of in photos if of == repeat} == {True, False} for repeat in repeats)


samples = st.lists(photo, min_size=2, max_size=40).filter(has_both_classes_in_each_repeat).map(sample_of)
single_photos = st.lists(photo, min_size=2, max_size=40).map(
    lambda photos: [(mine, number, right, score, 0) for number, (mine, _, right, score, _) in enumerate(photos)]
)


def single(right: int, wrong: int) -> list[tuple[bool, int, bool, float, int]]:
    """Return photos of the target, each a unit, and a stranger."""
    return [(True, number, number < right, 1.0, 0) for number in range(right + wrong)] + [(False, 0, True, 0.0, 0)]


def jeffreys(mean: float, photos: float, freedom: int) -> list[float]:
    """Return Jeffreys' interval, the number of photos lessened as Student's t widens the normal interval."""
    worth = photos * (norm.ppf(0.975) / t.ppf(0.975, freedom)) ** 2
    return list(beta.interval(0.95, 0.5 + mean * worth, 0.5 + (1 - mean) * worth))


def is_sound(figure: Bounded) -> bool:
    return 0 <= figure.low <= figure.value <= figure.high <= 1 and figure.high - figure.low > 1e-6


def repeated(sample: Sample) -> Sample:
    """Return a sample with each repeat once more: the same photos, scores and decisions."""
    again = sample.repeat.max() + 1 + sample.repeat
    columns = (np.tile(column, 2) for column in (sample.truth, sample.right, sample.scores))
    return Sample(*columns, np.concatenate([sample.repeat, again]), np.tile(sample.unit, 2), np.tile(sample.photos, 2))


# The bound where nothing varies


@settings(deadline=None)
@given(st.integers(1, 5000))
def test_the_bound_without_an_error_is_that_of_clopper_and_pearson(units: int) -> None:
    exact = binomtest(0, units, alternative="less").proportion_ci(0.95, method="exact")
    assert one_sided_bound(units) == pytest.approx(exact.high, abs=1e-9)


def test_of_no_unit_nothing_is_known() -> None:
    assert one_sided_bound(0) == 1


@settings(deadline=None)
@given(st.integers(1, 60), st.integers(1, 5))
def test_without_an_error_the_bound_counts_units_and_not_photos(units: int, photos: int) -> None:
    mine = [(True, unit, True, 1.0, 0) for unit in range(units) for _ in range(photos)]
    found = class_interval(sample_of([*mine, (False, 0, True, 0.0, 0)]), True)
    exact = binomtest(units, units, alternative="greater").proportion_ci(0.95, method="exact")
    assert found == pytest.approx((1, exact.low, 1), abs=1e-9)
    wrong = class_interval(sample_of([(*of[:2], False, *of[3:]) for of in mine] + [(False, 0, True, 0.0, 0)]), True)
    assert wrong == pytest.approx((0, 0, 1 - exact.low), abs=1e-9)


# The share of right decisions


@settings(deadline=None)
@given(st.integers(1, 200), st.integers(1, 200))
def test_of_single_photos_it_is_jeffreys(right: int, wrong: int) -> None:
    found = class_interval(sample_of(single(right, wrong)), True)
    photos = right + wrong
    low, high = jeffreys(right / photos, photos, photos - 1)
    assert found == pytest.approx((right / photos, min(low, found.value), max(high, found.value)), abs=1e-9)


def test_of_many_single_photos_students_t_no_longer_matters() -> None:
    found = class_interval(sample_of(single(1900, 100)), True)
    assert found[1:] == pytest.approx(beta.interval(0.95, 1900.5, 100.5), abs=1e-4)


def alike(right: bool, photos: int, others: int) -> list[bool]:
    """Return a group most of whose photos are right, or most wrong, as those of one moment are."""
    return [right] * photos + [not right] * others


@settings(deadline=None)
@given(st.lists(st.builds(alike, st.booleans(), st.integers(2, 8), st.integers(0, 1)), min_size=3, max_size=12))
def test_of_groups_it_is_jeffreys_for_as_many_photos_as_would_vary_as_much(groups: list[list[bool]]) -> None:
    photos = [(True, unit, right, 1.0, 0) for unit, group in enumerate(groups) for right in group]
    number, mean = len(photos), np.mean([right for _, _, right, *_ in photos])
    spread = sum((sum(group) - len(group) * mean) ** 2 for group in groups)  # of cluster totals, Cochran's (1977) ratio
    variance = len(groups) / (len(groups) - 1) * spread / number**2
    assume(0 < mean < 1 and mean * (1 - mean) < 0.999 * variance * (number - 1.01))
    carriers = sum((mean > 0.5) != min(group) if mean > 0.5 else any(group) for group in groups)
    found = class_interval(sample_of([*photos, (False, 0, True, 0.0, 0)]), True)
    limits = jeffreys(mean, mean * (1 - mean) / variance, carriers + 3)
    expected = (mean, min(mean, limits[0]), max(mean, limits[1]))
    assert found == pytest.approx(expected, abs=1e-9)


@settings(deadline=None)
@given(st.integers(5, 30), st.integers(5, 30), st.integers(2, 20))
def test_copies_are_no_evidence(right: int, wrong: int, copies: int) -> None:
    photos = single(right, wrong)
    once, often = (class_interval(sample_of(of), True) for of in (photos, photos * copies))
    assert often.value == pytest.approx(once.value)
    assert once.low - 0.1 < often.low <= once.low
    assert once.high + 0.1 > often.high >= once.high


@settings(deadline=None)
@given(samples, st.booleans())
def test_repeats_of_the_same_test_do_not_shrink_it(sample: Sample, truth: bool) -> None:
    assert class_interval(repeated(sample), truth) == pytest.approx(class_interval(sample, truth), abs=1e-9)


@settings(deadline=None)
@given(samples, st.booleans())
def test_the_interval_of_a_class_holds_its_value_and_has_a_width(sample: Sample, truth: bool) -> None:
    found = class_interval(sample, truth)
    by_repeat = [sample.right[mask].mean() for mask in sample.repeats_of(sample.truth == truth)]
    assert found.value == pytest.approx(np.mean(by_repeat), abs=1e-9)
    assert is_sound(found)


@pytest.mark.parametrize("right", [1, 1999])
def test_one_huge_group_says_next_to_nothing_and_its_interval_still_holds_its_share(right: int) -> None:
    photos = [(True, 0, number < right, 1.0, 0) for number in range(2000)]
    found = class_interval(sample_of([*photos, (False, 0, True, 0.0, 0)]), True)
    assert found.low <= found.value == right / 2000 <= found.high
    assert found.high - found.low > 0.99


# The area under the ROC curve


@settings(deadline=None)
@given(samples)
def test_the_auc_is_scikit_learns_mean_over_repeats(sample: Sample) -> None:
    ranked = np.nan_to_num(sample.scores, nan=-99)
    every = sample.repeats_of(np.ones(len(sample.truth), dtype=bool))
    expected = np.mean([roc_auc_score(sample.truth[mask], ranked[mask]) for mask in every])
    assert auc_interval(sample).value == pytest.approx(expected, abs=1e-9)


@settings(deadline=None)
@given(single_photos.filter(has_both_classes_in_each_repeat).map(sample_of))
def test_the_variance_of_the_auc_is_delongs(sample: Sample) -> None:
    ranked = np.nan_to_num(sample.scores, nan=-99)
    auc, variance, carriers = delong(ranked[sample.truth], ranked[~sample.truth])
    smaller = min(sample.truth.sum(), (~sample.truth).sum())
    expected = bounded(auc, variance, len(sample.truth), smaller, carriers)
    assert auc_interval(sample) == pytest.approx(expected, abs=1e-9)


def delong(mine: np.ndarray, others: np.ndarray) -> tuple[float, float, float]:
    """Return the AUC and its variance: DeLong, DeLong and Clarke-Pearson (1988), pair by pair.

    Third is how many photos would give that variance if each added as much: the sum of fourth powers compares them.
    """
    won = np.array([[(me > other) + (me == other) / 2 for other in others] for me in mine])
    placements = [won.mean(axis=1), won.mean(axis=0)]
    added = [((value - won.mean()) / len(values)) ** 2 for values in placements for value in values]
    carriers = sum(added) ** 2 / sum(square**2 for square in added) if any(added) else 0
    if min(won.shape) < 2:
        return float(won.mean()), np.inf, carriers
    return float(won.mean()), float(sum(values.var(ddof=1) / len(values) for values in placements)), carriers


@settings(deadline=None)
@given(samples)
def test_the_interval_of_the_auc_holds_it_has_a_width_and_does_not_shrink_with_repeats(sample: Sample) -> None:
    found = auc_interval(sample)
    assert is_sound(found)
    assert auc_interval(repeated(sample)) == pytest.approx(found, abs=1e-9)


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 40), st.integers(1, 40))
def test_a_perfect_order_is_bounded_by_the_smaller_class(mine: int, others: int) -> None:
    photos = [(True, n, True, 2.0, 0) for n in range(mine)] + [(False, n, True, 1.0, 0) for n in range(others)]
    exact = binomtest(min(mine, others), min(mine, others), alternative="greater").proportion_ci(0.95, method="exact")
    assert auc_interval(sample_of(photos)) == pytest.approx((1, exact.low, 1), abs=1e-9)


def test_a_few_groups_that_carry_the_variance_widen_the_interval_of_the_auc() -> None:
    photos = [(mine, number // 5, True, float(mine), 0) for mine in (True, False) for number in range(100)]
    low = [(mine, unit, right, -1.0 if mine and unit == 0 else score, 0) for mine, unit, right, score, _ in photos]
    found = auc_interval(sample_of(low))
    squares = [0.05**2 * 0.95**2] + [0.05**2 * 0.05**2] * 19
    variance = 20 / 19 * sum(squares)
    assert found.value == pytest.approx(0.95)
    limits = jeffreys(0.95, 0.95 * 0.05 / variance, sum(squares) ** 2 / sum(square**2 for square in squares) + 3)
    assert found[1:] == pytest.approx(limits, abs=1e-9)


def test_a_variance_learnt_from_few_units_is_trusted_less() -> None:
    few, many = (bounded(0.9, 0.002, 1000, 50, carriers) for carriers in (1.0, 50.0))
    assert few.low < many.low - 0.02
    assert few.high > many.high


def test_copies_are_no_evidence_of_the_auc() -> None:
    rng = np.random.default_rng(0)
    photos = [(mine, number, True, float(rng.normal() + mine), 0) for mine in (True, False) for number in range(20)]
    once, often = auc_interval(sample_of(photos)), auc_interval(sample_of(photos * 10))
    assert often == pytest.approx(once, abs=0.02)


def test_all_scores_equal_say_one_half_and_little_more() -> None:
    found = auc_interval(sample_of([(mine, number, True, 0.5, 0) for mine in (True, False) for number in range(10)]))
    assert found.value == 0.5
    assert found.low < 0.35
    assert found.high > 0.65


# Means over targets, and figures put together


@settings(deadline=None)
@given(st.lists(shares, min_size=1, max_size=30))
@example([0.9] * 10)
@example([0.7] * 3)
@example([0.1 + 0.2] * 7)
@example([1.0] * 10)
@example([0.0])
def test_the_interval_of_a_mean_holds_it_and_has_a_width(values: list[float]) -> None:
    found = mean_interval(values)
    assert found.value == pytest.approx(np.mean(values))
    assert 0 <= found.low <= found.value <= found.high <= 1
    assert found.low < found.high
    if len(set(values)) == 1:
        assert found.high - found.low > 0.01


@settings(deadline=None)
@given(st.integers(1, 30), st.integers(1, 30))
def test_the_mean_of_right_and_wrong_targets_is_a_share(right: int, wrong: int) -> None:
    found = mean_interval([1.0] * right + [0.0] * wrong)
    units = right + wrong
    share = right / units
    squares = [(1 - share) ** 2] * right + [share**2] * wrong
    carriers = sum(squares) ** 2 / sum(square**2 for square in squares)
    low, high = jeffreys(share, units - 1, carriers + 3)
    assert found == pytest.approx((right / units, min(low, found.value), max(high, found.value)), abs=1e-9)


@settings(deadline=None)
@given(st.lists(shares, min_size=2, max_size=30, unique=True))
def test_more_targets_like_these_narrow_the_interval(values: list[float]) -> None:
    assume(np.ptp(values) > 0.01)
    few, many = mean_interval(values), mean_interval(values * 10)
    assert many.high - many.low < few.high - few.low


@settings(deadline=None)
@given(bounds, bounds, shares)
def test_figures_put_together_are_a_mean_within_the_mean_of_their_limits(one: Bounded, two: Bounded, w: float) -> None:
    found = weighted_interval([one, two], [w, 1 - w])
    assert found.value == pytest.approx(w * one.value + (1 - w) * two.value, abs=1e-9)
    assert w * one.low + (1 - w) * two.low - 1e-9 <= found.low <= found.value + 1e-12
    assert w * one.high + (1 - w) * two.high + 1e-9 >= found.high >= found.value - 1e-12
    for limit, distance in ((found.low, one.low - one.value), (found.high, one.high - one.value)):
        assert abs(limit - found.value) >= w * abs(distance) - 1e-9


def test_one_figure_put_together_is_itself() -> None:
    assert weighted_interval([Bounded(0.7, 0.4, 0.8)], [1.0]) == pytest.approx((0.7, 0.4, 0.8))


def test_normal_distances_add_as_variances_do() -> None:
    parts = [Bounded(0.5, 0.5 - 0.03, 0.5 + 0.03), Bounded(0.7, 0.7 - 0.04, 0.7 + 0.04)]
    assert weighted_interval(parts, [0.5, 0.5]) == pytest.approx((0.6, 0.6 - 0.025, 0.6 + 0.025))


# Estimates of a pairing


def outcome_of(target: str, repeat: int, rows: list[tuple[bool, bool, float]]) -> tuple[TargetResult, list[Prediction]]:
    """Return the result and the predictions of one test from its photos: of the target, decided rightly, score."""
    truth, right, values = (np.array(column) for column in zip(*rows, strict=True))
    result = result_of(truth, values, truth == right, target=target, split_seed=repeat)
    names = np.array(["other", "me"])
    decided = names[(truth == right).astype(int)]
    predictions = [
        Prediction(
            extractor="e",
            head="h",
            target=target,
            path=f"{number}.jpg",
            sha256="",
            person=target if truth[number] else f"p{number}",
            group=str(number),
            split_seed=repeat,
            truth=names[int(truth[number])],
            score=None if np.isnan(values[number]) else float(values[number]),
            decision=decided[number],
            outcome="embedded",
            box="",
        )
        for number in range(len(rows))
    ]
    return result, predictions


def estimates_of(*tests: tuple[TargetResult, list[Prediction]]) -> dict:
    return estimate_figures([result for result, _ in tests], samples_of([row for _, rows in tests for row in rows]))


def photos(mine: int, others: int, wrong: int = 0) -> list[tuple[bool, bool, float]]:
    return [(n < mine, n >= wrong, float(n < mine)) for n in range(mine + others)]


one_test = st.lists(st.tuples(st.booleans(), st.booleans(), scores), min_size=2, max_size=40).filter(
    lambda rows: len({mine for mine, *_ in rows}) == 2
)


@settings(deadline=None, max_examples=60)
@given(st.lists(one_test, min_size=1, max_size=3), st.booleans())
def test_estimates_are_means_within_their_intervals(tests: list, several: bool) -> None:
    made = [outcome_of(f"target {n}" if several else "ann", n, rows) for n, rows in enumerate(tests)]
    found = estimates_of(*made)
    for name, estimate in found.items():
        assert estimate.value == pytest.approx(np.mean([getattr(of.metrics, name) for of, _ in made]), abs=1e-9)
        if estimate.interval:
            assert 0 <= estimate.interval.low <= estimate.value <= estimate.interval.high <= 1
            assert estimate.interval.low < estimate.interval.high


@pytest.mark.parametrize(("mine", "others", "units"), [(9, 50, 9), (50, 9, 9), (1, 1, 1), (10, 10, 10), (12, 30, 12)])
def test_with_fewer_than_ten_units_of_a_class_there_is_no_interval(mine: int, others: int, units: int) -> None:
    found = estimates_of(outcome_of("ann", 0, photos(mine, others, wrong=1)))["balanced_accuracy"]
    assert found.units == units
    assert (found.interval is not None) == (units >= 10)


@pytest.mark.parametrize("targets", [9, 10])
def test_of_several_targets_the_targets_are_the_units(targets: int) -> None:
    found = estimates_of(*[outcome_of(f"target {n}", 0, photos(3, 30, wrong=n % 2)) for n in range(targets)])
    assert {estimate.units for estimate in found.values()} == {targets}
    for name, estimate in found.items():
        assert (estimate.interval is not None) == (targets >= 10 and not name.startswith("false_"))


def test_of_several_targets_without_an_error_targets_are_counted_and_not_their_photos() -> None:
    found = estimates_of(*[outcome_of(f"target {n}", 0, photos(4, 60)) for n in range(40)])
    bound = binomtest(0, 40, alternative="less").proportion_ci(0.95, method="exact").high
    for name in ("balanced_accuracy", "accuracy", "auc"):
        assert (found[name].value, found[name].interval.high) == (1, 1)
        assert found[name].interval.low == pytest.approx(1 - bound, abs=1e-9)
    assert (found["eer"].value, found["eer"].interval.low) == (0, 0)
    assert found["eer"].interval.high == pytest.approx(bound, abs=1e-9)


def test_small_errors_of_many_targets_do_not_hide_that_one_may_be_missed() -> None:
    # Every second target accepts one stranger, each another.
    wrong = [n if n % 2 else None for n in range(40)]
    accepts = [[(True, True, 1.0)] * 2 + [(False, stranger != one, 0.0) for stranger in range(80)] for one in wrong]
    found = estimates_of(*[outcome_of(f"target {n}", 0, rows) for n, rows in enumerate(accepts)])["balanced_accuracy"]
    bound = binomtest(0, 40, alternative="less").proportion_ci(0.95, method="exact").high
    assert found.value == pytest.approx(1 - 1 / 320)
    assert found.interval.low < found.value - bound / 2
    assert found.interval.high < 0.9985


def test_of_one_target_repeats_are_no_targets() -> None:
    rows = photos(20, 40, wrong=2)
    once, often = (
        estimates_of(outcome_of("ann", 0, rows)),
        estimates_of(*[outcome_of("ann", n, rows) for n in range(5)]),
    )
    for name, estimate in once.items():
        assert often[name].units == estimate.units == (40 if name == "false_accept_rate" else 20)
        assert often[name].value == pytest.approx(estimate.value, abs=1e-9)
        if name == "eer":  # has no interval for one target
            assert often[name].interval is estimate.interval is None
        else:
            low, high = estimate.interval.low, estimate.interval.high
            assert (often[name].interval.low, often[name].interval.high) == pytest.approx((low, high), abs=1e-9)


def test_of_one_target_each_kind_of_error_is_bounded_by_its_own_units() -> None:
    found = estimates_of(outcome_of("ann", 0, photos(20, 1000)))
    for rate, units in (("false_accept_rate", 1000), ("false_reject_rate", 20)):
        bound = binomtest(0, units, alternative="less").proportion_ci(0.95, method="exact").high
        assert (found[rate].value, found[rate].units, found[rate].interval.low) == (0, units, 0)
        assert found[rate].interval.high == pytest.approx(bound, abs=1e-9)


@pytest.mark.parametrize(("targets", "strangers"), [(40, 12), (12, 40)])
def test_of_several_targets_false_accepts_are_bounded_by_targets_or_strangers_if_fewer(
    targets: int, strangers: int
) -> None:
    found = estimates_of(*[outcome_of(f"target {n}", 0, photos(2, strangers)) for n in range(targets)])
    assert (found["false_accept_rate"].units, found["false_reject_rate"].units) == (12, targets)
    bound = binomtest(0, 12, alternative="less").proportion_ci(0.95, method="exact").high
    assert found["balanced_accuracy"].interval.low == pytest.approx(1 - bound, abs=1e-9)


def test_one_stranger_whom_every_target_accepts_widens_the_interval_as_strangers_vary() -> None:
    # Of 20 strangers one is accepted by all 30 targets: more targets do not show how many strangers are like that.
    rows = [(True, True, 1.0)] * 2 + [(False, stranger > 0, 0.0) for stranger in range(20)]
    tests = [outcome_of(f"target {n}", 0, rows) for n in range(30)]
    samples = list(samples_of([row for _, of in tests for row in of]).values())
    found = recurring(samples, [of_class(sample, False)[1] for sample in samples])
    # The variance of a share of 20 strangers; a thirtieth of it is in the spread of targets already.
    assert found.variance == pytest.approx(0.05 * 0.95 / 19 * 29 / 30)
    assert found.strangers == 20
    own = [
        (result, [row.model_copy(update={"person": f"{row.target} {row.path}"}) for row in of]) for result, of in tests
    ]
    shared, others = (estimates_of(*of)["balanced_accuracy"] for of in (tests, own))
    assert shared.value == pytest.approx(others.value) == pytest.approx(0.975)
    assert shared.interval.low < others.interval.low - 0.02


def test_strangers_of_one_target_each_add_nothing() -> None:
    rng = np.random.default_rng(0)
    tests = [
        outcome_of(f"target {n}", 0, [(number < 2, bool(rng.random() < 0.8), 0.0) for number in range(22)])[1]
        for n in range(12)
    ]
    own = [row.model_copy(update={"person": f"{row.target} {row.path}"}) for of in tests for row in of]
    samples = list(samples_of(own).values())
    found = recurring(samples, [of_class(sample, False)[1] for sample in samples])
    assert (found.variance, found.strangers) == (pytest.approx(0, abs=1e-12), 240)


def test_no_error_at_all_still_leaves_a_bound() -> None:
    found = estimates_of(outcome_of("ann", 0, photos(20, 100)))
    bound = [binomtest(0, units, alternative="less").proportion_ci(0.95, method="exact").high for units in (20, 100)]
    balanced, auc = found["balanced_accuracy"], found["auc"]
    assert (balanced.value, balanced.interval.high) == (auc.value, auc.interval.high) == (1, 1)
    assert balanced.interval.low == pytest.approx(1 - np.hypot(*bound) / 2, abs=1e-9)
    assert auc.interval.low == pytest.approx(1 - max(bound), abs=1e-9)


def test_accuracy_weighs_classes_by_their_photos() -> None:
    found = estimates_of(outcome_of("ann", 0, photos(20, 180, wrong=8)))["accuracy"]
    # All errors are on photos of the target, which are a tenth of all.
    mine = jeffreys(0.6, 20, 19)
    bound = binomtest(0, 180, alternative="less").proportion_ci(0.95, method="exact").high
    assert found.value == pytest.approx(0.96)
    assert found.interval.low == pytest.approx(0.96 - np.hypot((0.6 - mine[0]) / 10, bound * 0.9), abs=1e-9)
    assert found.interval.high == pytest.approx(0.96 + (mine[1] - 0.6) / 10, abs=1e-9)


def test_more_photos_without_an_error_say_more() -> None:
    widths = []
    for mine in (10, 20, 40, 80):
        interval = estimates_of(outcome_of("ann", 0, photos(mine, 2 * mine)))["balanced_accuracy"].interval
        widths.append(interval.high - interval.low)
    assert all(wide > narrow for wide, narrow in pairwise(widths))


def test_a_pairing_that_was_tested_on_nobody_has_no_estimates() -> None:
    assert estimate_figures([], {}) == {}


def test_one_class_alone_is_no_test() -> None:
    trial = Trial.of(split(orl_faces(), "s1"), orl_faces())
    mine = np.ones_like(trial.mine)
    for of_one_class in (mine, ~mine):
        skipped = evaluate_majority(
            replace(trial, mine=np.where(np.isin(range(400), trial.test), of_one_class, trial.mine))
        )
        assert isinstance(skipped, Skipped)
        assert skipped.reason == "the test lacks readable photos of one class"
    rows = outcome_of("ann", 0, photos(5, 5))[1]
    assert difference(rows[:5], rows[:5]) is difference(rows[5:], rows[5:]) is None
