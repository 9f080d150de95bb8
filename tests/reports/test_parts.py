"""Parts of a page: looks of pairings, the table, the confusion matrix, times, facts, and the curve that belongs."""

import json
import re
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from facebench.benchmarks.charts import confusion_of
from facebench.benchmarks.comparison import COLUMNS, MAIN_COLUMNS, compare_runs
from facebench.benchmarks.comparison._columns import cell_of
from facebench.benchmarks.results import CurvePoint, CurveResult, ExtractorResult, RunResult, read_run, read_runs
from facebench.benchmarks.results._schema import AugmentationResult, Estimate, Interval
from facebench.reports._caveats import by_weight
from facebench.reports._facts import facts_of
from facebench.reports._figures import loss_figures
from facebench.reports._learning import curve_of, find_curves, points_of
from facebench.reports._series import series_of
from facebench.reports._table import WIDTH, table_of
from facebench.reports._times import _extraction, stages_of
from facebench.reports.charts._axes import share_axis
from facebench.reports.charts._svg import Chart

from ..architecture import ROOT


@pytest.fixture
def rows(runs: Path) -> list[Any]:
    """The rows of the first run, best first."""
    results, predictions = read_runs([runs / "0001-faces"])
    [group] = compare_runs(results, predictions=predictions)
    return group.rows


def test_a_hue_is_an_extractor_and_a_dash_is_a_head(made_up: Callable[..., Any]) -> None:
    pairings = [("b", "x"), ("a", "y"), ("a", "x")]
    result, rows = made_up(pairings, ["ann"], [(f"{n}.jpg", "") for n in range(12)])
    [group] = compare_runs([("0001", result)], predictions={"0001": rows})
    looks = {series.label: series.css for series in series_of(group.rows)}
    assert looks == {"a x x": "hue0 dash0", "a x y": "hue0 dash1", "b x x": "hue1 dash0"}
    assert [series.key for series in series_of(group.rows)] == ["0", "1", "2"]


def test_two_rows_of_one_name_are_told_apart_by_their_runs(made_up: Callable[..., Any]) -> None:
    result, _ = made_up([("a", "x")], ["ann"], [(f"{n}.jpg", "") for n in range(12)])
    other = result.model_copy(update={"settings": result.settings.model_copy(update={"threshold": "0.5"})})
    [group] = compare_runs([("0001-f", result), ("0002-f", other)])
    assert sorted(series.label for series in series_of(group.rows)) == ["a x x (run 0001-f)", "a x x (run 0002-f)"]


@pytest.mark.parametrize("history", [{"loss": [0.0]}, {"loss": [-2.0, -5.0]}, {"loss": [1e30, 1e-30]}])
def test_losses_of_any_size_are_drawn(history: dict[str, list[float]], rows: list[Any]) -> None:
    known = series_of(rows)
    for row in known.values():
        for test in row.pairing.targets:
            test.history = history
    figures = loss_figures(known)
    assert [heading for heading, _ in figures.charts] == [series.label for series in known]
    for _, chart in figures.charts:
        line = ET.fromstring(str(chart)).findall("polyline")[-1]
        numbers = [float(number) for point in line.get("points").split() for number in point.split(",")]
        assert all(0 <= number <= 340 for number in numbers)
        assert len(set(numbers[1::2])) == len(history["loss"])  # a loss each, none at the edge for want of room
    assert "means of 8 tests" in figures.caption


def test_the_table_shows_what_the_comparison_says(rows: list[Any]) -> None:
    table = table_of(rows)
    assert [title for title, _ in table.titles] == [COLUMNS[name].title for name in MAIN_COLUMNS]
    assert [row.name for row in table.rows] == [row.title for row in rows]
    for shown, row in zip(table.rows, rows, strict=True):
        for figure, name in zip(shown.cells, MAIN_COLUMNS, strict=True):
            cell = cell_of(row, name)
            assert " ".join(filter(None, [figure.text, figure.small])) == cell.text
            assert figure.value == ("" if cell.value is None else repr(cell.value))
    balanced = MAIN_COLUMNS.index("balanced")
    assert [row.cells[balanced].best for row in table.rows] == [True, *[False] * (len(rows) - 1)]
    assert not any(figure.best for figure in table.rows[-1].cells)  # the majority's
    orders = dict(table.titles)
    assert (orders["AUC"], orders["ms/photo"], orders["rank"]) == ("descending", "ascending", "ascending")


