"""Runs on disk: private, numbered, written whole or not at all, and read back as they were."""

import json
import os
import re
import shutil
import stat
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from facebench.benchmarks.results import (
    CURVE,
    Prediction,
    RunFolder,
    RunResult,
    find_curve,
    find_run,
    find_runs,
    read_curve,
    read_predictions,
    read_run,
    read_runs,
)
from facebench.benchmarks.results._run_folders import RESULT
from facebench.benchmarks.results.tables._predictions import PREDICTIONS
from facebench.errors import FacebenchError
from facebench.text._csv import spreadsheet_safe
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

#: What file names and people may be called, at worst.
NAMES = [
    "s1/1.pgm",
    "=1+1.jpg",
    "+1.jpg",
    "-1.jpg",
    "@SUM(A1).jpg",
    "\tx.jpg",
    "\rx.jpg",
    "'=1+1.jpg",
    "''.jpg",
    'a "quoted", name.jpg',
    "two\nlines.jpg",
    "carriage\rreturn.jpg",
    "both\r\n.jpg",
    "a,b;c.jpg",
    "[red]markup[/red].jpg",
    "\x1b[2J.jpg",
    "Zoë 张 ☃.jpg",
    "",
]
NOT_A_SURROGATE = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


@pytest.fixture
def result(run_of: Callable[..., RunResult], tested: Callable[..., object]) -> RunResult:
    return run_of({("blocks", "svm"): [tested("ann", rejects=1, accepts=2)]})


@pytest.fixture
def run(tmp_path: Path, result: RunResult) -> Path:
    """The folder of a sound run with one prediction."""
    folder = RunFolder(tmp_path / "runs", "faces")
    folder.save(result, [_prediction("s1/1.pgm")])
    assert folder.path is not None
    return folder.path


def test_runs_are_numbered_in_the_order_of_their_first_save(tmp_path: Path, result: RunResult) -> None:
    first, second, third = (RunFolder(tmp_path, slug) for slug in ("orl", "orl", "mine"))
    for folder in (second, first, third, second):
        folder.save(result, [])
    assert (second.name, first.name, third.name) == ("0001-orl", "0002-orl", "0003-mine")
    assert [path.name for path in find_runs(tmp_path)] == ["0001-orl", "0002-orl", "0003-mine"]


def test_a_number_is_not_given_twice_when_a_run_was_deleted(tmp_path: Path, result: RunResult) -> None:
    for number in (1, 7):
        (tmp_path / f"{number:04d}-orl").mkdir()
    (tmp_path / "notes-12.txt").touch()
    folder = RunFolder(tmp_path, "orl")
    folder.save(result, [])
    assert folder.name == "0008-orl"


def test_ten_thousand_runs_stay_in_order(tmp_path: Path, result: RunResult) -> None:
    for name in ("9999-orl", "10000-orl", "0002-orl"):
        (tmp_path / name).mkdir()
        (tmp_path / name / RESULT).touch()
    assert [path.name for path in find_runs(tmp_path)] == ["0002-orl", "9999-orl", "10000-orl"]


@pytest.mark.parametrize("name", ["0002-orl", "2", "0002", "last", "runs/0002-orl", "runs/2", "runs/last"])
def test_a_run_is_found_by_any_of_its_names(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for run in ("0001-orl", "0002-orl"):
        (tmp_path / "runs" / run).mkdir(parents=True)
        (tmp_path / "runs" / run / RESULT).touch()
    assert find_run("runs", name) == Path("runs/0002-orl")
    with pytest.raises(FacebenchError, match="No run '3' in elsewhere"):
        find_run("runs", "elsewhere/3")


def test_nothing_is_made_before_the_first_save(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "deep" / "runs", "orl")
    assert (folder.name, folder.path) == ("", None)
    assert list(folder.root.iterdir()) == []


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077], ids=oct)
def test_a_run_is_for_its_owner_alone(umask: int, tmp_path: Path, result: RunResult) -> None:
    before = os.umask(umask)
    try:
        folder = RunFolder(tmp_path / "runs", "orl")
        folder.save(result, [])
        folder.save(result, [_prediction("a.jpg")])
    finally:
        os.umask(before)
    assert folder.path is not None
    assert {_mode(path) for path in (folder.root, folder.path)} == {0o700}
    assert {path.name: _mode(path) for path in folder.path.iterdir()} == {RESULT: 0o600, PREDICTIONS: 0o600}


