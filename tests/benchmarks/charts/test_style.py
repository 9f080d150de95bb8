"""Pictures that matplotlib draws have the report's colours, dashes and type."""

import re

import pytest
from facebench.benchmarks.charts import _style
from matplotlib import rcParams

from ...architecture import ROOT

CSS = (ROOT / "reports" / "report.css").read_text(encoding="utf-8")


def test_colours_are_those_of_the_report_on_light_paper() -> None:
    light = dict(re.findall(r"--(\w+): (#\w+)", CSS.partition("@media")[0]))
    assert tuple(light[f"hue{number}"] for number in range(7)) == _style.COLOURS
    assert (light["paper"], light["ink"]) == (_style.PAPER, _style.INK)
    assert (light["quiet"], light["rule"]) == (_style.QUIET, _style.RULE)


def test_dashes_are_those_of_the_report() -> None:
    [width] = re.findall(r"\.line \{[^}]*stroke-width: (\d+);", CSS)
    dashes = re.findall(r"\.dash(\d) \{ stroke-dasharray: ([\d ]+);", CSS)
    expected = {int(number): tuple(float(length) / int(width) for length in text.split()) for number, text in dashes}
    assert dict(enumerate(_style.DASH_LENGTHS)) == {0: (), **expected}


def test_type_is_that_of_the_report() -> None:
    stack = re.findall(r"^html \{ font: [^;]*", CSS, re.MULTILINE)[0]
    places = [stack.index(font) for font in _style.FONTS]
    assert places == sorted(places)
    assert re.findall(r"^\.chart text \{ font-size: ([\d.]+)px", CSS, re.MULTILINE) == [str(_style.LABEL)]
    assert re.findall(r"^\.chart \.tick, \.chart \.note \{.*font-size: ([\d.]+)px", CSS, re.MULTILINE) == [
        str(_style.TICK)
    ]


def test_matplotlib_takes_the_style_and_goes_back_to_its_own() -> None:
    before = dict(rcParams)
    with _style.chart_style():
        assert rcParams["axes.facecolor"] == _style.PAPER
        assert rcParams["font.size"] == pytest.approx(9.375)
    assert dict(rcParams) == before
