"""Compiled code: kept privately, verified at each use, compiled by one and used by many, and never a reason to fail."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numba
import numpy as np
import pytest
from facebench.embeddings.faces.hog import _ready, _trial
from facebench.embeddings.faces.hog._ready import private_directory, ready_search
from facebench.errors import FacebenchError

FIND = """
import sys
import numpy as np
from PIL import Image
from facebench.embeddings.faces import Hog
from facebench.embeddings.faces.hog import _turn

_turn.TO_LOAD = _turn.TO_COMPILE = 0
print(Hog().detect(np.array(Image.open(sys.argv[1]).convert("RGB")))[0].box, _turn._Turn.search is not None)
"""


@pytest.fixture(scope="module")
def compiled(session_cache: Path) -> Path:
    """The directory in which an earlier process, or this one, kept what it compiled."""
    ready_search()
    return session_cache / "detector"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache in which nothing was compiled."""
    path = tmp_path / "cache"
    monkeypatch.setenv("FACEBENCH_CACHE", str(path))
    return path


@pytest.fixture
def code(tmp_path: Path) -> Path:
    """A folder of what might be code, kept."""
    made, kept = tmp_path / "made", tmp_path / "kept"
    (made / "deep").mkdir(parents=True)
    for name in ("deep/a.nbi", "deep/a.1.nbc"):
        (made / name).write_bytes(name.encode() * 100)
    _ready._keep(made, kept)
    return kept


