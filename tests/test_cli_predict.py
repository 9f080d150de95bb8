"""`bench predict`, as a person types it: exit codes, what is printed where, and the photos that are copied."""

import csv
import errno
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from facebench.benchmarks import Settings
from facebench.bundles import Bundle, train_bundle
from facebench.data import _collected, people_folder
from facebench.embeddings import StagedExtractor
from facebench.embeddings.faces._finder import FaceFinder
from facebench.embeddings.store import VectorStore

Bench = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory, orl: list[Path]) -> Path:
    """A folder with me.facebench, which knows s2, and an album: two photos of s2, two of others, and a text."""
    folder = tmp_path_factory.mktemp("work")
    for person in range(2, 6):
        (folder / "people" / f"s{person}").mkdir(parents=True)
        for photo in orl[10 * (person - 1) :][:7]:
            shutil.copy(photo, folder / "people" / f"s{person}")
    settings = Settings(extractors=["face_recognition"], heads=["logreg"], target="s2", repeats=1)
    train_bundle(people_folder(folder / "people"), settings, store=VectorStore()).save(folder / "me.facebench")
    (folder / "album" / "deep").mkdir(parents=True)
    for name, photo in {"a.pgm": 18, "b.pgm": 28, "deep/c.pgm": 19, "deep/d.pgm": 39}.items():
        shutil.copy(orl[photo], folder / "album" / name)
    (folder / "album" / "notes.txt").write_text("not a photo")
    return folder


