"""The learning curve on real faces: nested draws, a test that stays, and the whole at its end."""

import csv
import io
import json
import shutil
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from facebench.benchmarks import Settings
from facebench.benchmarks.charts import plot_curve
from facebench.benchmarks.comparison import left_out, print_curve
from facebench.benchmarks.protocol import run_benchmark, run_curve
from facebench.benchmarks.protocol._curve import _counts_for, _reduced, _steps
from facebench.benchmarks.protocol._plan import make_plan
from facebench.benchmarks.protocol._trials import Trial
from facebench.benchmarks.results import CurvePoint, CurveResult, Prediction, Predictions
from facebench.classifiers import load_head
from facebench.data import Dataset, orl_faces, split
from facebench.errors import FacebenchError
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from sklearn.preprocessing import normalize

TRIAL = Trial.of(split(orl_faces(), "s1"), orl_faces())


@pytest.fixture(scope="module")
def large(people: Callable[..., Dataset]) -> Dataset:
    """Twelve people of ten photos, the first four taken for one person: forty photos of "s1"."""
    dataset = people(15)
    merged = {"s2": "s1", "s3": "s1", "s4": "s1"}
    items = [type(item)(item.path, item.name, merged.get(item.person, item.person)) for item in dataset.items]
    return Dataset("Merged ORL faces", "merged", tuple(items))


@pytest.fixture(scope="module")
def curves() -> dict[str, CurveResult]:
    """The curves that several tests look at: each takes a second."""
    return {}


@pytest.fixture
def curve(large: Dataset, extractor: Callable[..., Any], curves: dict[str, CurveResult]) -> CurveResult:
    extractor()
    if "curve" not in curves:
        asked = Settings(extractors=["blocks"], heads=["logreg", "svm"], target="s1", seed=3)
        curves["curve"] = run_curve(large, asked, [20, 5, 10, 500], draws=4)
    return curves["curve"].model_copy(deep=True)


def parts_of(trial: Trial) -> tuple[set[int], set[int]]:
    """Return the photos of the target outside the test, and all other photos outside the test."""
    used = np.concatenate([trial.train, trial.validation])
    return set(used[trial.mine[used]].tolist()), set(used[~trial.mine[used]].tolist())


@settings(max_examples=50, deadline=None)
@given(size=st.integers(1, 7), seed=st.integers(0, 99), draw=st.integers(0, 99))
def test_a_count_holds_every_photo_used_and_larger_draws_hold_smaller_ones(size: int, seed: int, draw: int) -> None:
    smaller, larger = (_reduced(TRIAL, count, seed, draw) for count in (size, size + 1))
    assert len(parts_of(smaller)[0]) == size
    assert parts_of(smaller)[0] < parts_of(larger)[0]
    assert TRIAL.mine[smaller.validation].any() == (size >= 4)


@given(size=st.integers(1, 8), draw=st.integers(0, 99))
def test_the_test_and_the_others_stay_the_same(size: int, draw: int) -> None:
    reduced = _reduced(TRIAL, size, 0, draw)
    assert reduced.test is TRIAL.test
    assert parts_of(reduced)[1] == parts_of(TRIAL)[1]
    for part, whole in ((reduced.train, TRIAL.train), (reduced.validation, TRIAL.validation)):
        assert set(part.tolist()) <= set(whole.tolist())
        assert list(part) == sorted(part)


def test_draws_differ() -> None:
    assert len({tuple(_reduced(TRIAL, 5, 0, draw).train) for draw in range(8)}) > 1


def test_counts_go_up_to_all_photos_outside_the_test(curve: CurveResult) -> None:
    for head in ("logreg", "svm"):
        points = [point for point in curve.points if point.head == head]
        assert [point.photos_of_me for point in points] == [5, 10, 20, 32]
        assert [point.draws for point in points] == [4, 4, 4, 1]


def test_the_last_point_is_what_a_run_measures(curve: CurveResult, large: Dataset) -> None:
    result = run_benchmark(large, curve.settings, lambda *_: None)
    whole = {pairing.head: pairing.targets[0].metrics for pairing in result.pairings}
    for point in curve.points:
        if point.photos_of_me == 32:
            assert point.balanced_accuracy == whole[point.head].balanced_accuracy
            assert point.accuracy == whole[point.head].accuracy
            assert point.balanced_interval is None  # two people in the test are too few


@pytest.fixture
def unknown(people: Callable[..., Dataset]) -> Dataset:
    """Sixty photos of me, and as many of people of whom it is not known who is on which."""
    items = [
        type(item)(item.path, item.name, "me" if place < 60 else None)
        for place, item in enumerate(people(12).items[:120])
    ]
    return Dataset("Unknown ORL faces", "unknown", tuple(items), me="me")


