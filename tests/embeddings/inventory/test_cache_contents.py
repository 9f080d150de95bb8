"""`bench cache`: what is kept, where, and how to be rid of it."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import platformdirs
import pytest
from facebench.cli import app
from facebench.embeddings import Embedding, Failure, Identity, cache_directory, extractors
from facebench.embeddings.extraction import Embedder, Photos, embed_photos, key_each
from facebench.embeddings.faces import Detections
from facebench.embeddings.inventory import cache_info, forget_photos, purge_cache
from facebench.embeddings.store import VectorStore
from facebench.errors import FacebenchError
from typer.testing import CliRunner


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache."""
    path = tmp_path / "cache"
    monkeypatch.setenv("FACEBENCH_CACHE", str(path))
    return path


@pytest.fixture
def filled(cache: Path) -> Iterator[Path]:
    """A cache with 3 vectors of one extractor, 1 of another, and 2 networks as older versions kept them."""
    store = VectorStore()
    for title, photos in (("mobilenet()", "abc"), ("face_recognition(faces='center')", "d")):
        outcomes = [(photo, Embedding(np.ones(2000, np.float32))) for photo in photos]
        store.put(Identity(title, ""), [*outcomes, ("none", Failure("truncated"))])
    (cache / "graphs").mkdir(mode=0o700)
    for name in ("mobilenet-0123.graph", "face_recognition-0123.graph"):
        (cache / "graphs" / name).write_bytes(b"x" * 1_000_000)
    (cache / "graphs" / ".mobilenet-abc").mkdir()  # of a process that was killed
    (cache / "detector" / "code").mkdir(parents=True)
    (cache / "detector" / "code" / "compiled.nbc").write_bytes(b"x")
    yield cache
    store.close()


def command(*arguments: str) -> str:
    done = CliRunner().invoke(app, ["cache", *arguments], catch_exceptions=False)
    assert done.exit_code == 0
    return done.output


def test_info_counts_vectors(filled: Path) -> None:
    lines = command("info").splitlines()
    assert lines[0] == f"{filled}: 2.1 MB"
    assert lines[1:] == [
        "vectors by extractor:",
        "         1  face_recognition(faces='center')",
        "         3  mobilenet()",
    ]


def test_the_size_is_that_of_all_files(filled: Path) -> None:
    info = cache_info()
    assert info.path == filled
    assert info.bytes == sum(path.stat().st_size for path in filled.rglob("*") if path.is_file()) > 2_000_000
    assert info.vectors == {"face_recognition(faces='center')": 1, "mobilenet()": 3}


def test_info_of_an_empty_cache_makes_no_store(cache: Path) -> None:
    assert command("info").splitlines() == [f"{cache}: 0.0 MB", "vectors by extractor:", "  none"]
    assert list(cache.iterdir()) == []


def test_purge_removes_vectors_and_what_older_ones_kept_and_nothing_else(filled: Path) -> None:
    others = ["notes.txt", "vectors.sqlite.backup", "graphs.txt", "deep/vectors.sqlite"]
    (filled / "deep").mkdir()
    for name in others:
        (filled / name).write_text("mine")
    (filled / "vectors.sqlite.damaged").write_text("of an earlier run")
    assert command("purge") == f"Emptied {filled}\n"
    left = [path.relative_to(filled).as_posix() for path in filled.rglob("*") if path.is_file()]
    assert sorted(left) == sorted(others)
    assert not {"graphs", "detector"} & {path.name for path in filled.iterdir()}
    assert cache_info().vectors == {}


def test_purge_of_an_empty_cache_is_fine(cache: Path) -> None:
    assert command("purge") == command("purge") == f"Emptied {cache}\n"


@pytest.mark.parametrize("store", ["damaged", "newer"])
def test_purge_needs_no_store_that_can_be_read(store: str, cache: Path) -> None:
    spoil(store)
    command("purge")
    assert list(cache.iterdir()) == []


def test_info_tells_of_damage(cache: Path) -> None:
    spoil("damaged")
    shown = command("info")
    assert "Warning: The store of vectors was damaged" in shown
    assert "  none" in shown


def test_info_tells_of_damage_within(filled: Path) -> None:
    connection = sqlite3.connect(filled / "vectors.sqlite", isolation_level=None)
    connection.execute("DROP TABLE embeddings_keys")
    connection.close()
    assert "Warning: The store of vectors was damaged" in command("info")


def test_info_refuses_a_newer_store(cache: Path) -> None:
    spoil("newer")
    with pytest.raises(FacebenchError, match="newer facebench"):
        cache_info()


def test_what_cannot_be_deleted_is_named(cache: Path) -> None:
    (cache / "vectors.sqlite").mkdir(parents=True)
    with pytest.raises(FacebenchError, match=r"vectors\.sqlite cannot be deleted: "):
        purge_cache()