def test_intervals_are_drawn_to_scale(made_up: Callable[..., Any]) -> None:
    result, predictions = made_up(
        [("a", "x"), ("b", "x")], [f"t{n}" for n in range(12)], [(f"{n}.jpg", "") for n in range(20)]
    )
    limits = [(0.92, 0.871, 0.95), (0.97, 0.9, 1.0)]
    for pairing, (value, low, high) in zip(result.pairings, limits, strict=True):
        pairing.estimates["balanced_accuracy"] = Estimate(value=value, interval=Interval(low=low, high=high), units=12)
    [group] = compare_runs([("0001", result)], predictions={"0001": predictions})
    table = table_of(group.rows)
    assert table.scale == ("85", "100")
    best, second = (row.whisker for row in table.rows)
    assert (best.low, best.at, best.high) == pytest.approx((WIDTH / 3, 0.8 * WIDTH, WIDTH), abs=0.06)
    assert second.low == pytest.approx(WIDTH * 0.021 / 0.15, abs=0.06)
    # An audit does not compete: it does not widen the scale, and is drawn as far as it is on it.
    for value, low, expected in ((0.9, 0.6, (WIDTH / 3, 0)), (0.7, 0.6, None)):
        audit = result.pairings[0].model_copy(update={"head": "y", "audit": True})
        estimate = Estimate(value=value, interval=Interval(low=low, high=0.95), units=12)
        audit.estimates = {"balanced_accuracy": estimate}
        audited = result.model_copy(update={"pairings": [*result.pairings, audit]})
        [group] = compare_runs([("0001", audited)], predictions={"0001": predictions})
        table = table_of(group.rows)
        assert table.scale == ("85", "100")
        whisker = table.rows[-1].whisker
        assert (whisker and (whisker.at, whisker.low)) == (pytest.approx(expected, abs=0.06) if expected else None)


def test_the_confusion_matrix_counts_the_rows_of_all_tests(rows: list[Any]) -> None:
    counts = Counter((row.truth, row.decision) for row in rows[0].predictions)
    matrix = confusion_of(rows[0].pairing.targets)
    cells = {cell.name: cell for _, cells in matrix.rows for cell in cells}
    assert {name: cell.count for name, cell in cells.items()} == {
        "true accepts": counts["me", "me"],
        "false rejects": counts["me", "other"],
        "false accepts": counts["other", "me"],
        "true rejects": counts["other", "other"],
    }
    assert matrix.tests == 8
    assert [cell.note for cell in cells.values()] == [""] * 4
    others = counts["other", "me"] + counts["other", "other"]
    assert cells["true rejects"].rate == f"{100 * counts['other', 'other'] / others:.1f}"
    for test in rows[0].pairing.targets:
        test.metrics.no_face_others = 2
    notes = {cell.name: cell.note for _, cells in confusion_of(rows[0].pairing.targets).rows for cell in cells}
    assert notes["true rejects"] == "16 of these without a vector"


def test_every_kind_of_caveat_has_its_place() -> None:
    source = "\n".join(file.read_text(encoding="utf-8") for file in (ROOT / "benchmarks").rglob("*.py"))
    kinds = set(re.findall(r"\[([a-z]+(?:-[a-z]+)*)\]\"", source)) - {"reference"}  # of bench speed
    assert {"shortcut", "few-units", "licence"} <= kinds
    notes = [f"note [{kind}]" for kind in sorted(kinds)]
    ordered = by_weight(["Assumed, not stated in the report: x", *notes, "Run 1 ended early"])
    assert sorted(ordered) == sorted(["Assumed, not stated in the report: x", *notes, "Run 1 ended early"])
    assert ordered[0] == "note [shortcut]"
    assert ordered[-3:] == ["Run 1 ended early", "Assumed, not stated in the report: x", "note [licence]"]


def test_the_time_of_each_stage(runs: Path) -> None:
    result = read_run(runs / "0001-faces")
    [extractor] = result.extractors
    half = extractor.model_copy(
        update={
            "photos": 100,
            "stored": 60,
            "load_seconds": 1.5,
            "extract_seconds": 2.0,
            "augmentation": AugmentationResult(variants=30, stored=10, lost=0, seconds=4.0),
        }
    )
    stages = stages_of(result.model_copy(update={"extractors": [half]}))
    assert [(stage.what, stage.seconds, stage.note) for stage in stages[:3]] == [
        ("load the network", 1.5, ""),
        ("extract 100 photos", 2.0, "50.0 ms/photo, 60 of 100 from the store"),
        ("augment: 30 variants", 4.0, "200.0 ms/variant, 10 from the store"),
    ]
    assert [stage.who for stage in stages[3:]] == ["colour x logreg", "colour x svm"]
    fits = [sum(t.fit_seconds for t in pairing.targets) for pairing in result.pairings if pairing.extractor]
    assert [stage.seconds for stage in stages[3:]] == pytest.approx(fits)
    assert stages[3].note == f"{1000 * fits[0] / 8:.0f} ms each"
    assert max(stage.share for stage in stages) == stages[2].share == 1
    assert all(stage.what == "fit 8 heads" for stage in stages[3:])


