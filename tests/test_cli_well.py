"""`bench check`, `bench doctor` and `bench embed` as a person uses them: output, exit codes, Ctrl-C."""

import csv
import io
import json
import os
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from facebench.cli import app
from facebench.data import orl_faces
from facebench.embeddings import load_extractor
from facebench.embeddings.faces.hog._ready import ready_search
from PIL import Image
from typer.testing import CliRunner, Result

BENCH = [sys.executable, "-c", "from facebench.cli import main; main()"]
FACES = [item.path for item in orl_faces().items if item.path.stem == "1"]


def bench(*arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [*BENCH, *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def invoked(*arguments: object) -> Result:
    """Run a command in this process, where its libraries are imported already."""
    return CliRunner().invoke(app, [*map(str, arguments)])


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Photos of two people, five and one; and a palace."""
    folder = tmp_path / "photos"
    for number, path in enumerate(FACES[:6]):
        target = folder / ("ann" if number < 5 else "bob") / f"{number}.png"
        target.parent.mkdir(parents=True, exist_ok=True)
        Image.open(path).save(target)
    return folder


# bench embed


def test_embed_writes_what_the_extractor_says(photos: Path, scenes: dict[str, Path], tmp_path: Path) -> None:
    shutil.copy(scenes["china"], photos / "ann" / "palace.jpg")
    (photos / "cut.jpg").write_bytes(scenes["flower"].read_bytes()[:-20_000])
    done = bench("embed", photos, "-o", "faces.npz", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout == (
        "faces.npz: 8 photos, 6 with a vector, 1 no_face, 1 truncated. "
        "Vectors of faces are personal data: for your eyes only (mode 0600).\n"
    )
    assert done.stderr == ""
    with np.load(tmp_path / "faces.npz") as arrays:
        there = arrays["outcome"] == "embedded"
        paths = [photos / name for name in arrays["path"][there]]
        expected = load_extractor("face_recognition").transform(paths)
        assert np.abs(arrays["vectors"][there] - expected).max() < 1e-4
        assert (arrays["box"] != "").tolist() == there.tolist()
        assert str(arrays["extractor"]) == "face_recognition(faces='largest', runtime='openvino', upsample=1)"


def test_embed_takes_one_extractor_and_the_orl_faces(tmp_path: Path) -> None:
    done = invoked("embed", "--extractor", "colour", "--output", tmp_path / "orl.parquet")
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith(f"{tmp_path / 'orl.parquet'}: 400 photos, 400 with a vector. ")
    assert stat.S_IMODE((tmp_path / "orl.parquet").stat().st_mode) == 0o600


def test_embed_of_nothing_readable_is_a_file_and_a_warning(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "a.jpg").write_text("text")
    done = invoked("embed", tmp_path / "photos", "--extractor", "colour", "-o", tmp_path / "v.npz")
    assert done.exit_code == 0
    assert "1 photo, 0 with a vector, 1 unsupported." in done.stdout
    assert done.stderr == f"Warning: none of the photos in {tmp_path / 'photos'} can be read.\n"
    assert (tmp_path / "v.npz").exists()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["photos", "-o", "v.csv"], "--output v.csv does not end in .npz or .parquet."),
        (["photos", "-o", "gone/v.npz"], "there is no folder gone"),
        (["photos", "-o", "mine.npz"], "exists and was not written by this command"),
        (["photos", "-o", "v.npz", "--extractor", "mobilnet"], "Did you mean 'mobilenet'?"),
        (["photos", "-o", "v.npz", "--extractor", "colour(x=1)"], "takes no parameter 'x'"),
        (["gone", "-o", "v.npz"], "DATA gone does not exist"),
        (["mine.npz", "-o", "v.npz"], "DATA mine.npz is a file"),
    ],
)
def test_embed_refuses_bad_input(
    arguments: list[str], says: str, photos: Path, tmp_path: Path, refused: Callable[..., str]
) -> None:
    (tmp_path / "mine.npz").write_text("precious")
    assert says in refused("embed", *arguments, cwd=tmp_path)
    assert (tmp_path / "mine.npz").read_text() == "precious"
    assert not (tmp_path / "v.npz").exists()


def interrupted(arguments: list[str], reached: Callable[[], bool], cwd: Path) -> tuple[int, str]:
    """Start a command, press Ctrl-C when something is reached; return exit code and standard error."""
    process = subprocess.Popen([*BENCH, *arguments], cwd=cwd, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 60
    while not reached() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGINT)
    _, message = process.communicate(timeout=60)
    return process.returncode, message


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["check"], "Interrupted. What was found so far is saved: the next start resumes there.\n"),
        (
            ["embed", "-o", "v.npz"],
            "Interrupted. No file was written; vectors are saved: the next start resumes there.\n",
        ),
    ],
)
def test_ctrl_c_keeps_what_was_done(
    arguments: list[str],
    says: str,
    tmp_path: Path,
    session_cache: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ready_search()  # what it compiles would be told besides
    cache = tmp_path / "cache"
    cache.mkdir(mode=0o700)
    (cache / "detector").symlink_to(session_cache / "detector")
    monkeypatch.setenv("FACEBENCH_CACHE", str(cache))

    def some_are_stored() -> bool:
        try:
            with closing(sqlite3.connect(f"file:{cache / 'vectors.sqlite'}?mode=ro", uri=True)) as store:
                return bool(store.execute("SELECT count(*) FROM embeddings").fetchone()[0])
        except sqlite3.Error:  # not there yet, or being made
            return False

    assert interrupted(arguments, some_are_stored, tmp_path) == (130, says)
    assert not (tmp_path / "v.npz").exists()
    assert bench("cache", "info", cwd=tmp_path).stdout.count("  none") == 0


# bench check


def test_check_ends_with_0_where_nothing_must_be_fixed(photos: Path) -> None:
    for number, path in enumerate(FACES[10:15]):
        Image.open(path).save(photos / "bob" / f"z{number}.png")
    done = invoked("check", photos)
    assert done.exit_code == 0, done.output
    assert "Nothing must be fixed." in done.stdout
    assert "| should look | 1 other person. |" in done.stdout


def test_check_ends_with_1_where_something_must_be_fixed(photos: Path) -> None:
    (photos / "ann" / "z.jpg").write_text("text")
    done = invoked("check", photos, "--format", "json")
    assert done.exit_code == 1
    content = json.loads(done.stdout)
    assert content["must_fix"] is True
    assert {finding["kind"] for finding in content["findings"]} >= {"unsupported", "few_others"}
    done = invoked("check", photos, "--format", "csv")
    assert done.exit_code == 1
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert [row["path"] for row in rows if row["kind"] == "unsupported"] == [str(photos / "ann" / "z.jpg")]


def test_check_takes_me_and_others(photos: Path) -> None:
    done = invoked("check", "--me", photos / "ann", "--others", photos / "bob", "--format", "table")
    assert done.exit_code == 1
    assert "1 photo of other people. bench run needs 5: add photos." in done.stdout


def test_check_takes_me_alone(photos: Path) -> None:
    done = invoked("check", "--me", photos / "ann")
    assert done.exit_code == 0, done.output
    assert "| good to know | Photos of me alone. | bench run needs other people, too: --others DIR. |" in done.stdout
    assert "other people. bench run" not in done.stdout
    content = json.loads(invoked("check", "--me", photos, "--format", "json").stdout)
    assert (content["photos"], content["people"]) == (6, 1)  # at any depth, and all of one person


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["photos", "--me", "photos"], "two ways to name photos"),
        (["--others", "photos"], "--others needs --me DIR too"),
        (["--me", "empty"], "--me empty holds no photos"),
        (["--me", "photos", "--view", "crop"], "--view crop needs --labels FILE"),
        (["gone"], "DATA gone does not exist"),
        (["empty"], "holds no photos"),
    ],
)
def test_check_refuses_bad_input(
    arguments: list[str], says: str, photos: Path, tmp_path: Path, refused: Callable[..., str]
) -> None:
    (tmp_path / "empty").mkdir()
    assert says in refused("check", *arguments, cwd=tmp_path)


# bench doctor


def test_doctor_ends_with_0_on_a_sound_installation() -> None:
    done = invoked("doctor", "--format", "json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["sound"] is True


def test_doctor_ends_with_1_on_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("FACEBENCH_CACHE", str(tmp_path / "file"))
    for style in ("table", "md"):
        done = invoked("doctor", "--format", style)
        assert done.exit_code == 1
        assert "Set FACEBENCH_CACHE to another folder" in " ".join(done.stdout.split())


@pytest.mark.parametrize("command", ["check", "doctor", "embed"])
def test_help_has_examples_and_exit_codes(command: str) -> None:
    shown = " ".join(invoked(command, "--help").output.split())
    assert f"bench {command}" in shown
    if command != "embed":
        assert "Exit code 0" in shown