def test_the_place_is_made_for_its_owner_alone(cache: Path) -> None:
    assert cache_directory() == cache
    assert cache.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("value", [None, ""])
def test_by_default_it_is_where_the_platform_keeps_caches(
    value: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("FACEBENCH_CACHE", value or "")
    if value is None:
        monkeypatch.delenv("FACEBENCH_CACHE")
    monkeypatch.setattr(platformdirs, "user_cache_dir", lambda name: str(tmp_path / "platform" / name))
    assert cache_directory() == tmp_path / "platform" / "facebench"


def test_a_tilde_is_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("FACEBENCH_CACHE", "~/faces")
    assert cache_directory() == tmp_path / "faces"


@pytest.mark.parametrize("place", ["file", "file/below"])
def test_a_place_that_cannot_be_made_is_refused(place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("FACEBENCH_CACHE", str(tmp_path / place))
    with pytest.raises(FacebenchError, match=rf"{place} cannot be made \(.*set FACEBENCH_CACHE"):
        cache_directory()


def test_a_place_that_cannot_be_written_is_refused(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write anywhere
    with pytest.raises(FacebenchError, match="cannot be written: set FACEBENCH_CACHE"):
        VectorStore()


def spoil(store: str) -> None:
    path = cache_directory() / "vectors.sqlite"
    if store == "damaged":
        path.write_bytes(b"no database at all")
        return
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 1000")
    connection.close()


def test_forget_removes_all_that_is_stored_of_some_photos(cache: Path, orl: list[Path], tmp_path: Path) -> None:
    mine, others = tmp_path / "mine", orl[10:13]
    mine.mkdir()
    for photo in orl[:3]:
        shutil.copy(photo, mine / f"renamed-{photo.name}")
    hashes, store = key_each([*orl[:3], *others]), VectorStore()
    detector = Identity("hog", "")
    for title in ("mobilenet()", "colour()"):
        store.put(Identity(title, ""), [(key, Embedding(np.full(20, 7.25, np.float32))) for key in hashes])
    store.put(Identity("colour()", ""), [(f"{hashes[0]}~turned/{n}", Embedding(np.ones(20))) for n in range(4)])
    store.put_detections(detector, [(key, Detections((9, 9), ())) for key in hashes])
    shown = command("forget", str(mine))
    assert shown.startswith("Forgot 3 of 3 photos: 10 stored outcomes of extractors")
    assert shown.endswith("3 face detections.\n")
    assert store.get(Identity("mobilenet()", ""), hashes).keys() == set(hashes[3:])
    assert store.get(Identity("colour()", ""), [f"{hashes[0]}~turned/0", hashes[3]]).keys() == {hashes[3]}
    assert store.detections(detector, hashes).keys() == set(hashes[3:])
    assert store.counts() == {"mobilenet()": 3, "colour()": 3}
    files = b"".join(path.read_bytes() for path in cache.glob("vectors.sqlite*"))
    assert not any(key.encode() in files for key in hashes[:3])
    assert all(key.encode() in files for key in hashes[3:])
    assert command("forget", str(mine)).startswith("Forgot 0 of 3 photos: 0 ")
    store.put(Identity("mobilenet()", ""), [(hashes[0], Embedding(np.ones(20, np.float32)))])  # and seen again
    assert len(store.get(Identity("mobilenet()", ""), hashes)) == 4
    store.close()


def test_what_was_embedded_by_a_run_can_be_forgotten(cache: Path, orl: list[Path]) -> None:
    embed_photos(Photos(orl[:4]), Embedder("colour", extractors.create("colour"), VectorStore()))
    assert command("forget", str(orl[0]), str(orl[1])).startswith("Forgot 2 of 2 photos: 2 ")
    assert list(cache_info().vectors.values()) == [2]
    command("forget", *map(str, orl[:4]))
    assert cache_info().vectors == {}
    again = embed_photos(Photos(orl[:4]), Embedder("colour", extractors.create("colour"), VectorStore()))
    assert not again.stored.any()
    assert list(cache_info().vectors.values()) == [4]


def test_forgetting_makes_no_store_and_names_what_may_still_hold_photos(cache: Path, orl: list[Path]) -> None:
    assert command("forget", str(orl[0])).startswith("Forgot 0 of 1 photo: ")
    assert not (cache / "vectors.sqlite").exists()
    (cache / "vectors.sqlite.damaged").write_text("of an earlier run")
    with pytest.raises(FacebenchError, match=r"vectors\.sqlite\.damaged.* may still hold them: delete it"):
        forget_photos(orl[:1])
    with pytest.raises(FacebenchError, match="does not exist"):
        CliRunner().invoke(app, ["cache", "forget", "nowhere"], catch_exceptions=False)