def test_the_facts_of_a_run(rows: list[Any]) -> None:
    [facts] = facts_of(rows)
    assert facts.name == "0001-faces"
    assert facts.when.endswith(" s")
    assert ("skipped files", "1 .txt") in facts.dataset
    assert ("unreadable photos", "1") in facts.dataset
    assert ("people known by name", "8") in facts.dataset
    assert ("heads", "logreg, svm") in facts.settings
    assert ("repeats", "1") in facts.settings
    assert not [value for name, value in facts.settings if name == "augmentation"]
    assert facts.versions[0][0] == "python"
    assert [name for name, _ in facts.extractors] == ["colour"]
    assert ("photos without a vector", "none") in facts.extractors[0][1]


def test_the_newest_curve_of_the_same_photos_and_target_belongs_to_a_run(
    runs: Path, rows: list[Any], tmp_path: Path
) -> None:
    result = read_run(runs / "0002-faces")
    curve = _curve(result, ["mobilenet", "colour"])
    others = {
        "0001-old-curve": curve.model_copy(update={"command": "old"}),
        "0002-faces-curve": curve,
        "0003-other-curve": curve.model_copy(update={"target": "s2"}),
        "0004-empty-curve": curve.model_copy(update={"points": []}),
    }
    for name, content in others.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "curve.json").write_text(content.model_dump_json())
    (tmp_path / "0005-damaged").mkdir()
    (tmp_path / "0005-damaged" / "curve.json").write_bytes(b"\xff")
    newer = json.loads(curve.model_dump_json())
    newer["news"] = newer["settings"]["news"] = newer["points"][0]["news"] = 1
    (tmp_path / "0002-faces-curve" / "curve.json").write_text(json.dumps(newer))
    found, notes = find_curves([tmp_path / "0001-run"])
    assert len(found) == 4
    assert len(notes) == 1
    assert "0005-damaged" in notes[0]
    read = curve_of(result, found)
    assert read.settings.model_extra == {"news": 1}
    assert read.model_copy(update={"settings": curve.settings}) == curve
    assert curve_of(read_run(runs / "0001-faces"), found) is None
    points = points_of(curve, series_of(rows))
    assert [(series.label, series.key) for series in points] == [
        ("mobilenet x logreg", ""),
        ("colour x logreg", next(s.key for s in series_of(rows) if s.label == "colour x logreg")),
    ]


def _curve(result: RunResult, extractors: list[str]) -> CurveResult:
    return CurveResult(
        command="bench curve",
        dataset=result.dataset,
        settings=result.settings,
        target=result.targets[0],
        draws=1,
        points=[
            CurvePoint(
                extractor=extractor,
                head="logreg",
                photos_of_me=5,
                draws=1,
                balanced_accuracy=0.9,
                balanced_interval=None,
                accuracy=0.9,
                accuracy_interval=None,
            )
            for extractor in extractors
        ],
        versions={},
    )


def test_a_chart_is_well_formed_whatever_its_words() -> None:
    chart = Chart("a <b> & \x00\ud800", "</svg>", share_axis("x"), share_axis("<y>"))
    chart.line([(0, 0), (0.5, 1), (1, 1)], "line", {"data-series": '"1"'})
    chart.bar((0, 0), (0.5, 1), "bar", "]]>\x1b")
    svg = ET.fromstring(str(chart.markup()))
    assert [(child.tag, child.text) for child in svg[:2]] == [("title", r"a <b> & \x00\ud800"), ("desc", "</svg>")]
    [line] = svg.findall("polyline")
    assert line.get("data-series") == '"1"'
    # From the lower left corner up to the top, halfway, then to the right.
    (left, bottom), (middle, top), (right, same) = (
        tuple(map(float, point.split(","))) for point in line.get("points").split()
    )
    assert left < middle < right
    assert top == same < bottom
    assert middle == pytest.approx((left + right) / 2, abs=0.1)
    [bar] = svg.findall("rect")
    assert bar[0].text == r"]]>\x1b"
    assert float(bar.get("y")) == top
    assert float(bar.get("height")) == pytest.approx(bottom - top, abs=0.1)


def test_an_extractor_without_failures_or_time_says_little() -> None:
    made = ExtractorResult(
        extractor="e", card={"name": "e"}, photos=3, stored=3, failures={}, load_seconds=0, extract_seconds=0
    )
    assert [(stage.what, stage.note) for stage in _extraction(made)] == [("extract 3 photos", "3 of 3 from the store")]