@pytest.mark.parametrize("written", [0, 1], ids=["first file", "second file"])
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()], ids=["full", "Ctrl-C"])
def test_a_save_that_fails_leaves_the_old_state_and_nothing_else(
    written: int,
    error: BaseException,
    run: Path,
    run_of: Callable[..., RunResult],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = _contents(run)
    folder = RunFolder(run.parent, "faces")
    folder.path = run
    results = iter([None] * written)

    def fsync(handle: int) -> None:
        if next(results, error):
            raise error

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(FacebenchError if isinstance(error, OSError) else KeyboardInterrupt):
        folder.save(run_of({}, title="New"), [_prediction("new.jpg")])
    assert _contents(run) == before


def test_a_save_that_cannot_make_its_folder_says_where(tmp_path: Path, result: RunResult) -> None:
    folder = RunFolder(tmp_path / "runs", "orl")
    folder.root.rmdir()
    folder.root.touch()
    with pytest.raises(FacebenchError, match=f"{re.escape(str(folder.root))} cannot be written .*--runs"):
        folder.save(result, [])


@pytest.mark.parametrize("below", ["file", "file/runs"])
def test_a_root_that_is_no_folder_is_refused_at_once(below: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(FacebenchError, match=r"file.* cannot be written .*choose another folder with --runs DIR"):
        RunFolder(tmp_path / below, "orl")


def test_a_root_without_the_right_to_write_is_refused_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(FacebenchError, match="cannot be written: choose another folder"):
        RunFolder(tmp_path, "orl")


@pytest.mark.parametrize("slugs", [["orl"], ["orl", "mine"]], ids=["one name", "several names"])
def test_runs_at_the_same_moment_get_numbers_of_their_own(slugs: list[str], tmp_path: Path, result: RunResult) -> None:
    writers = 8
    together = threading.Barrier(writers)

    def write(writer: int) -> None:
        for _ in range(5):
            folder = RunFolder(tmp_path, slugs[writer % len(slugs)])
            together.wait()
            folder.save(result.model_copy(update={"command": folder.slug}), [])

    with ThreadPoolExecutor(writers) as pool:
        list(pool.map(write, range(writers)))
    runs = find_runs(tmp_path)
    assert len({path.name.split("-")[0] for path in runs}) == len(runs) == 5 * writers
    assert {path.name.split("-")[1] for path in runs} == set(slugs)
    assert all(read_run(path).command == path.name.split("-")[1] for path in runs)


def test_a_reader_never_sees_half_a_state(tmp_path: Path, run_of: Callable[..., RunResult]) -> None:
    folder = RunFolder(tmp_path, "orl")
    folder.save(run_of({}), [])
    states = [(run_of({}, title=title), [_prediction(title)] * 100) for title in ("a" * 50_000, "b")]
    done = threading.Event()

    def write() -> None:
        for _ in range(8):
            for state in states:
                folder.save(*state)
        done.set()

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write)
        reads = 0
        while not done.is_set() and not writing.done():
            read_run(folder.path)
            assert len(read_predictions(folder.path)) in (0, 100)
            reads += 1
        writing.result()
    assert reads > 3


def test_runs_are_read_together_with_the_rows_that_there_are(tmp_path: Path, run: Path, result: RunResult) -> None:
    alone = tmp_path / "elsewhere" / run.name
    shutil.copytree(run, alone)
    runs, rows = read_runs([run])
    assert runs == [(run.name, result)]
    assert rows == {run.name: read_predictions(run)}
    (alone / PREDICTIONS).unlink()
    runs, rows = read_runs([alone, run])  # of one name, and not of one result
    assert [name for name, _ in runs] == [str(alone), str(run)]
    assert list(rows) == [str(run)]


def test_a_result_is_read_as_it_was_written(run: Path, result: RunResult) -> None:
    assert read_run(run) == result


@pytest.mark.parametrize("name", NAMES)
def test_predictions_are_read_as_they_were_written_whatever_the_names(
    name: str, tmp_path: Path, result: RunResult
) -> None:
    rows = [
        _prediction(name),
        _prediction(name, person=name, target=name, score=-1.25, decision="other"),
        _prediction(name, score=None, outcome="no_face", box=""),
    ]
    folder = RunFolder(tmp_path, "orl")
    folder.save(result, rows)
    assert read_predictions(folder.path) == rows


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=NOT_A_SURROGATE,
    person=NOT_A_SURROGATE,
    score=st.none() | st.floats(allow_nan=False),
)
def test_any_row_is_read_as_it_was_written(
    path: str, person: str, score: float | None, tmp_path: Path, result: RunResult
) -> None:
    rows = [_prediction(path, person=person, score=score), _prediction("next.jpg")]
    folder = RunFolder(tmp_path, "orl")
    folder.save(result, rows)
    assert read_predictions(folder.path) == rows


