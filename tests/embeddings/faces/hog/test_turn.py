"""dlib searches a few photos, the compiled search the many: one thread makes it ready, the others go on."""

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from facebench.embeddings.faces import Hog
from facebench.embeddings.faces.hog import _ready, _turn, search_for


class Search:
    """A search that finds one face."""

    def run(self, pixels: np.ndarray, upsamplings: int) -> list[Any]:
        return [type("Found", (), {"box": (1, 2, 3, 4), "score": 0.5})]


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A process that has searched nothing, on a machine where nothing was compiled."""
    monkeypatch.setenv("FACEBENCH_CACHE", str(tmp_path))
    for name, value in (("searched", 0), ("search", None), ("over", False), ("lock", threading.Lock())):
        monkeypatch.setattr(_turn._Turn, name, value)


def test_it_takes_over_once_it_pays(monkeypatch: pytest.MonkeyPatch) -> None:
    search, made = Search(), []
    monkeypatch.setattr(_ready, "ready_search", lambda: made.append(1) or search)
    assert [search_for(_turn.TO_COMPILE // 4) for _ in range(4)] == [None] * 4
    assert [search_for(1), search_for(1)] == [search] * 2
    assert made == [1]


def test_it_takes_over_earlier_where_it_was_compiled(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(_ready, "ready_search", Search)
    (tmp_path / "detector").mkdir()
    assert search_for(_turn.TO_LOAD + 1) is None
    (tmp_path / "detector/code").mkdir()
    assert search_for(1) is not None


def test_whoever_expects_many_photos_has_it_made_ready_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    search, made = Search(), []
    monkeypatch.setattr(_ready, "ready_search", lambda: made.append(1) or search)
    Hog(1).expect(40)
    assert search_for(1) is None
    Hog(1, implementation="dlib").expect(4000)
    assert made == []
    for photos in (60, 4000):
        Hog(1).expect(photos)
    assert (made, search_for(1)) == ([1], search)


def test_others_go_on_with_dlib_while_one_makes_it_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go = threading.Event(), threading.Event()
    search = Search()

    def slowly() -> Search:
        begun.set()
        assert go.wait(10)
        return search

    monkeypatch.setattr(_ready, "ready_search", slowly)
    found: list[Any] = []
    thread = threading.Thread(target=lambda: found.append(search_for(_turn.TO_COMPILE + 1)))
    thread.start()
    assert begun.wait(10)
    assert search_for(1) is None
    go.set()
    thread.join()
    assert found == [search]
    assert search_for(1) is search


@pytest.mark.parametrize("error", [ValueError("no\x1b[2J room"), KeyError(), RuntimeError()], ids=repr)
def test_whatever_fails_dlib_searches_on(
    error: Exception, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def failing() -> Search:
        raise error

    monkeypatch.setattr(_ready, "ready_search", failing)
    assert [search_for(_turn.TO_COMPILE + 1) for _ in range(3)] == [None] * 3
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith("Note: dlib itself searches for faces, in twice the time: ")
    assert "\x1b" not in line


def test_a_detector_asks_for_what_it_searches(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr("facebench.embeddings.faces._hog.search_for", lambda pixels: asked.append(pixels) or Search())
    [face] = Hog(1).detect(np.zeros((30, 40, 3), np.uint8))
    assert (face.box, face.score) == ((1, 2, 3, 4), 0.5)
    assert Hog("auto").detect(np.zeros((30, 40, 3), np.uint8)) == [face]
    assert asked == [4 * 1200, 1200]
    assert Hog(1, implementation="dlib").detect(np.zeros((30, 40, 3), np.uint8)) == []


def test_another_implementation_is_refused() -> None:
    with pytest.raises(ValueError, match="implementation is one of compiled, dlib, not 'opencv'"):
        Hog(implementation="opencv")  # type: ignore[arg-type]


def test_detections_of_both_are_stored_under_one_name() -> None:
    assert Hog(implementation="dlib").identity == Hog().identity
