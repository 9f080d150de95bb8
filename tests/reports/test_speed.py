"""Speed against accuracy: which pairings nothing beats, which are named, where names go, and what is left out."""

import xml.etree.ElementTree as ET
from collections.abc import Callable
from itertools import combinations
from typing import Any

import pytest
from facebench.benchmarks.comparison import compare_runs
from facebench.reports._series import Series, series_of
from facebench.reports._speed import speed_figures, speeds_of
from facebench.reports.charts import Speed
from facebench.reports.charts._labels import Box, Named, place_labels
from facebench.reports.charts._speed import front_of
from hypothesis import given
from hypothesis import strategies as st

PAIRINGS = [("slow", "a"), ("slow", "b"), ("quick", "a"), ("quick", "b"), ("stored", "a")]


@pytest.fixture
def known(made_up: Callable[..., Any]) -> dict[Series, Any]:
    """Five pairings of three extractors, of which one was not timed."""
    photos = [(f"{number}.jpg", "ann" if number < 4 else "bob") for number in range(40)]
    result, rows = made_up(PAIRINGS, ["ann"], photos, milliseconds=(40, 8, None))
    [group] = compare_runs([("0001", result)], predictions={"0001": rows})
    return series_of(group.rows)


def speed(milliseconds: float, balanced: float) -> Speed:
    return Speed(Series("", f"{milliseconds} {balanced}", "hue0"), milliseconds, balanced, None, best=True)


def test_the_front_begins_with_the_fastest_and_gets_more_accurate() -> None:
    slow, quick, beaten, equal = speed(9, 0.8), speed(1, 0.5), speed(9, 0.7), speed(1, 0.5)
    assert front_of([slow, quick, beaten, equal]) == [quick, equal, slow]


def test_what_was_not_timed_is_left_out_and_told(known: dict[Series, Any]) -> None:
    found = {made.series.label: made for made in speeds_of(known)}
    assert {label: made.milliseconds for label, made in found.items()} == {
        "slow x a": 40,
        "slow x b": 40,
        "quick x a": 8,
        "quick x b": 8,
    }
    for series, row in known.items():
        if series.label in found:
            assert found[series.label].balanced == pytest.approx(row.pairing.targets[0].metrics.balanced_accuracy)
    for extractor in ("slow", "quick"):
        one, other = (made for label, made in found.items() if label.startswith(extractor))
        assert one.best
        assert one.balanced >= other.balanced
        assert not other.best
    assert speed_figures(known).caption.endswith("Left out, as their speed was not measured: stored x a.")


def test_each_timed_pairing_is_a_dot_and_the_best_of_each_extractor_is_named(known: dict[Series, Any]) -> None:
    [(_, chart)] = speed_figures(known).charts
    svg = ET.fromstring(str(chart))
    tips = [dot[0].text for dot in svg.findall("circle")]
    assert sorted(tip.partition(":")[0] for tip in tips) == ["quick x a", "quick x b", "slow x a", "slow x b"]
    names = {text.text for text in svg.findall("text") if text.get("class").startswith("note")}
    assert names == {made.series.label for made in speeds_of(known) if made.best}


def test_one_speed_is_no_choice(known: dict[Series, Any]) -> None:
    quick = {series: row for series, row in known.items() if not series.label.startswith("slow")}
    assert speed_figures(quick) is None
    assert speed_figures({}) is None


places = st.tuples(st.integers(150, 450), st.integers(100, 200))


@given(st.lists(places, min_size=1, max_size=4))
def test_no_name_lies_on_another(points: list[tuple[int, int]]) -> None:
    named = [Named("a name x head", point, Box.around(point)) for point in points]
    labels = place_labels(named, [], Box(0, 0, 600, 300))
    assert len(labels) == len(points)
    assert all(one.box.shared(other.box) == 0 for one, other in combinations(labels, 2))


def test_a_name_gives_way_to_what_is_there() -> None:
    named = Named("a", (100, 100), Box.around((100, 100)))
    frame = Box(0, 0, 200, 200)
    [right] = place_labels([named], [], frame)
    [left] = place_labels([named], [right.box], frame)
    assert (right.anchor, left.anchor) == ("start", "end")
    [inside] = place_labels([named], [], Box(0, 0, 105, 200))
    assert inside.anchor == "end"
