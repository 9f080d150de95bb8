"""A run in Python: its tables say what its files and the command say, with pandas and without."""

import csv
import io
import json
import shutil
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import facebench
import pandas
import pytest
from facebench.benchmarks.results import read_predictions
from facebench.errors import FacebenchError
from facebench.text import plain_text


def test_the_table_is_that_of_the_command(
    made: facebench.Run, command: Callable[..., tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, shown, _ = command("compare", "1", "--runs", made.path.parent, "--format", "csv")
    assert code == 0
    typed = [{name: plain_text(cell) for name, cell in row.items()} for row in csv.DictReader(io.StringIO(shown))]
    monkeypatch.setitem(sys.modules, "pandas", None)
    assert [{name: "" if cell is None else str(cell) for name, cell in row.items()} for row in made.table] == typed


def test_predictions_are_those_of_the_file(made: facebench.Run) -> None:
    rows = read_predictions(made.path)
    assert list(made.predictions.columns) == list(rows[0].columns)
    assert made.predictions["path"].tolist() == rows.column("path").tolist()
    scores = [None if pandas.isna(score) else score for score in made.predictions["score"]]
    assert scores == rows.column("score").tolist()
    assert None in scores
    assert made.predictions["score"].dtype == float


def test_errors_are_all_photos_that_were_decided_wrongly(made: facebench.Run) -> None:
    wrong = Counter(
        (row.extractor, row.head, row.target, row.path)
        for row in read_predictions(made.path)
        if row.decision != row.truth
    )
    errors = made.errors()
    found = errors.set_index(["extractor", "head", "target", "path"])["wrong"].to_dict()
    assert found == dict(wrong)
    assert set(errors["kind"]) == {"false accept", "no face"}
    assert (errors["tested"] >= errors["wrong"]).all()


def test_slices_are_those_of_the_command(
    made: facebench.Run, command: Callable[..., tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, shown, _ = command(
        "show", "1", "--runs", made.path.parent, "--slices", "--extractor", "colour", "--format", "csv"
    )
    assert code == 0
    typed = [{name: plain_text(cell) for name, cell in row.items()} for row in csv.DictReader(io.StringIO(shown))]
    monkeypatch.setitem(sys.modules, "pandas", None)
    [head] = {row["head"] for row in typed}
    found = made.slices("colour", head)
    assert [{name: "" if cell is None else str(cell) for name, cell in row.items()} for row in found] == typed
    assert {row["property"] for row in made.slices()} >= {row["property"] for row in typed}


def test_errors_of_one_pairing(made: facebench.Run) -> None:
    errors = made.errors(extractor="colour", head="logreg")
    assert len(errors) > 0
    assert set(errors["extractor"] + errors["head"]) == {"colourlogreg"}
    with pytest.raises(FacebenchError, match="Did you mean 'colour'"):
        made.errors(extractor="color")


def test_without_pandas_tables_are_lists_that_hold_the_same(
    made: facebench.Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    frames = [made.table, made.predictions, made.errors()]
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, "pandas", None)
        lists = [made.table, made.predictions, made.errors()]
    for frame, rows in zip(frames, lists, strict=True):
        assert isinstance(rows, list)
        assert list(rows[0]) == list(frame.columns)
        pandas.testing.assert_frame_equal(pandas.DataFrame(rows), frame)


def test_a_run_without_predictions_has_a_table(made: facebench.Run, tmp_path: Path) -> None:
    shared = shutil.copytree(made.path, tmp_path / "0001-shared")
    (shared / "predictions.csv").unlink()
    run = facebench.open_run(shared)
    assert run.table["balanced"].tolist() == made.table["balanced"].tolist()
    for rows in (lambda: run.predictions, run.errors):
        with pytest.raises(FacebenchError, match="0001-shared holds no predictions"):
            rows()


def test_a_run_is_opened_by_its_names(made: facebench.Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(made.path.parent.parent)
    for run in (facebench.open_run(), facebench.open_run("runs/0001"), facebench.open_run("1", made.path.parent)):
        assert (run.path.resolve(), run.result) == (made.path.resolve(), made.result)
    with pytest.raises(FacebenchError, match=r"No run '2' in runs\. There is: 0001"):
        facebench.open_run("runs/2")


def test_a_run_in_which_nothing_was_tested_is_refused(made: facebench.Run, tmp_path: Path) -> None:
    untested = tmp_path / "0001-none"
    untested.mkdir()
    result = json.loads((made.path / "result.json").read_text())
    (untested / "result.json").write_text(json.dumps(result | {"pairings": []}))
    with pytest.raises(FacebenchError, match=r"Nothing was tested in .*0001-none"):
        facebench.open_run(untested)


def test_it_says_what_it_is(made: facebench.Run) -> None:
    assert repr(made) == f"<Run {made.path}: {made.sentence}>"
    assert any("[few-units]" in note for note in made.notes)
