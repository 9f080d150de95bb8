"""Mean ROC curves against scikit-learn's, and by hand; lines that are thinned out; the axes they are drawn on."""

from itertools import pairwise
from statistics import NormalDist

import numpy as np
import pytest
from facebench.benchmarks.charts import mean_roc
from facebench.benchmarks.results import Roc, TargetResult
from facebench.benchmarks.statistics._metrics import roc_of
from facebench.reports.charts._axes import Axis, count_axis, deviate_axis, linear_axis, log_axis, log_rate_axis
from facebench.reports.charts._rates import HIGHEST_RATE, _accepts, _errors
from facebench.reports.charts._thin import thin
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score, roc_curve

from .. import made_up

scores_of_tests = st.lists(
    st.lists(st.tuples(st.booleans(), st.integers(0, 6)), min_size=2, max_size=25).filter(
        lambda test: len({truth for truth, _ in test}) == 2
    ),
    min_size=1,
    max_size=5,
)


def result_of(
    truth: list[bool], scores: list[float], target: str = "ann", seed: int = 0, **fields: object
) -> TargetResult:
    roc = roc_of(np.array(truth), np.array(scores, dtype=float))
    return made_up.result_of(truth, scores, **{"target": target, "split_seed": seed, "roc": roc, **fields})


@settings(deadline=None)
@given(scores_of_tests)
def test_the_curve_of_one_test_is_that_of_scikit_learn(tests: list[list[tuple[bool, int]]]) -> None:
    truth, scores = zip(*tests[0], strict=True)
    curve = mean_roc([result_of(list(truth), list(scores))])
    far, tar, _ = roc_curve(truth, scores)
    at = np.unique(np.concatenate([far, np.linspace(0, 1, 50)]))
    # At a rise `interp` may give either end; just beside it there is no choice.
    for shift in (-1e-4, 1e-4):
        beside = np.clip(at + shift, 0, 1)
        np.testing.assert_allclose(
            np.interp(beside, curve.far, curve.tar), np.interp(beside, far, tar), atol=2e-3, rtol=0
        )
    assert curve.auc == pytest.approx(roc_auc_score(truth, scores), abs=1e-5)


@settings(deadline=None)
@given(scores_of_tests)
def test_the_area_under_the_mean_curve_is_the_mean_area(tests: list[list[tuple[bool, int]]]) -> None:
    results = []
    for number, test in enumerate(tests):
        truth, scores = zip(*test, strict=True)
        results.append(result_of(list(truth), list(scores), f"target {number}"))
    curve = mean_roc(results)
    assert curve.auc == pytest.approx(np.mean([result.metrics.auc for result in results]), abs=1e-5)
    assert (np.diff(curve.far) >= 0).all()
    assert (np.diff(curve.tar) >= -1e-12).all()
    assert (curve.far[0], curve.far[-1], curve.tar[0]) == (0, 1, 0)
    assert curve.tar[-1] == pytest.approx(1)


def test_two_curves_are_averaged_at_equal_false_accept_rates() -> None:
    steep = result_of([True, False], [1, 0], "ann", roc=Roc(far=[0, 0, 1], tar=[0, 1, 1]))
    late = result_of([True, False], [1, 0], "bob", roc=Roc(far=[0, 0.5, 0.5, 1], tar=[0, 0, 0.8, 1]))
    curve = mean_roc([steep, late])
    assert list(zip(curve.far.tolist(), curve.tar.tolist(), strict=True)) == [
        (0, 0),
        (0, 0.5),
        (0.5, 0.5),
        (0.5, 0.9),
        (1, 1),
        (1, 1),
    ]


def test_splits_of_a_target_count_as_one_target() -> None:
    good = Roc(far=[0, 0, 1], tar=[0, 1, 1])
    bad = Roc(far=[0, 1, 1], tar=[0, 0, 1])
    results = [result_of([True, False], [1, 0], "ann", seed, roc=good) for seed in range(3)]
    curve = mean_roc([*results, result_of([True, False], [1, 0], "bob", roc=bad)])
    assert curve.auc == pytest.approx(0.5)


def test_a_target_that_could_not_be_trained_is_chance_and_one_without_a_curve_leaves_none() -> None:
    perfect = result_of([True, False], [1, 0])
    untrained = result_of([True, False], [1, 0], "bob", threshold_rule="untrained", roc=None)
    assert mean_roc([perfect, untrained]).auc == pytest.approx(0.75)
    assert mean_roc([perfect, result_of([True, False], [1, 0], "bob", roc=None)]) is None
    assert mean_roc([]) is None


def test_equal_steps_in_normal_deviates_are_equally_far_apart() -> None:
    axis = deviate_axis("FAR %", 0.001, 0.5)
    rates = [NormalDist().cdf(deviate) for deviate in (-3, -2.5, -2, -1.5)]
    places = [axis.place(rate) for rate in rates]
    assert np.diff(places) == pytest.approx([np.diff(places)[0]] * 3)
    assert (axis.place(0.001), axis.place(0.5)) == (0, 1)


