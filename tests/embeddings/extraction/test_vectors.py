"""Photos to vectors through the store: each photo is decoded once in its life, and no run is ended by the store."""

import hashlib
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from facebench.benchmarks import Settings
from facebench.benchmarks.protocol import run_benchmark
from facebench.data import Dataset, Photo, people_folder
from facebench.embeddings import Extractor, Failure, Outcome
from facebench.embeddings._outcome import Embedding
from facebench.embeddings.extraction import _keeper
from facebench.embeddings.extraction._embedder import Embedder
from facebench.embeddings.extraction._one_pass import embed_photos
from facebench.embeddings.extraction._photos import Photos
from facebench.embeddings.extraction._vectors import Vectors
from facebench.embeddings.store import VectorStore, _store

People = Callable[..., Dataset]
MakeExtractor = Callable[..., Any]


def test_only_photos_whose_vectors_are_missing_are_decoded(
    people: People, extractor: MakeExtractor, store: VectorStore, decoded: list[bytes]
) -> None:
    made, few, more = extractor(), people(3), people(5)
    first = embed(few, "blocks", made, store)
    assert (first.stored.sum(), len(decoded)) == (0, 30)
    decoded.clear()
    second = embed(more, "blocks", made, store)
    assert (second.stored.sum(), len(decoded)) == (30, 20)
    assert_same(second, embed(more, "blocks", made))


