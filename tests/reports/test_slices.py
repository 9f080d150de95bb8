"""Slices on the page: a table of each extractor's best head, drawn to one scale; what was typed is text."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from facebench.benchmarks.comparison import Row, best_of_each, compare_runs
from facebench.benchmarks.results import read_predictions, read_run, read_runs
from facebench.benchmarks.slices import slices_of_run
from facebench.reports import write_report
from facebench.reports._slices import slices_tables
from facebench.reports._table import WIDTH

MARKUP = "<img src=x onerror=alert(1)>"


def rows_of(*runs: Path) -> list[Row]:
    results, predictions = read_runs(runs)
    [group] = compare_runs(results, predictions=predictions)
    return group.rows


def test_the_rows_are_those_of_the_run_and_are_drawn_to_scale(runs: Path) -> None:
    run = runs / "0002-faces"
    found = slices_tables(rows_of(run), {run.name: run})
    [best] = best_of_each(rows_of(run))
    [(pairing, tables)] = found.pairings
    assert pairing == best.title
    of_run = slices_of_run(run, read_run(run), read_predictions(run))
    of = of_run[best.pairing.extractor, best.pairing.head]
    for table in tables:
        rates = [rate for rate in of.rates if rate.kind == table.title]
        assert [row.name for row in table.rows] == [rate.name for rate in rates]
        for row, rate in zip(table.rows, rates, strict=True):
            at = rate.rate * 100 / float(table.end) * WIDTH
            assert abs(row.whisker.at - at) < 0.06
            assert 0 <= row.whisker.low <= row.whisker.at <= row.whisker.high <= WIDTH
            assert 0 <= row.rest <= WIDTH
            assert row.figures[0] == str(rate.photos)
    assert sum(len(table.rows) for table in tables) >= 2


def test_the_page_has_them_as_text(runs: Path, tmp_path: Path, page_of: Callable[[str], Any]) -> None:
    write_report([runs / "0001-faces"], tmp_path / "report.html")
    page = page_of((tmp_path / "report.html").read_text(encoding="utf-8"))
    assert "img" not in page.tags
    assert f"own {MARKUP}" in page.text
    assert ("a", "href", "#slices-1") in page.attributes
    assert ("section", "id", "slices-1") in page.attributes


def test_a_run_that_measured_nothing_has_no_such_section(run: Path, page_of: Callable[[str], Any]) -> None:
    (run / "properties.csv").unlink()
    assert slices_tables(rows_of(run), {run.name: run}) is None
    write_report([run], run.parent / "report.html")
    page = page_of((run.parent / "report.html").read_text(encoding="utf-8"))
    assert ("section", "id", "slices-1") not in page.attributes