def test_no_cell_of_the_predictions_is_a_formula(run: Path, result: RunResult) -> None:
    folder = RunFolder(run.parent, "faces")
    folder.save(result, [_prediction(name, person=name, target=name) for name in NAMES])
    for line in (folder.path / PREDICTIONS).read_text(encoding="utf-8").split("\n"):
        assert not re.search(r'(^|,)"?[=+@\t\r-]', line)


@given(st.text())
@example("=1+1")
@example("'")
@example("''")
def test_a_safe_text_begins_no_formula_and_can_be_taken_back(text: str) -> None:
    safe = spreadsheet_safe(text)
    assert not safe.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert safe.removeprefix("'") == text
    assert safe in (text, f"'{text}")


def test_losses_that_are_no_numbers_are_read_back(
    tmp_path: Path, run_of: Callable[..., RunResult], tested: Callable[..., object]
) -> None:
    diverged = tested("ann").model_copy(update={"history": {"loss": [0.7, float("inf"), float("nan")]}})
    folder = RunFolder(tmp_path, "orl")
    folder.save(run_of({("blocks", "mlp"): [diverged]}), [])
    losses = read_run(folder.path).pairings[0].targets[0].history["loss"]
    assert list(map(str, losses)) == ["0.7", "inf", "nan"]
    json.loads((folder.path / RESULT).read_text(), parse_constant=pytest.fail)  # JSON knows no NaN


@pytest.mark.parametrize(
    ("content", "where"),
    [
        pytest.param("", "the file", id="empty"),
        pytest.param('{"schema_version": 1, "created": "20', "the file", id="truncated"),
        pytest.param("[1, 2]", "the file", id="a list"),
        pytest.param("null", "the file", id="null"),
        pytest.param('{"schema_version": 1}', "created", id="keys are missing"),
        pytest.param("[" * 100_000, "the file", id="nested too deep"),
    ],
)
def test_a_damaged_result_is_named(content: str, where: str, run: Path) -> None:
    (run / RESULT).write_text(content)
    with pytest.raises(FacebenchError, match=rf"{re.escape(str(run / RESULT))} is damaged \({where}: .*delete"):
        read_run(run)


@pytest.mark.parametrize(
    ("key", "value"),
    [("status", "done"), ("seconds", "long"), ("targets", {}), ("pairings", [{}])],
)
def test_a_result_with_a_wrong_value_is_named_with_its_key(key: str, value: object, run: Path) -> None:
    content = json.loads((run / RESULT).read_text())
    (run / RESULT).write_text(json.dumps({**content, key: value}))
    with pytest.raises(FacebenchError, match=rf"{re.escape(str(run / RESULT))} is damaged \({key}"):
        read_run(run)


