"""Maps of vectors: every photo where it belongs, errors by name, one scale, small however many photos there are."""

import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from facebench.benchmarks.comparison import Row, compare_runs
from facebench.benchmarks.examples import VectorMap, vector_map
from facebench.benchmarks.results import read_runs
from facebench.embeddings.store import VectorStore
from facebench.reports._maps import map_figures
from facebench.reports.charts import map_chart

NAME = "0002-faces"


def rows_of(run: Path) -> list[Row]:
    results, predictions = read_runs([run])
    [group] = compare_runs(results, predictions=predictions)
    return group.rows


def dots(chart: Any, whose: str) -> list[tuple[float, float]]:
    """Return the dots of one class that no cross is on, in units."""
    found = [path.get("d") for path in ET.fromstring(str(chart)).findall("path") if path.get("class") == whose]
    return [tuple(map(float, place)) for path in found for place in re.findall(r"M(\d+) (\d+)h0", path)]


def made_up(count: int, *, wrong: int = 0, seed: int = 0) -> VectorMap:
    chance = np.random.default_rng(seed)
    mine, is_wrong = np.arange(count) < count // 10, np.arange(count)[::-1] < wrong
    points = chance.normal(size=(count, 2)) * (3, 1)
    return VectorMap("e x h", "ann", [f"{n}.jpg" for n in range(count)], points, mine, is_wrong, (0.5, 0.25), [])


def test_there_is_a_map_of_each_extractor_with_the_errors_of_its_best_head(mistaken: Path) -> None:
    rows, store = rows_of(mistaken / NAME), VectorStore(mistaken / "vectors.sqlite")
    figures = map_figures(rows, {NAME: mistaken / NAME}, store)
    [(heading, chart)] = figures.charts
    assert heading == rows[0].title
    wrong = {row.path for row in rows[0].predictions if row.decision != row.truth}
    assert len(wrong) > 3
    tips = [tip.text for tip in ET.fromstring(str(chart)).findall("g[@class='crossed']/title")]
    assert sum(1 + tip.count(", ") for tip in tips) == len(wrong)
    assert all(tip.partition(": ")[0] in ("false accept", "false reject") for tip in tips)
    assert all(path in " ".join(tips) for path in wrong)
    assert [series.label for series in figures.legend][1:] == ["of others", "decided wrong in some split"]


def test_vectors_that_are_gone_are_told_and_drawn_nowhere(run: Path) -> None:
    rows = rows_of(run)
    store = VectorStore(run.parents[1] / "vectors.sqlite")
    whole = vector_map(rows[0], run, store)
    store.forget({row.sha256 for row in rows[0].predictions if row.path == whole.paths[0]})
    figures = map_figures(rows, {run.name: run}, store)
    assert "colour: 1 photo is not on the map: the store does not have its vector any more." in figures.caption
    without = map_figures(rows, {run.name: run}, None)
    assert (without.charts, without.legend) == ([], [])
    assert without.caption.endswith("colour: A map needs 3 vectors, and there are 0.")
    (run / "predictions.csv").unlink()
    assert map_figures(rows_of(run), {run.name: run}, store) is None


def test_a_unit_is_as_long_in_one_direction_as_in_the_other() -> None:
    shown = made_up(40)
    places = np.array(dots(map_chart(shown, "e"), "marker others"))
    expected = shown.points[~shown.mine]
    across, down = np.ptp(places, axis=0) / np.ptp(expected, axis=0)
    assert across == pytest.approx(down, rel=0.02)
    # Upwards is the second component.
    assert np.corrcoef(places[:, 0], expected[:, 0])[0, 1] > 0.999
    assert np.corrcoef(places[:, 1], expected[:, 1])[0, 1] < -0.999


@pytest.mark.parametrize("points", [[[2.0, 2.0]] * 3, [[-1e30, 0.0], [1e30, 0.0], [0.0, 0.0]]])
def test_points_anywhere_are_inside(points: list[list[float]]) -> None:
    shown = VectorMap("", "ann", list("abc"), np.array(points), np.zeros(3, bool), np.zeros(3, bool), (1.0, 0.0), [])
    assert all(54 <= x <= 364 and 20 <= y <= 290 for x, y in dots(map_chart(shown, "e"), "marker others"))


def test_thousands_of_photos_make_a_small_chart() -> None:
    chart = map_chart(made_up(20_000, wrong=3_000), "e")
    assert len(str(chart)) < 300_000
    assert "and 2 more" in str(chart)


def test_names_are_text_and_photos_are_not_in_it(mistaken: Path) -> None:
    store = VectorStore(mistaken / "vectors.sqlite")
    [(_, chart)] = map_figures(rows_of(mistaken / NAME), {NAME: mistaken / NAME}, store).charts
    assert {element.tag for element in ET.fromstring(str(chart)).iter()} == {
        "svg",
        "title",
        "desc",
        "g",
        "path",
        "text",
    }