@settings(deadline=None)
@given(scores_of_tests)
def test_a_det_curve_is_the_errors_of_the_roc_curve(tests: list[list[tuple[bool, int]]]) -> None:
    results = []
    for number, test in enumerate(tests):
        truth, scores = zip(*test, strict=True)
        results.append(result_of(list(truth), list(scores), f"target {number}"))
    curve = mean_roc(results)
    far, frr = np.array(_errors(curve, 0.01)).T
    assert far[0] == 0
    assert frr[0] == pytest.approx(1 - curve.tar[curve.far == 0].max())  # what is accepted without a false accept
    assert far[-1] == pytest.approx(HIGHEST_RATE)
    assert (np.diff(far) >= 0).all()
    assert (np.diff(frr) <= 1e-9).all()
    for rate in (0.0137, 0.1234, 0.4321):  # no corner of so few photos
        assert np.interp(rate, far, frr) == pytest.approx(1 - np.interp(rate, curve.far, curve.tar), abs=1e-6)


def test_at_low_rates_the_roc_curve_is_the_same() -> None:
    truth, scores = [True] * 4 + [False] * 40, [3.0, 2.0, 1.0, 0.5, *np.linspace(-3, 2.5, 40)]
    curve = mean_roc([result_of(truth, scores)])
    far, tar = np.array(_accepts(curve, 1 / 40)).T
    assert (far[0], tar[0]) == (0, 0.25)  # the first is accepted before anybody else
    assert (far[-1], tar[-1]) == (1, 1)
    assert (np.diff(far) >= 0).all()
    assert (np.diff(tar) >= 0).all()
    for rate in (0.0137, 0.1234, 0.4321):
        assert np.interp(rate, far, tar) == pytest.approx(np.interp(rate, curve.far, curve.tar))


def test_what_the_tests_cannot_resolve_stands_at_the_edge() -> None:
    axis = deviate_axis("FAR %", 0.0125, 0.5)
    assert axis.place(0) == axis.place(0.0125) == 0
    assert axis.place(0.9) == 1
    assert axis.ticks[0.0125] == "≤1.2"
    assert min(axis.ticks) == 0.0125


@settings(deadline=None)
@given(
    st.builds(deviate_axis, st.just("FAR %"), st.floats(1e-5, 0.1), st.floats(0.25, 0.99))
    | st.builds(log_rate_axis, st.just("FAR %"), st.floats(1e-5, 0.5))
    | st.builds(lambda low, factor: log_axis("ms", low, low * factor), st.floats(1e-3, 1e4), st.floats(1, 1e5))
)
def test_ticks_of_bent_axes_do_not_run_into_each_other(axis: Axis) -> None:
    places = [axis.place(value) for value in axis.ticks]
    assert all(gap >= 0.0999 for gap in np.diff(places))
    assert len(places) >= 1
    assert 0 <= places[0] <= places[-1] <= 1


@settings(deadline=None)
@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6))
def test_ticks_of_a_linear_axis_are_few_and_inside(low: float, span: float) -> None:
    axis = linear_axis("score", low, low + span)
    assert 2 <= len(axis.ticks) <= 7
    assert all(-1e-6 <= (tick - low) / span <= 1 + 1e-6 for tick in axis.ticks)


def test_a_tick_at_each_number_of_photos_that_has_room() -> None:
    assert list(count_axis("photos", [5, 10, 20, 189, 200]).ticks.values()) == ["5", "10", "20", "200"]


points = st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300)), min_size=1, max_size=40)


@settings(deadline=None)
@given(points)
def test_a_thinned_line_stays_close_to_all_of_its_points(line: list[tuple[int, int]]) -> None:
    kept = thin(line)
    assert (kept[0], kept[-1]) == (line[0], line[-1])
    at = 0
    for before, after in pairwise(kept):
        end = line.index(after, at + 1)
        assert all(_distance(point, before, after) <= 0.25 + 1e-9 for point in line[at:end])
        at = end


def _distance(point: tuple[int, int], start: tuple[int, int], end: tuple[int, int]) -> float:
    p, a, b = (np.array(each, float) for each in (point, start, end))
    along = np.dot(p - a, b - a) / max(np.dot(b - a, b - a), 1e-12)
    return float(np.linalg.norm(p - a - np.clip(along, 0, 1) * (b - a)))


def test_a_long_staircase_gets_short() -> None:
    stairs = [(x / 20, y / 20) for step in range(2000) for x, y in ((step, step), (step + 1, step))]
    assert len(thin(stairs)) < 20


def test_no_line_has_no_points() -> None:
    assert thin([]) == []
