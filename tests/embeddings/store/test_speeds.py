"""Speeds in the store: each photo counts at the speed of its own extraction, and what is forgotten leaves no key."""

import hashlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from facebench.data import OF_FILE
from facebench.embeddings import Embedding, Failure, Identity, VectorStore, extractors
from facebench.embeddings.extraction import Embedder, Photos, embed_photos
from facebench.embeddings.store._rows import keys_of
from hypothesis import given
from hypothesis import strategies as st

COLOUR, FACE = Identity("colour()", "facts"), Identity("face_recognition()", "facts")
PHOTOS = [hashlib.sha256(bytes([number])).hexdigest() for number in range(60)]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[VectorStore]:
    store = VectorStore(tmp_path / "vectors.sqlite")
    yield store
    store.close()


@given(
    extractions=st.lists(st.tuples(st.sets(st.sampled_from(PHOTOS), min_size=10), st.floats(0.1, 100)), max_size=4),
    asked=st.sets(st.sampled_from(PHOTOS)),
)
def test_the_speed_is_the_mean_over_photos_of_their_extractions(
    extractions: list[tuple[set[str], float]], asked: set[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    store = VectorStore(tmp_path_factory.mktemp("speeds") / "vectors.sqlite")
    for photos, seconds in extractions:
        store.put_speed(COLOUR, sorted(photos), seconds)
    each = [seconds / len(photos) for photos, seconds in extractions for _ in photos & asked]
    speed = store.speed(COLOUR, sorted(asked))
    assert speed == (pytest.approx(np.mean(each)) if each else None)
    assert store.speed(FACE, sorted(asked)) is None
    store.close()


def test_a_few_photos_are_no_measurement(store: VectorStore) -> None:
    store.put_speed(COLOUR, PHOTOS[:9], 900.0)
    assert store.speed(COLOUR, PHOTOS) is None


def test_a_later_run_finds_the_speed_of_the_run_that_extracted(store: VectorStore, orl: list[Path]) -> None:
    colour = Embedder("colour", extractors.create("colour"), store)
    first, second = (embed_photos(Photos(orl[:20]), colour) for _ in range(2))
    assert not first.stored.any()
    assert second.stored.all()
    assert second.extract_seconds == 0
    assert second.seconds_per_photo == first.seconds_per_photo == pytest.approx(first.extract_seconds / len(first.keys))


def test_without_a_store_the_speed_is_that_of_now(orl: list[Path]) -> None:
    vectors = embed_photos(Photos(orl[:5]), Embedder("colour", extractors.create("colour")))
    assert vectors.seconds_per_photo == pytest.approx(vectors.extract_seconds / len(vectors.keys))


def test_forgotten_photos_leave_no_key(store: VectorStore) -> None:
    store.put(COLOUR, [(photo, Embedding(np.ones(3, np.float32))) for photo in PHOTOS])
    store.put_speed(COLOUR, PHOTOS, 60.0)
    store.forget(PHOTOS[:20])
    assert store.speed(COLOUR, PHOTOS[:20]) is None
    assert store.speed(COLOUR, PHOTOS) == pytest.approx(1.0)
    store.close()
    content = store.path.read_bytes()
    assert not any(keys_of([photo[:OF_FILE]]).tobytes() in content for photo in PHOTOS[:20])
    assert keys_of([PHOTOS[20][:OF_FILE]]).tobytes() in content


@pytest.mark.parametrize("change", ["seconds = 'soon'", "keys = 'none'", "keys = x'00010203'", "keys = x''"])
def test_a_damaged_row_says_nothing(change: str, store: VectorStore) -> None:
    store.put_speed(COLOUR, PHOTOS, 60.0)
    store.close()
    connection = sqlite3.connect(store.path)
    with connection:
        connection.execute(f"UPDATE speeds SET {change}")
    connection.close()
    assert store.speed(COLOUR, PHOTOS) is None


def test_a_store_of_an_older_facebench_gets_its_table(store: VectorStore) -> None:
    store.put(COLOUR, [(PHOTOS[0], Failure("no_face", ""))])
    store.close()
    connection = sqlite3.connect(store.path)
    with connection:
        connection.execute("DROP TABLE speeds")
    connection.close()
    assert store.get(COLOUR, PHOTOS) == {PHOTOS[0]: Failure("no_face", "")}
    assert store.speed(COLOUR, PHOTOS) is None
    assert store.warning == ""
