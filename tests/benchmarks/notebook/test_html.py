"""What a notebook shows of a run: the verdict and its caveats, in no colour of its own; no name does anything."""

import re
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import facebench
import pytest
from facebench.benchmarks.comparison import COLUMNS, MAIN_COLUMNS, compare_runs
from facebench.benchmarks.notebook._html import html_of
from facebench.benchmarks.results import RunResult
from facebench.errors import printable


def shown_of(html: str) -> ElementTree.Element:
    """Return what is shown; it is strict XML, too."""
    return ElementTree.fromstring(html)


def test_it_shows_the_verdict_the_table_and_every_note(made: facebench.Run) -> None:
    page = shown_of(made._repr_html_())
    text = "".join(page.itertext())
    assert text.startswith(made.sentence)
    titles = ["".join(cell.itertext()) for cell in page.iter("th")]
    assert titles == ["extractor", "head", *(COLUMNS[name].title for name in MAIN_COLUMNS)]
    rows = [["".join(cell.itertext()) for cell in row.iter("td")] for row in page.iter("tr")][1:]
    assert [row[:2] for row in rows] == [[name or "-", head] for name, head in made.table[["extractor", "head"]].values]
    assert rows[0][2:4] == ["1", f"{100 * made.table['balanced'][0]:.1f}"]
    assert ["".join(note.itertext()) for note in page.iter("li")] == [f"{note}." for note in made.notes]
    assert "8 people" in text


def test_it_has_the_colours_of_the_notebook(made: facebench.Run) -> None:
    html = made._repr_html_()
    assert set(re.findall(r"color: *([^;\"]+)", html)) == {"inherit"}
    assert "background" not in re.findall(r'style="([^"]*)"', html)
    assert "<style" not in html


@pytest.mark.parametrize("name", ["<img src=x onerror=alert(1)>", "a\"b'c&d", "\x1b[2Jx", "</td></table>", "$x$"])
def test_no_name_does_anything(name: str, run_of: Callable[..., RunResult], tested: Callable[..., Any]) -> None:
    pair = (name, name)
    run = run_of({pair: [tested(name)]}, targets=[name], title=name, warnings=[f"{name} is skipped"], target=name)
    page = shown_of(html_of(compare_runs([(name, run)])[0]))
    plain = ("div", "p", "strong", "table", "thead", "tbody", "tr", "th", "td", "ul", "li", "small")
    assert {tag.tag for tag in page.iter()} <= {*plain}
    assert [cell.text for cell in page.iter("td")][:2] == [printable(name)] * 2
    assert page.get("class") == "tex2jax_ignore mathjax_ignore"