def find(photo: Path, cache: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Search a photo in a process of its own."""
    variables = {**os.environ, "FACEBENCH_CACHE": str(cache), **environment}
    command = [sys.executable, "-c", FIND, str(photo)]
    return subprocess.run(command, env=variables, capture_output=True, text=True, check=False)


def test_what_is_damaged_is_compiled_anew_once(compiled: Path, cache: Path, orl: list[Path]) -> None:
    shutil.copytree(compiled, private_directory(), dirs_exist_ok=True, ignore=shutil.ignore_patterns(".*"))
    damaged = next((cache / "detector").rglob("*.nbc"))
    damaged.write_bytes(damaged.read_bytes()[:-1])
    first = find(orl[0], cache)
    assert (first.returncode, first.stderr) == (0, "Preparing the face detector, once: about ten seconds.\n")
    assert first.stdout.endswith("True\n")
    again = find(orl[0], cache)
    assert (again.stdout, again.stderr) == (first.stdout, "")


def test_its_directory_is_private(cache: Path) -> None:
    assert private_directory() == cache / "detector"
    assert {path.stat().st_mode & 0o077 for path in (cache, cache / "detector")} == {0}


@pytest.mark.parametrize(
    ("environment", "why"),
    [({"NUMBA_DISABLE_JIT": "1"}, "NUMBA_DISABLE_JIT is set"), ({"HIDE": "numba"}, "numba is not installed")],
    ids=["compiling turned off", "no numba"],
)
def test_where_it_cannot_be_had_dlib_searches_and_a_line_says_so(
    environment: dict[str, str], why: str, session_cache: Path, compiled: Path, orl: list[Path], tmp_path: Path
) -> None:
    (tmp_path / "sitecustomize.py").write_text("import os, sys\nsys.modules[os.environ.get('HIDE', 'none')] = None\n")
    done = find(orl[0], session_cache, PYTHONPATH=str(tmp_path), **environment)
    assert done.stderr == f"Note: dlib itself searches for faces, in twice the time: {why}.\n"
    assert done.stdout == find(orl[0], session_cache).stdout.replace("True", "False")


def test_who_uses_numba_too_has_their_settings_back(session_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(numba.config, "CACHE_DIR", "/of/somebody")
    ready_search()
    assert (numba.config.CACHE_DIR, numba.config.SLP_VECTORIZE) == ("/of/somebody", 0)


def test_functions_are_compiled_nowhere_else(tmp_path: Path) -> None:
    program = "import facebench.embeddings.faces.hog._search"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert "RuntimeError: this module is imported within kept_in(directory) alone" in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="owners and modes are of other systems")
@pytest.mark.parametrize("mode", [0o770, 0o702])
def test_a_directory_that_others_may_write_into_is_refused(mode: int, cache: Path) -> None:
    cache.mkdir()
    (cache / "detector").mkdir()
    (cache / "detector").chmod(mode)
    with pytest.raises(FacebenchError, match="others may write into"):
        private_directory()


@pytest.mark.skipif(os.name == "nt", reason="owners and modes are of other systems")
def test_a_directory_of_somebody_else_is_refused(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    private_directory()
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    with pytest.raises(FacebenchError, match="belongs to somebody else"):
        private_directory()


def test_a_file_in_its_place_is_told(cache: Path) -> None:
    cache.mkdir()
    (cache / "detector").touch()
    with pytest.raises(FacebenchError, match="cannot be made"):
        private_directory()


def test_what_was_kept_is_whole(code: Path) -> None:
    assert _ready._is_whole(code)
    assert not _ready._is_whole(code.with_name("missing"))


@pytest.mark.parametrize("damage", ["byte", "cut", "more", "missing", "list", "empty list", "no list"])
def test_damage_is_seen(damage: str, code: Path) -> None:
    file, listed = code / "deep" / "a.1.nbc", code / "files.json"
    content = file.read_bytes()
    if damage in ("byte", "cut"):
        file.write_bytes(content[:-1] + (b"!" if damage == "byte" else b""))
    elif damage == "more":
        (code / "deep" / "b.nbi").write_bytes(b"planted")
    elif damage == "missing":
        file.unlink()
    elif damage == "no list":
        listed.unlink()
    else:
        listed.write_text("{}" if damage == "empty list" else "[")
    assert not _ready._is_whole(code)


def test_who_comes_second_leaves_what_is_whole_and_replaces_what_is_not(code: Path, tmp_path: Path) -> None:
    for content in (b"first", b"second"):
        made = tmp_path / content.decode()
        made.mkdir()
        (made / "a.nbi").write_bytes(content)
        _ready._keep(made, code)
        assert (code / "deep").exists()
    (code / "deep" / "a.nbi").unlink()
    _ready._keep(made, code)
    assert (code / "a.nbi").read_bytes() == b"second"
    assert list(json.loads((code / "files.json").read_bytes())) == ["a.nbi"]


def test_the_oldest_code_goes(tmp_path: Path) -> None:
    for number in range(6):
        made = tmp_path / ".temporary"
        made.mkdir()
        (made / "a.nbi").touch()
        _ready._keep(made, tmp_path / f"kept{number}")
        os.utime(tmp_path / f"kept{number}", (number, number))
    left = {path.name for path in tmp_path.iterdir()}
    assert len(left) <= _ready._KEPT + 1
    assert "kept5" in left


class Wrong:
    """A search that is off by what a test says."""

    def __init__(self, search: Any, change: Any) -> None:
        self.model, self._search, self._change = search.model, search, change

    def run(self, *arguments: Any) -> list[Any]:
        return [self._change(face) for face in self._search.run(*arguments)]


def test_the_trial_finds_faces_and_is_passed(session_cache: Path) -> None:
    search = ready_search()
    views = [face.view for picture, times in _trial.pictures(search.model) for face in search.run(picture, times)]
    assert set(views) == {0, 1, 2, 3, 4}
    assert _trial.is_as_dlib(search)


@pytest.mark.parametrize(
    "change",
    [
        lambda face: face.__class__((face.box[0] + 1, *face.box[1:]), face.score, face.view),
        lambda face: face.__class__(face.box, face.score + 2e-5, face.view),
        lambda face: face.__class__(face.box, face.score, 4 - face.view),
        lambda face: face.__class__(face.box, np.nan, face.view),
    ],
    ids=["box", "score", "view", "no number"],
)
def test_whoever_finds_something_else_fails_the_trial(change: Any, session_cache: Path) -> None:
    assert not _trial.is_as_dlib(Wrong(ready_search(), change))  # type: ignore[arg-type]


def test_code_that_fails_the_trial_is_not_kept(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.mkdir()
    monkeypatch.setattr(_ready, "_imported", lambda code, directory: None)
    monkeypatch.setattr(_ready, "is_as_dlib", lambda search: False)
    with pytest.raises(FacebenchError, match="compiled for this processor, it finds other faces than dlib"):
        ready_search()
    assert not list((cache / "detector").iterdir())