def test_nothing_is_decoded_and_no_network_loaded_where_nothing_is_missing(
    people: People, extractor: MakeExtractor, store: VectorStore, decoded: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("not needed")

    made, dataset = extractor(without_face=[people(2).items[3].path]), people(4)
    first = embed(dataset, "blocks", made, store)
    decoded.clear()
    for method in ("load", "embed", "stream"):
        monkeypatch.setattr(made, method, refuse)
    second = embed(dataset, "blocks", made, store)
    assert decoded == []
    assert_same(first, second)
    assert second.reasons == {"no_face": 1}
    assert (second.load_seconds, second.extract_seconds) == (0, 0)


def test_a_second_run_gives_the_same_rows_without_decoding(
    people: People, extractor: MakeExtractor, store: VectorStore, decoded: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    made, dataset = extractor(without_face=[people(2).items[3].path]), people(11, photos=5)
    settings = Settings(extractors=["blocks"], heads=["logreg", "svm"], max_targets=3)
    loaded: list[str] = []
    monkeypatch.setattr(made, "load", lambda: loaded.append("blocks"))
    rows = []
    for _ in range(2):
        decoded.clear()
        run_benchmark(dataset, settings, lambda _, saved: rows.append(list(saved)), store=store)
    assert rows[2] == rows[5] != []
    assert decoded == []
    assert loaded == ["blocks"]


def test_a_changed_file_is_embedded_anew(
    copies: Dataset, extractor: MakeExtractor, store: VectorStore, decoded: list[bytes]
) -> None:
    made = extractor()
    before = embed(copies, "blocks", made, store)
    changed, other = copies.items[3].path, copies.items[30].path
    content = other.read_bytes() + b"\n"
    changed.write_bytes(content)
    decoded.clear()
    after = embed(copies, "blocks", made, store)
    assert decoded == [content]
    np.testing.assert_array_equal(after.matrix[3], before.matrix[30])
    assert after.hashes[3] == hashlib.sha256(content).hexdigest() != before.hashes[3]


def test_a_renamed_photo_is_not_decoded(
    copies: Dataset, extractor: MakeExtractor, store: VectorStore, decoded: list[bytes], tmp_path: Path
) -> None:
    made = extractor()
    embed(copies, "blocks", made, store)
    for item in copies.items:
        item.path.rename(item.path.with_name(f"renamed-{item.path.name}"))
    decoded.clear()
    assert embed(people_folder(tmp_path / "photos"), "blocks", made, store).stored.sum() == 40
    assert decoded == []


def test_a_file_replaced_while_embedding_is_stored_under_the_bytes_that_were_decoded(
    copies: Dataset, blocks: type, register: Callable[..., Any], store: VectorStore
) -> None:
    first, last = copies.items[0].path, copies.items[-1].path
    old, new = last.read_bytes(), first.read_bytes() + b"\n"

    class Replacing(blocks):
        def load(self) -> None:  # all photos are hashed by now, and none is decoded
            last.write_bytes(new)

    register("extractors", "replacing", lambda: Replacing)
    vectors = embed(copies, "replacing", Replacing(), store)
    assert vectors.hashes[-1] == hashlib.sha256(new).hexdigest()
    np.testing.assert_array_equal(vectors.matrix[-1], vectors.matrix[0])
    last.write_bytes(old)
    again = embed(copies, "replacing", blocks(), store)
    assert again.stored.sum() == 39
    assert (again.matrix[-1] != vectors.matrix[0]).any()


def test_photos_that_cannot_be_decoded_are_tried_again(
    copies: Dataset, extractor: MakeExtractor, store: VectorStore
) -> None:
    made = extractor()
    content = copies.items[5].path.read_bytes()
    copies.items[5].path.write_bytes(content[:500])
    copies.items[6].path.unlink()
    for _ in range(2):
        vectors = embed(copies, "blocks", made, store)
        assert [vectors.unreadable()[index].reason for index in (5, 6)] == ["truncated", "unreadable"]
    assert vectors.stored.sum() == 38
    copies.items[5].path.write_bytes(content)
    assert list(embed(copies, "blocks", made, store).unreadable()) == [6]


def test_a_vector_stands_once_in_memory(people: People, extractor: MakeExtractor, store: VectorStore) -> None:
    for _ in range(2):
        vectors = embed(people(4), "blocks", extractor(), store)
        for row, outcome in zip(vectors.matrix, vectors.outcomes, strict=True):
            assert isinstance(outcome, Embedding)
            assert np.shares_memory(outcome.vector, row)


def test_an_interrupted_run_keeps_what_was_stored(
    people: People, blocks: type, register: Callable[..., Any], store: VectorStore
) -> None:
    class Interrupted(blocks):
        def embed(self, photos: Sequence[Photo]) -> list[Outcome]:
            if len(self.given) >= 64:
                raise KeyboardInterrupt
            return super().embed(photos)

    register("extractors", "interrupted", lambda: Interrupted)
    with pytest.raises(KeyboardInterrupt):
        embed(people(10), "interrupted", Interrupted(), store)
    assert embed(people(10), "interrupted", blocks(), store).stored.sum() == 64


def test_a_run_goes_on_when_the_disk_is_full(
    people: People,
    extractor: MakeExtractor,
    store: VectorStore,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    batches, insert = [], _store.insert_outcomes

    def fills(*arguments: Any) -> None:
        batches.append(arguments)
        if len(batches) > 2:
            raise sqlite3.OperationalError("database or disk is full")
        insert(*arguments)

    made, dataset = extractor(), people(16)
    with monkeypatch.context() as patch:
        patch.setattr(_store, "insert_outcomes", fills)
        patch.setattr(_keeper, "_TOGETHER", 32)
        vectors = embed(dataset, "blocks", made, store)
    assert len(batches) == 3  # it is not tried again and again
    assert_same(vectors, embed(dataset, "blocks", made))
    printed, warned = capsys.readouterr()
    assert printed == ""
    assert warned.count("Warning") == 1
    assert "not saved from here on" in warned
    assert "disk is full" in warned
    assert embed(dataset, "blocks", made, store).stored.sum() == 64


def test_a_user_is_told_once_that_the_store_was_damaged(
    people: People, extractor: MakeExtractor, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "damaged.sqlite"
    path.write_bytes(b"no database, whatever its name")
    store, made = VectorStore(path), extractor()
    for _ in range(2):
        embed(people(2), "blocks", made, store)
    store.close()
    warned = capsys.readouterr().err
    assert warned.startswith("Warning: The store of vectors was damaged")
    assert warned.count(f"{path}.damaged") == 1


def test_damage_that_shows_while_storing_is_told(
    people: People,
    blocks: type,
    register: Callable[..., Any],
    store: VectorStore,
    capsys: pytest.CaptureFixture[str],
) -> None:
    class Dropping(blocks):
        def load(self) -> None:
            connection = sqlite3.connect(store.path, isolation_level=None)
            connection.execute("DROP TABLE embeddings")
            connection.close()

    register("extractors", "dropping", lambda: Dropping)
    embed(people(4), "dropping", Dropping(), store)
    assert "Warning: The store of vectors was damaged" in capsys.readouterr().err
    assert embed(people(4), "dropping", blocks(), store).stored.sum() == 40


def test_without_a_store_nothing_is_kept(people: People, extractor: MakeExtractor, decoded: list[bytes]) -> None:
    made = extractor()
    for _ in range(2):
        vectors = embed(people(1), "blocks", made)
    assert len(decoded) == 20
    assert vectors.hashes == [hashlib.sha256(item.path.read_bytes()).hexdigest() for item in people(1).items]


BENCH = """
import atexit, sys
from facebench.cli import main

atexit.register(lambda: print("imported", *sys.modules.keys() & {"tensorflow", "keras", "openvino"}))
main()
"""


def test_the_command_needs_no_network_the_second_time(copies: Dataset, tmp_path: Path) -> None:
    for item in copies.items:  # no other test may have stored these
        item.path.write_bytes(item.path.read_bytes() + bytes(tmp_path))
    arguments = ["run", "--data", "photos", "--head", "logreg", "--head", "svm", "--max-targets", "1"]
    first, second = (_bench(*arguments, cwd=tmp_path) for _ in "12")
    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert "openvino" in first.stdout.splitlines()[-1].split()
    assert second.stdout.splitlines()[-1].split() == ["imported"]
    rows = [(tmp_path / "runs" / run / "predictions.csv").read_text() for run in ("0001-photos", "0002-photos")]
    assert rows[0] == rows[1]
    assert {line.split(",")[0] for line in rows[0].splitlines()[1:]} == {
        f'"{name}"' for name in ("mobilenet", "face_recognition", "sface")
    }


def test_a_store_of_a_newer_version_ends_the_command_with_2(copies: Dataset, tmp_path: Path) -> None:
    path = tmp_path / "cache" / "vectors.sqlite"
    path.parent.mkdir()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 1000")
    connection.close()
    before = path.read_bytes()
    done = _bench("run", "--data", "photos", cwd=tmp_path, FACEBENCH_CACHE=str(path.parent))
    assert done.returncode == 2
    assert done.stderr.startswith(f"Error: {path} is of a newer facebench")
    assert "FACEBENCH_CACHE" in done.stderr
    assert path.read_bytes() == before


def _bench(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", BENCH, *arguments],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def embed(dataset: Dataset, name: str, extractor: Extractor, store: VectorStore | None = None) -> Vectors:
    return embed_photos(Photos([item.path for item in dataset.items]), Embedder(name, extractor, store))


def assert_same(first: Vectors, second: Vectors) -> None:
    assert first.hashes == second.hashes
    np.testing.assert_array_equal(first.matrix, second.matrix)
    np.testing.assert_array_equal(first.embedded, second.embedded)
    for one, other in zip(first.outcomes, second.outcomes, strict=True):
        assert one == other if isinstance(one, Failure) else one.box == other.box  # type: ignore[union-attr]