@pytest.fixture
def banded(unknown: Dataset, extractor: Callable[..., Any], curves: dict[str, CurveResult]) -> CurveResult:
    """A curve whose test has enough independent photos for intervals."""
    extractor()
    if "banded" not in curves:
        asked = Settings(extractors=["blocks"], heads=["logreg"], target="me", repeats=1)
        curves["banded"] = run_curve(unknown, asked, [8, 16], draws=4)
    return curves["banded"].model_copy(deep=True)


def test_the_best_of_each_number_is_compared_with_the_best_of_all_photos(curve: CurveResult) -> None:
    assert [step.photos_of_me for step in curve.steps] == [5, 10, 20, 32]
    whole = curve.steps[-1]
    assert (whole.difference, whole.interval, whole.p) == (None, None, None)
    for step in curve.steps:
        values = {
            (point.extractor, point.head): point.balanced_accuracy
            for point in curve.points
            if point.photos_of_me == step.photos_of_me
        }
        assert values[step.extractor, step.head] == max(values.values()) == step.balanced_accuracy
        if step is not whole:
            assert step.difference == pytest.approx(step.balanced_accuracy - whole.balanced_accuracy)
    p_values = [step.p for step in curve.steps[:-1]]
    assert p_values == sorted(p_values, reverse=True)  # a number passes only if all larger ones do


@pytest.mark.parametrize(("units", "shown"), [(60, False), (90, True)])
def test_two_points_are_excluded_by_about_eighty_units_that_never_differ(units: int, shown: bool) -> None:
    def tested(size: int, draws: int) -> tuple[CurvePoint, Predictions]:
        rows = [
            Prediction(
                extractor="e", head="h", target="me", path=f"{truth}{number}", sha256="", person=f"{truth}{number}",
                group=f"{number}", split_seed=draw, truth=truth, score=0.5, decision=truth, outcome="embedded", box="",
            )
            for draw in range(draws)
            for truth in ("me", "other")
            for number in range(units)
        ]  # fmt: skip
        point = CurvePoint(
            extractor="e", head="h", photos_of_me=size, draws=draws, balanced_accuracy=1.0, balanced_interval=None,
            accuracy=1.0, accuracy_interval=None,
        )  # fmt: skip
        return point, Predictions.of(rows)

    fewer, whole = _steps({9: tested(9, 1), 5: tested(5, 3)}, draws=3)
    assert (fewer.photos_of_me, whole.photos_of_me, fewer.difference) == (5, 9, 0.0)
    assert (fewer.p < 0.05) == shown


def test_the_band_holds_the_error_of_the_test_and_the_last_point_has_one(banded: CurveResult, unknown: Dataset) -> None:
    _, pairing, *_ = run_benchmark(unknown, banded.settings, lambda *_: None).pairings
    *_, last = banded.points
    for name in ("balanced", "accuracy"):
        estimate = pairing.estimates["balanced_accuracy" if name == "balanced" else name]
        assert estimate.interval is not None
        assert getattr(last, f"{name}_interval").model_dump() == pytest.approx(estimate.interval.model_dump())
    for point in banded.points:
        assert point.balanced_interval.low < point.balanced_accuracy < point.balanced_interval.high
        assert point.balanced_interval.high - point.balanced_interval.low > 0.05


def test_one_photo_is_enough_for_the_rule_that_needs_no_second(large: Dataset, extractor: Callable[..., Any]) -> None:
    extractor()
    asked = Settings(extractors=["blocks"], heads=["centroid", "logreg"], target="s1")
    centroid, _, refused, *_ = run_curve(large, asked, [1], draws=3).points
    assert (refused.head, refused.draws, refused.balanced_accuracy) == ("logreg", 0, None)
    assert refused.refused == "needs 2 photos of s1"
    assert (centroid.photos_of_me, centroid.draws) == (1, 3)
    # The rule, written out: nearer to the photo than halfway between it and the mean of other people.
    plan = make_plan(large, asked.model_copy(update={"repeats": 1}))
    [whole], units = plan.trials, normalize(plan.vectors[0].matrix)
    expected = []
    for draw in range(3):
        trial = _reduced(whole, 1, 0, draw)
        cosines = units @ units[trial.train[trial.mine[trial.train]][0]]
        others = cosines[trial.train[~trial.mine[trial.train]]].mean()
        right = (cosines[trial.test] >= (1 + others) / 2) == trial.mine[trial.test]
        expected.append(np.mean([right[trial.mine[trial.test] == who].mean() for who in (True, False)]))
    assert centroid.balanced_accuracy == pytest.approx(np.mean(expected))


@pytest.mark.parametrize(("heads", "first"), [(["logreg", "centroid"], 1), (["logreg", "svm"], 2)])
def test_by_default_a_curve_begins_where_one_of_its_heads_can(heads: list[str], first: int) -> None:
    assert _counts_for(map(load_head, heads))[0] == first


def test_what_needs_more_photos_is_left_out_in_one_note(curve: CurveResult) -> None:
    for point in curve.points:
        if point.photos_of_me == 5:
            point.refused = "needs 6 photos of s1"
    assert left_out(curve) == ["blocks x logreg, blocks x svm are left out at 5 photos: each head needs 6 photos of s1"]