@pytest.fixture
def bench(work: Path, command: Bench, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """Return a function that runs `bench predict me.facebench` beside the photos: exit code, output, messages."""

    def bench(*arguments: str | Path, bundle: str | Path = "me.facebench") -> tuple[int, str, str]:
        return command("predict", bundle, *arguments)

    monkeypatch.chdir(work)
    return bench


def answers(shown: str) -> dict[str, str]:
    """Return the answers of CSV by path."""
    return {row["path"]: row["answer"] for row in csv.DictReader(io.StringIO(shown))}


def test_a_folder_is_answered_photo_by_photo(bench: Bench) -> None:
    code, shown, told = bench("album")
    assert code == 0
    assert answers(shown) == {
        "album/a.pgm": "me",
        "album/b.pgm": "not me",
        "album/deep/c.pgm": "me",
        "album/deep/d.pgm": "not me",
    }
    assert told == "4 photos: 2 of me, 2 not me (1 file passed over)\n"


def test_the_exit_code_says_whether_i_am_on_one(bench: Bench) -> None:
    assert bench("album/a.pgm", "album/b.pgm")[0] == 0
    assert bench("album/b.pgm")[0] == 1
    assert bench("album/notes.txt")[0] == 1


def test_patterns_in_quotes_and_files_are_taken_in_their_order(bench: Bench) -> None:
    _, shown, _ = bench("album/deep/*.pgm", "album/b.pgm", "album/**/*.pgm")
    assert list(answers(shown)) == ["album/deep/c.pgm", "album/deep/d.pgm", "album/b.pgm", "album/a.pgm"]


@pytest.mark.parametrize("faces", ["largest", "any"])
def test_json_is_for_programs(faces: str, bench: Bench) -> None:
    code, shown, _ = bench("album/a.pgm", "album/notes.txt", "--format", "json", "--faces", faces)
    assert code == 0
    first, second = json.loads(shown)
    [face] = first["faces"]
    assert (first["answer"], first["score"], first["probability"]) == ("me", face["score"], face["probability"])
    assert len(face["box"]) == 4
    assert (second["answer"], second["faces"], second["score"]) == ("unsupported", [], None)
    assert "not a JPEG, PNG" in second["detail"]


def test_the_table_is_for_people(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "110")
    code, shown, told = bench("album/a.pgm", "album/notes.txt", "--format", "table")
    assert code == 0
    header, mine, _, failed, text = shown.splitlines()
    assert header.split() == ["photo", "answer", "probability"]
    assert mine.split()[:2] == ["album/a.pgm", "me"]
    assert failed == "Not examined: 1 photo"
    assert text.split()[:2] == ["album/notes.txt", "unsupported:"]
    assert told == "2 photos: 1 of me, 1 unsupported\n"


@pytest.fixture
def terminal(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Let standard output and error be a terminal, 80 characters wide, that knows no colours."""
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setattr(type(sys.stdout), "isatty", lambda stream: stream in (sys.stdout, sys.stderr))


def test_a_terminal_shows_an_overview_of_many_photos(bench: Bench, terminal: None) -> None:
    code, shown, told = bench("people", "album/notes.txt")
    lines = [line.split() for line in shown.splitlines()]
    assert code == 0
    assert lines[0][:3] == ["Me:", "7", "photos,"]
    assert ["Not", "examined:", "1", "photo"] in lines
    assert ["album/notes.txt", "unsupported:"] in [line[:2] for line in lines]
    rows = [line for line in lines if line and line[0].endswith((".pgm", ".txt"))]
    assert max(map(len, told.splitlines())) <= 80
    counts, hidden = " ".join(told.split()).rsplit("; ", 1)
    assert counts.startswith("29 photos: ")
    assert hidden == f"{29 - len(rows)} not shown, --all shows every photo"
    assert {f"people/s2/{photo}.pgm" for photo in range(1, 8)} <= {row[0] for row in rows}
    _, whole, told = bench("people", "album/notes.txt", "--all")
    assert sum(line.split()[0].endswith((".pgm", ".txt")) for line in whole.splitlines() if line) == 29
    assert told.strip() == counts


@pytest.mark.parametrize(
    "options", [["--format", "csv"], ["--only", "not-me"], ["--only", "not-me", "--format", "csv"]]
)
def test_what_is_asked_for_is_not_summarised(options: list[str], bench: Bench, terminal: None) -> None:
    _, shown, told = bench("people", *options)
    assert len(shown.splitlines()) == (22 if "--only" in options else 29)
    assert "not shown" not in told


def test_few_photos_are_all_shown_on_a_terminal(bench: Bench, terminal: None) -> None:
    _, shown, told = bench("album")
    assert len(shown.splitlines()) == 5
    assert told.strip() == "4 photos: 2 of me, 2 not me (1 file passed over)"


@pytest.mark.parametrize(("only", "names"), [("me", "ac"), ("not-me", "bd"), ("no-face", "")])
@pytest.mark.parametrize("style", ["table", "csv", "json"])
def test_only_some_answers_are_shown_and_all_are_counted(only: str, names: str, style: str, bench: Bench) -> None:
    code, shown, told = bench("album", "album/notes.txt", "--only", only, "--format", style)
    assert code == 0
    assert "".join(name for name in "abcd" if f"{name}.pgm" in shown) == names
    assert "notes.txt" not in shown
    failed, counts = told.splitlines()
    assert failed.startswith("album/notes.txt: unsupported: not a JPEG")
    assert counts == "5 photos: 2 of me, 2 not me, 1 unsupported (1 file passed over)"


def test_names_do_no_harm(bench: Bench, work: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ["=HYPERLINK(1).pgm", "evil\x1b[2J.pgm", "[red]me.pgm", 'new\nline,".pgm', os.fsdecode(b"caf\xe9.pgm")]
    for name in names:
        shutil.copy(work / "album" / "a.pgm", tmp_path / name)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)
    shown = {}
    for style in ("csv", "table", "json"):
        code, shown[style], _ = bench(*names, "--format", style, bundle=work / "me.facebench")
        assert code == 0
        assert "\x1b" not in shown[style]
        assert shown[style].encode()  # which a lone surrogate would not take
    safe = ["'=HYPERLINK(1).pgm", "evil\\x1b[2J.pgm", "[red]me.pgm", 'new\\nline,".pgm', "caf\\udce9.pgm"]
    assert list(answers(shown["csv"])) == safe
    for name in safe[1:]:
        assert name in shown["table"]
    assert [answer["path"] for answer in json.loads(shown["json"])] == [*names[:4], "caf\\udce9.pgm"]


def test_photos_of_me_are_copied_together(bench: Bench, work: Path, tmp_path: Path) -> None:
    folder = tmp_path / "of me"
    code, _, told = bench("album", "--copy-to", folder)
    assert code == 0
    assert told.splitlines()[1] == f"{folder}: 2 copied, 0 already there"
    assert sorted(path.name for path in folder.iterdir()) == ["a.pgm", "c.pgm"]
    assert (folder / "a.pgm").read_bytes() == (work / "album" / "a.pgm").read_bytes()
    _, _, told = bench("album", "--copy-to", folder)
    assert told.splitlines()[1] == f"{folder}: 0 copied, 2 already there"
    (folder / "a.pgm").write_bytes(b"edited")
    _, _, told = bench("album", "--copy-to", folder)
    assert told.splitlines()[1] == f"{folder}: 1 copied, 1 already there"
    assert (folder / "a.pgm").read_bytes() == b"edited"
    assert (folder / "a-2.pgm").read_bytes() == (work / "album" / "a.pgm").read_bytes()
    assert bench("album/b.pgm", "--copy-to", tmp_path / "none")[0] == 1


def test_photos_of_me_are_linked_in_their_subfolders(bench: Bench, work: Path, tmp_path: Path) -> None:
    for said in ("2 linked, 0 already there", "0 linked, 2 already there"):
        code, _, told = bench("album", "--link-to", tmp_path, "--keep-folders", "--only", "no-face")
        assert code == 0
        assert told.splitlines()[1] == f"{tmp_path}: {said}"
    assert {path.relative_to(tmp_path).as_posix(): path.resolve() for path in tmp_path.rglob("*.pgm")} == {
        "a.pgm": work / "album" / "a.pgm",
        "deep/c.pgm": work / "album" / "deep" / "c.pgm",
    }


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["nowhere"], "nowhere does not exist: give photos, folders of photos, or patterns such as '*.jpg'."),
        (["album/*.gif"], "album/*.gif does not exist"),
        (["album/b.pgm", "--copy-to", "album"], "--copy-to album holds album/b.pgm, which is looked at"),
        (["album/b.pgm", "--copy-to", "me.facebench"], "--copy-to me.facebench cannot be made: File exists."),
        (["album", "--link-to", "album/me"], "--link-to album/me lies in album, where its photos would be found again"),
        (["album", "--copy-to", "x", "--link-to", "y"], "--copy-to and --link-to are two ways to collect photos"),
        (["album", "--keep-folders"], "--keep-folders goes with --copy-to DIR or --link-to DIR"),
    ],
)
def test_a_slip_is_refused_by_name(arguments: list[str], complaint: str, bench: Bench) -> None:
    code, shown, told = bench(*arguments)
    assert (code, shown) == (2, "")
    assert told.startswith("Error: ")
    assert complaint in told


def test_a_folder_without_photos_is_refused(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").touch()
    code, _, told = bench(tmp_path)
    assert (code, told) == (2, f"Error: {tmp_path} holds no photos (skipped: 1 .txt).\n")


@pytest.mark.parametrize("name", ["nowhere.facebench", "album", "album/a.pgm", "album/notes.txt"])
def test_what_is_no_bundle_is_refused(name: str, bench: Bench) -> None:
    code, shown, told = bench("album", bundle=name)
    assert (code, shown) == (2, "")
    assert told.startswith(f"Error: {name} ")


def test_arguments_that_are_missing_or_wrong_are_refused(bench: Bench) -> None:
    assert bench()[0] == 2
    assert bench("album", "--faces", "all")[0] == 2
    assert bench("album", "--format", "md")[0] == 2


def test_any_needs_faces(bench: Bench, work: Path, tmp_path: Path) -> None:
    settings = Settings(extractors=["colour"], heads=["centroid"], target="s2", repeats=1)
    train_bundle(people_folder(work / "people"), settings).save(tmp_path / "colour.facebench")
    code, _, told = bench("album", "--faces", "any", bundle=tmp_path / "colour.facebench")
    assert code == 2
    assert "--faces any needs an extractor that looks at faces, and colour looks at the whole photo" in told


@pytest.mark.parametrize("owner", [StagedExtractor, FaceFinder], ids=["loading", "looking"])
def test_ctrl_c_ends_it_in_a_line(
    owner: Any, bench: Bench, orl: list[Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # Its bytes are new to the store, whatever other tests left there.
    (tmp_path / "new.pgm").write_bytes(orl[200].read_bytes().replace(b"P5", b"P5\n# new", 1))

    def pressed(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(owner, "load" if owner is StagedExtractor else "find", pressed)
    code, shown, told = bench(tmp_path / "new.pgm")
    assert (code, shown) == (130, "")
    assert told == "Interrupted. Vectors are saved: the next start resumes there.\n"


@pytest.mark.parametrize(
    ("error", "code"), [(KeyboardInterrupt(), 130), (OSError(errno.ENOSPC, "No space left on device"), 2)], ids=repr
)
def test_copying_that_is_ended_leaves_no_half_photo(
    error: BaseException, code: int, bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = shutil.copy2

    def copy(source: Path, target: str) -> object:
        if source.name == "c.pgm":
            Path(target).write_bytes(b"half")
            raise error
        return whole(source, target)

    monkeypatch.setattr(_collected.shutil, "copy2", copy)
    ended, _, told = bench("album", "--copy-to", tmp_path)
    assert ended == code
    assert [path.name for path in tmp_path.iterdir()] == ["a.pgm"]
    assert "Traceback" not in told
    if code == 2:
        assert "c.pgm cannot be copied into" in told
        assert "(No space left on device): 1 photo copied before it." in told


def test_a_folder_that_cannot_be_written_is_refused_before_the_work(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Bundle, "predict", None)
    monkeypatch.setattr(_collected.os, "access", lambda path, mode: mode == os.R_OK)  # root may write everywhere
    code, shown, told = bench("album", "--copy-to", tmp_path)
    assert (code, shown) == (2, "")
    assert told == f"Error: --copy-to {tmp_path} cannot be written: choose another folder.\n"


def test_the_command_imports_nothing_that_only_training_needs(work: Path) -> None:
    code = """
import atexit, sys
from facebench.cli import main
unwanted = {"tensorflow", "keras", "sklearn", "scipy"}
atexit.register(lambda: print("loaded:", *sorted({name.split(".")[0] for name in sys.modules} & unwanted)))
sys.argv = ["bench", "predict", "me.facebench", *sys.argv[1:]]
main()
"""
    photos = ["people/s2/1.pgm", "album/b.pgm", str(work / "people" / "s4" / "2.pgm")]
    command = [sys.executable, "-W", "error", "-c", code, *photos]
    done = subprocess.run(command, cwd=work, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "loaded:"
    assert list(answers(done.stdout.rpartition("loaded:")[0]).values()) == ["me", "not me", "not me"]