def _with_news(content: object) -> object:
    """Return JSON with a key more in every object that is a model of ours, not a dictionary by name."""
    if isinstance(content, list):
        return [_with_news(part) for part in content]
    if not isinstance(content, dict):
        return content
    by_name = (
        "evidence",
        "failures",
        "card",
        "history",
        "estimates",
        "skipped_files",
        "sources",
        "versions",
        "heads",
        "machine",
    )
    parts = {key: part if key in by_name else _with_news(part) for key, part in content.items()}
    return {**parts, "news": {"of": ["a newer facebench"]}}


def test_keys_that_a_newer_facebench_has_added_are_passed_over(run: Path, result: RunResult) -> None:
    content = json.loads((run / RESULT).read_text())
    settings = content.pop("settings")
    text = json.dumps({**_with_news(content), "settings": settings})
    assert text.count('"news"') == 6
    (run / RESULT).write_text(text)
    assert read_run(run) == result


def test_unknown_settings_are_kept_beside_the_known_ones(run: Path, result: RunResult) -> None:
    content = json.loads((run / RESULT).read_text())
    content["settings"].update(colour_space="lab", seed=3)
    content["settings"]["augmentation"]["zoom_out"] = 0.25
    (run / RESULT).write_text(json.dumps(content))
    read = read_run(run).settings
    assert read.model_extra == {"colour_space": "lab", "augmentation.zoom_out": 0.25}
    assert read.model_dump(exclude={*read.model_extra}) == {**result.settings.model_dump(), "seed": 3}


def test_settings_are_read_as_they_were_made_where_all_are_known(run: Path, result: RunResult) -> None:
    settings = read_run(run).settings
    assert (type(settings), settings.model_extra) == (type(result.settings), None)


def test_a_wrong_value_among_news_is_named(run: Path) -> None:
    content = json.loads((run / RESULT).read_text())
    content["settings"].update(colour_space="lab", seed="many")
    (run / RESULT).write_text(json.dumps({**content, "news": 1}))
    with pytest.raises(FacebenchError, match=r"is damaged \(settings\.seed: "):
        read_run(run)


def test_columns_that_a_newer_facebench_has_added_are_passed_over(run: Path) -> None:
    before = read_predictions(run)
    columns, *rows = (run / PREDICTIONS).read_text().splitlines()
    lines = [f'"quality",{columns},"news","news"', *(f'"0.5",{row},"1","2"' for row in rows)]
    (run / PREDICTIONS).write_text("\n".join(lines) + "\n")
    assert read_predictions(run) == before != []


def test_a_result_of_a_newer_version_is_no_damage(run: Path) -> None:
    content = json.loads((run / RESULT).read_text())
    (run / RESULT).write_text(json.dumps({**content, "schema_version": 2, "new": []}))
    with pytest.raises(FacebenchError, match=rf"{re.escape(str(run / RESULT))} was written by a newer facebench"):
        read_run(run)


@pytest.mark.parametrize(("file", "read"), [(RESULT, read_run), (PREDICTIONS, read_predictions)])
@pytest.mark.parametrize("damage", ["missing", "a folder", "not text"])
def test_a_file_that_cannot_be_read_is_named(file: str, read: Callable[[Path], object], damage: str, run: Path) -> None:
    (run / file).unlink()
    if damage == "a folder":
        (run / file).mkdir()
    if damage == "not text":
        (run / file).write_bytes(b"\xff\xfe\x00caf\xe9")
    with pytest.raises(FacebenchError, match=f"{re.escape(str(run / file))} cannot be read"):
        read(run)


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda text: "", id="empty"),
        pytest.param(lambda text: "name;age\nann;3\n", id="a foreign file"),
        pytest.param(lambda text: "name;age\n", id="a foreign file without rows"),
        pytest.param(lambda text: text.replace("score", "points"), id="a renamed column"),
        pytest.param(lambda text: text.replace(',"box"', ""), id="a column too few"),
        pytest.param(lambda text: text.rstrip() + ",1,2\n", id="cells too many"),
        pytest.param(lambda text: text[:-30], id="cut off"),
        pytest.param(lambda text: text.replace("0.75", "high"), id="a score in words"),
        pytest.param(lambda text: text.replace('"me"', '"you"'), id="an unheard-of class"),
        pytest.param(lambda text: text + '"', id="an open quote"),
    ],
)
def test_damaged_predictions_are_named(damage: Callable[[str], str], run: Path) -> None:
    file = run / PREDICTIONS
    text = damage(file.read_text())
    assert text != file.read_text()
    file.write_text(text)
    with pytest.raises(FacebenchError, match=f"{re.escape(str(file))} cannot be read or is damaged"):
        read_predictions(run)