def test_more_photos_help(curve: CurveResult) -> None:
    first, *_, last = (point for point in curve.points if point.head == "svm")
    assert last.balanced_accuracy > first.balanced_accuracy


def test_intervals_hold_the_mean(curve: CurveResult) -> None:
    for point in curve.points:
        if point.balanced_interval:
            assert point.balanced_interval.low <= point.balanced_accuracy <= point.balanced_interval.high


def test_each_photo_is_embedded_once(large: Dataset, extractor: Callable[..., Any]) -> None:
    made = extractor()
    run_curve(large, Settings(extractors=["blocks"], heads=["logreg"], target="s1"), [5, 10], draws=3)
    assert set(made.given.values()) == {1}


@pytest.mark.parametrize(
    ("target", "counts", "draws", "complaint"),
    [("all", [5], 2, "--target"), ("s1", [0], 2, "1 photo"), ("s1", [5], 0, "one draw")],
)
def test_what_is_no_curve_is_refused(
    large: Dataset, extractor: Callable[..., Any], target: str, counts: list[int], draws: int, complaint: str
) -> None:
    extractor()
    asked = Settings(extractors=["blocks"], heads=["logreg"], target=target)
    with pytest.raises(FacebenchError, match=complaint):
        run_curve(large, asked, counts, draws)


def test_a_draw_that_cannot_be_trained_on_counts_as_never_recognised(
    large: Dataset, extractor: Callable[..., Any]
) -> None:
    extractor(without_face=[item.path for item in large.items if item.person == "s1"][:39])
    asked = Settings(extractors=["blocks"], heads=["logreg"], target="s1", threshold="0.5")
    curve = run_curve(large, asked, [4, 10], draws=6)
    assert curve.points[0].draws == 6
    assert curve.points[0].balanced_accuracy == 0.5


def test_every_format_tells_the_same(banded: CurveResult, capsys: pytest.CaptureFixture[str]) -> None:
    shown = {}
    for style in ("table", "md", "csv", "json"):
        print_curve(banded, style)
        shown[style] = capsys.readouterr().out
    point = banded.points[0]
    figure = f"{100 * point.balanced_accuracy:.1f}"
    assert figure in shown["table"]
    assert f"| blocks | logreg | {figure} (" in shown["md"]
    rows = list(csv.DictReader(io.StringIO(shown["csv"])))
    assert float(rows[0]["balanced"]) == point.balanced_accuracy
    assert float(rows[2]["balanced_low"]) == banded.points[2].balanced_interval.low
    assert CurveResult.model_validate(json.loads(shown["json"])) == banded
    assert "95 % interval: another draw, other test photos" in shown["md"]


@pytest.mark.parametrize(
    ("made", "told"),
    [("draws", "what 95 % of them lie between"), ("draws and test", "fewer than 10 independent photos")],
)
def test_what_the_intervals_cover_is_told(
    made: str, told: str, curve: CurveResult, capsys: pytest.CaptureFixture[str]
) -> None:
    # Curves of 6cc0e70 say nothing, and their intervals are those of the draws alone.
    print_curve(curve.model_copy(update={"intervals": made}), "md")
    assert told in capsys.readouterr().out
    assert CurveResult.model_fields["intervals"].default == "draws"


def test_the_plot_is_a_picture_with_lines(curve: CurveResult) -> None:
    odd = curve.model_copy(update={"target": "$x_1$ <b>\x1b[2J"})  # no formula, no markup, no control characters
    for result in (curve, odd):
        image = np.asarray(Image.open(io.BytesIO(plot_curve(result))).convert("RGB"))
        assert image.shape == (750, 1200, 3)
        assert len(np.unique(image.reshape(-1, 3), axis=0)) > 50


def test_the_command_keeps_the_curve_in_a_private_folder(
    people: Callable[..., Dataset],
    command: Callable[..., tuple[int, str, str]],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    for item in people(8).items:
        (tmp_path / "orl" / item.person).mkdir(parents=True, exist_ok=True)
        shutil.copy(item.path, tmp_path / "orl" / item.person)
    monkeypatch.chdir(tmp_path)
    options = ["--extractor", "face_recognition", "--head", "centroid", "--photos", "1", "--draws", "2"]
    code, shown, _ = command("curve", "--data", "orl", "--target", "s1", *options)
    assert code == 0
    [folder] = (tmp_path / "runs").iterdir()
    assert folder.name == "0001-orl-curve"
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    kept = CurveResult.model_validate_json((folder / "curve.json").read_text())
    assert [point.photos_of_me for point in kept.points] == [1, 8]
    assert "| extractor | head | 1 | 8 |" in shown


def test_several_people_are_refused_by_the_command(refused: Callable[..., str], tmp_path: Path) -> None:
    assert "--target" in refused("curve", cwd=tmp_path)
