"""Look-alikes on the page: a table of each extractor's best head, with the nearest photos; names are text."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from facebench.benchmarks.comparison import Row, compare_runs
from facebench.benchmarks.results import read_runs
from facebench.embeddings.store import VectorStore
from facebench.reports import write_report
from facebench.reports._lookalikes import LookalikesTable, lookalike_tables

MARKUP = "<img src=x onerror=alert(1)>"


def rows_of(run: Path) -> list[Row]:
    results, predictions = read_runs([run])
    [group] = compare_runs(results, predictions=predictions)
    return group.rows


def table_of(run: Path, store: Path, *, photos: bool = False) -> LookalikesTable:
    [table] = lookalike_tables(rows_of(run), {run.name: run}, VectorStore(store), photos=photos)
    return table


@pytest.mark.parametrize("photos", [False, True])
def test_there_is_a_table_of_each_extractor_with_the_nearest_photos(mistaken: Path, photos: bool) -> None:
    run = mistaken / "0002-faces"
    table = table_of(run, mistaken / "vectors.sqlite", photos=photos)
    assert (table.pairing, table.several, table.photos) == (rows_of(run)[0].title, False, photos)
    tested = {row.person for row in rows_of(run)[0].predictions if row.truth == "other"}
    ranked = [person for person in table.people if person.figures[0] != "in no test"]
    assert {person.name for person in ranked} <= tested
    assert not {person.name for person in table.people[len(ranked) :]} & tested
    for person in table.people:
        (theirs, their_picture), (mine, my_picture) = person.pair
        assert (Path(theirs).parent.name, Path(mine).parent.name) == (person.name, MARKUP)
        assert all(picture.source.startswith("data:image/jpeg") == photos for picture in (their_picture, my_picture))


def test_of_several_targets_each_is_named(runs: Path, tmp_path: Path, page_of: Callable[[str], Any]) -> None:
    store = VectorStore(runs / "vectors.sqlite")
    table = table_of(runs / "0001-faces", runs / "vectors.sqlite")
    assert table.several
    assert len({person.target for person in table.people}) > 1
    write_report([runs / "0001-faces"], tmp_path / "report.html", store=store)
    store.close()
    page = page_of((tmp_path / "report.html").read_text(encoding="utf-8"))
    assert "Look-alikes" in page.text
    assert "img" not in page.tags
    for person in table.people:
        assert person.name in page.text
        assert all(file in page.text for file, _ in person.pair)


def test_a_run_without_rows_has_no_table(run: Path) -> None:
    (run / "predictions.csv").unlink()
    assert lookalike_tables(rows_of(run), {run.name: run}, None, photos=False) == []
