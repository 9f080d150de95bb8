"""What surrounds a run: forks, photos that vanish, users without a home, narrow encodings, threads."""

import os
import pwd
import shutil
import subprocess
import sys
import threading
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from pathlib import Path
from typing import Any

import pytest
from facebench.benchmarks import Settings
from facebench.benchmarks.protocol import run_benchmark
from facebench.data import photos_folder
from facebench.embeddings import Embedding, cache_place, extractors, iter_outcomes
from facebench.embeddings.faces import Hog, _hog
from facebench.errors import FacebenchError

FORKED = """
import os, sys
from facebench.embeddings import extractors, iter_outcomes
from facebench.errors import FacebenchError

name, *photos = sys.argv[1:]
extractor = extractors.create(name)
extractor.load()
if name == "colour":
    list(iter_outcomes(extractor, photos))
child = os.fork()
if child == 0:
    try:
        list(iter_outcomes(extractor, photos))
    except FacebenchError as error:
        print(error, flush=True)
    os._exit(0)
os.waitpid(child, 0)
"""


@pytest.mark.parametrize("name", ["colour", "face_recognition"])
def test_an_extractor_that_was_used_before_a_fork_says_so_in_the_child(name: str, orl: list[Path]) -> None:
    command = [sys.executable, "-c", FORKED, name, *map(str, orl[:3])]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
    try:
        said, _ = process.communicate(timeout=60)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, 9)
        raise
    assert "start processes by spawn" in said


@pytest.fixture
def folder(orl: list[Path], tmp_path: Path) -> Path:
    """Eleven people, five photos each."""
    for number in range(11):
        for photo in orl[10 * number : 10 * number + 5]:
            target = tmp_path / "people" / f"s{number}" / photo.name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(photo, target)
    return tmp_path / "people"


def test_a_photo_that_vanishes_after_it_was_listed_is_unreadable(folder: Path) -> None:
    dataset = photos_folder(folder)
    (folder / "s1" / "1.pgm").unlink()
    settings = Settings(extractors=["colour"], heads=["centroid"], max_targets=1, min_photos=4, audit=False)
    result = run_benchmark(dataset, settings, lambda *_: None)
    assert [failure.reason for failure in result.unreadable] == ["unreadable"]
    assert result.status == "complete"


def test_a_user_without_a_home_is_told_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(_: int) -> Any:
        raise KeyError

    for variable in ("HOME", "FACEBENCH_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(pwd, "getpwuid", nobody)
    with pytest.raises(FacebenchError, match="set FACEBENCH_CACHE to a folder"):
        cache_place()


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_letters_that_an_output_lacks_are_spelled_out(encoding: str, tmp_path: Path) -> None:
    cache = tmp_path / "Łucja"
    environment = os.environ | {"PYTHONIOENCODING": encoding, "FACEBENCH_CACHE": str(cache)}
    command = [sys.executable, "-c", "from facebench.cli import main; main()", "cache", "info"]
    done = subprocess.run(command, env=environment, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert b"\\u0141ucja: 0.0 MB" in done.stdout


class _Watched:
    """A detector of dlib's that remembers which threads used it."""

    def __init__(self, detector: Any, users: set[int]) -> None:
        self._detector, self._users = detector, users

    def run(self, *arguments: Any) -> Any:
        self._users.add(threading.get_ident())
        return self._detector.run(*arguments)


def test_threads_never_share_a_detector_of_dlib(orl: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    users: dict[int, set[int]] = defaultdict(set)
    monkeypatch.setattr(_hog, "copy", lambda detector: _Watched(copy(detector), users[len(users)]))
    shared = extractors.create("face_recognition")
    shared.finder.detector = shared.detector = Hog(implementation="dlib")
    sets = [orl[:160:10], orl[160:320:10]]
    expected = [list(iter_outcomes(shared, photos)) for photos in sets]
    with ThreadPoolExecutor(2) as pool:  # one extractor, from two threads at once, which have threads of their own
        found = list(pool.map(lambda photos: list(iter_outcomes(shared, photos)), sets))
    for ours, theirs in zip(found, expected, strict=True):
        assert [isinstance(o, Embedding) and o.box for o in ours] == [
            isinstance(o, Embedding) and o.box for o in theirs
        ]
    assert len(users) > 1
    assert all(len(threads) == 1 for threads in users.values())
