"""Robustness in the report: a chart for each kind, where it was measured; what cannot be read is told."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from facebench.benchmarks.results import read_robustness, save_robustness
from facebench.benchmarks.robustness import choose_kinds, measure_robustness
from facebench.embeddings.store import VectorStore
from facebench.reports import write_report


@pytest.fixture
def report(run: Path, tmp_path: Path, page_of: Callable[[str], Any]) -> Callable[[], tuple[Any, list[str]]]:
    """Return a function that writes the report of a run: its page taken apart, and its notes."""

    def report() -> tuple[Any, list[str]]:
        written = write_report([run], tmp_path / "report.html")
        return page_of((tmp_path / "report.html").read_text(encoding="utf-8")), written.notes

    return report


def test_a_run_has_a_chart_for_each_kind_that_was_measured(
    run: Path, report: Callable[[], tuple[Any, list[str]]]
) -> None:
    before, notes = report()
    assert ("Robustness" in before.text, notes) == (False, [])
    store = VectorStore(run.parents[1] / "vectors.sqlite")
    result = measure_robustness(run, choose_kinds(["jpeg", "turn"]), extractor="colour", head="svm", store=store)
    store.close()
    page, notes = report()
    area = f"{100 * result.rows[0].area.value:.1f} %"
    assert f"Mean area under these curves: colour x svm {area}" in page.text
    assert notes == []
    assert page.tags.count("svg") - before.tags.count("svg") == 3  # and one in the legend
    assert "Robustness: turn" in page.text


def test_pairings_that_the_run_has_not_are_no_chart_and_damage_is_a_note(
    run: Path, report: Callable[[], tuple[Any, list[str]]]
) -> None:
    store = VectorStore(run.parents[1] / "vectors.sqlite")
    measure_robustness(run, choose_kinds(["turn"]), extractor="colour", store=store)
    store.close()
    result = read_robustness(run)
    assert result is not None
    other = result.rows[0].model_copy(update={"head": "knn"})
    save_robustness(run, result.model_copy(update={"rows": [other]}))
    assert "Robustness" not in report()[0].text
    (run / "robust.json").write_text("{")
    page, [note] = report()
    assert "Robustness" not in page.text
    assert "robust.json cannot be read or is damaged: bench robust" in note