def test_a_run_is_found_by_number_name_and_path(run: Path) -> None:
    for name in ("1", "0001", "0001-faces", str(run)):
        assert find_run(run.parent, name) == run


@pytest.mark.parametrize(
    ("name", "hint"), [("2", "There is: 0001-faces"), ("0001-face", "Did you mean '0001-faces'"), ("", "There is")]
)
def test_a_run_that_is_not_there_is_refused_with_what_there_is(name: str, hint: str, run: Path) -> None:
    with pytest.raises(FacebenchError, match=rf"No run '{name}' in {re.escape(str(run.parent))}\. {hint}"):
        find_run(run.parent, name)


def test_where_there_are_no_runs_it_says_how_to_make_one(tmp_path: Path) -> None:
    (tmp_path / "0001-no-result").mkdir()
    for root in (tmp_path, tmp_path / "missing"):
        assert find_runs(root) == []
        with pytest.raises(FacebenchError, match="There are none yet: bench run makes one"):
            find_run(root, "1")


def test_a_learning_curve_is_no_run(run: Path) -> None:
    curve = run.parent / "0002-faces-curve"
    curve.mkdir()
    (curve / CURVE).write_text("{}")
    assert find_runs(run.parent) == [run]
    for name in ("2", curve.name, str(curve)):
        assert find_curve(run.parent, name) == curve
        with pytest.raises(FacebenchError, match=rf"{curve.name} in .* is a learning curve, not a run: bench show "):
            find_run(run.parent, name)
    assert find_curve(run.parent, "1") is find_curve(run.parent / "nowhere", "2") is find_curve(run, "a" * 300) is None
    with pytest.raises(FacebenchError, match=rf"{curve.name}/curve\.json cannot be read: bench curve makes a new one"):
        read_curve(curve)


def test_an_unchecked_row_is_the_checked_one_and_smaller() -> None:
    checked = _prediction("a/1.jpg", group="3")
    unchecked = Prediction.unchecked(*checked.model_dump().values())
    assert unchecked == checked
    assert unchecked.model_dump() == checked.model_dump()
    assert unchecked.model_copy(update={"path": "b"}) == checked.model_copy(update={"path": "b"})

    class Fresh(Prediction):
        """Whose objects share a table of names, as long as nobody has added to one of them."""

    values = checked.model_dump()
    assert sys.getsizeof(Fresh.unchecked(*values.values()).__dict__) < sys.getsizeof(Fresh(**values).__dict__)
    with pytest.raises(ValueError, match="shorter"):
        Prediction.unchecked("colour", "logreg")


def test_rows_that_are_written_are_not_written_again(tmp_path: Path, result: RunResult) -> None:
    folder, rows = RunFolder(tmp_path / "runs", "photos"), [_prediction("1.jpg")]
    folder.save(result, rows)
    assert folder.path is not None
    written = (folder.path / PREDICTIONS).stat()
    folder.save(result.model_copy(update={"status": "complete"}), rows)
    assert (folder.path / PREDICTIONS).stat().st_ino == written.st_ino
    assert read_run(folder.path).status == "complete"
    for more in (rows, list(rows)):
        more.append(_prediction("2.jpg"))
        folder.save(result, more)
        assert read_predictions(folder.path) == more


def _prediction(path: str, **fields: object) -> Prediction:
    values = {
        "extractor": "blocks",
        "head": "svm(C=10, kernel='rbf')",
        "target": "ann",
        "sha256": "0" * 64,
        "person": "bob",
        "split_seed": 0,
        "truth": "me",
        "score": 0.75,
        "decision": "me",
        "outcome": "embedded",
        "box": "-1 2 90 110",
    }
    return Prediction(**{**values, "path": path, **fields})


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def _contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}
