"""The pipeline of an extractor with a network: photos are made ready in threads while the network infers."""

import os
import threading
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from facebench.data import Photo, PhotoError
from facebench.embeddings import Card, Embedding, Failure, Identity, Outcome, _threaded
from facebench.embeddings._extractor import BATCH
from facebench.embeddings._staged import Prepared, StagedExtractor
from facebench.embeddings._threaded import in_threads
from facebench.embeddings.extraction import Embedder, Photos, faces_of
from facebench.embeddings.faces._finder import Face

THREADS = 4
LONG = 30  # seconds: what never comes is given up


class Number(StagedExtractor):
    """The number of a photo, of which its pixels are made; stands for a network and counts the photos of each call."""

    card = Card(name="number", dimension=1, view="whole photo")

    def __init__(self) -> None:
        super().__init__()
        self.prepared: list[int] = []
        self.calls: list[int] = []

    def load(self) -> None:
        """There is nothing to load."""

    def stage(self, photo: Photo) -> Prepared | Failure:
        number = _number(photo)
        self.wait(number)
        self.prepared.append(number)
        return self.answer(number, photo)

    def infer(self, batch: np.ndarray) -> np.ndarray:
        self.calls.append(len(batch))
        return batch.reshape(len(batch), 3)[:, :2].astype(np.float32) @ np.array([[256], [1]], np.float32)

    def wait(self, number: int) -> None:
        """What a test makes a photo wait for."""

    def answer(self, number: int, photo: Photo) -> Prepared | Failure:
        """What a test makes of a photo."""
        return Prepared(photo.pixels)


class NoFace(Number):
    """Fails for every photo."""

    def answer(self, number: int, photo: Photo) -> Failure:
        return Failure("no_face")


@pytest.fixture(autouse=True)
def threads(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Four threads, whatever the machine."""
    monkeypatch.setattr(os, "cpu_count", lambda: THREADS)
    monkeypatch.setattr(_threaded, "_QUICK", 0)
    _threaded._threads.cache_clear()
    yield
    _threaded._threads.cache_clear()


def test_outcomes_keep_the_order_of_the_photos_although_later_ones_are_ready_first() -> None:
    class SomeWait(Number):
        ready = tuple(threading.Event() for _ in range(100))

        def wait(self, number: int) -> None:
            assert number % 10 or self.ready[number + 2].wait(LONG)

        def answer(self, number: int, photo: Photo) -> Prepared | Failure:
            self.ready[number].set()
            return super().answer(number, photo)

    extractor = SomeWait()
    assert _numbers(extractor.stream(_photos(100))) == list(range(100))
    assert extractor.prepared.index(2) < extractor.prepared.index(0)


def test_embed_gives_what_stream_gives() -> None:
    assert _numbers(Number().embed(list(_photos(70)))) == list(range(70))


def test_few_photos_are_in_memory_however_many_are_streamed() -> None:
    photos: weakref.WeakSet[Photo] = weakref.WeakSet()
    inputs: weakref.WeakSet[Prepared] = weakref.WeakSet()

    class Counting(Number):
        def answer(self, number: int, photo: Photo) -> Prepared:
            prepared = Prepared(photo.pixels)
            inputs.add(prepared)
            return prepared

    def counted() -> Iterator[Photo]:
        for photo in _photos(2000):
            photos.add(photo)
            yield photo

    peaks = [(len(photos), len(inputs)) for _ in Counting().stream(counted())]
    assert len(peaks) == 2000
    assert max(alive for alive, _ in peaks) <= 3 * BATCH
    assert max(alive for _, alive in peaks) <= 5 * BATCH


@pytest.mark.parametrize("kind", [Number, NoFace], ids=["vectors", "failures"])
def test_photos_are_asked_for_a_few_at_a_time(kind: type[Number]) -> None:
    photos = _photos(1000)
    next(kind().stream(photos))
    assert len(list(photos)) >= 1000 - 4 * BATCH


def test_photos_that_fail_cost_no_network_time_and_leave_its_batches_full() -> None:
    class EverySecondFails(Number):
        def answer(self, number: int, photo: Photo) -> Prepared | Failure:
            return Failure("no_face", str(number)) if number % 2 else Prepared(photo.pixels)

    extractor = EverySecondFails()
    outcomes = list(extractor.stream(_photos(3 * BATCH)))
    assert [outcome.detail for outcome in outcomes[1::2] if isinstance(outcome, Failure)] == [
        str(number) for number in range(1, 3 * BATCH, 2)
    ]
    assert _numbers(outcomes[::2]) == list(range(0, 3 * BATCH, 2))
    assert extractor.calls == [BATCH, BATCH // 2]


def test_photos_that_all_fail_never_reach_the_network() -> None:
    extractor = NoFace()
    assert list(extractor.stream(_photos(300))) == [Failure("no_face")] * 300
    assert extractor.calls == []


def test_no_photos_never_reach_the_network() -> None:
    extractor = Number()
    assert list(extractor.stream([])) == []
    assert extractor.calls == []


def test_photos_are_made_ready_while_the_network_infers() -> None:
    class Overlapping(Number):
        later = threading.Event()

        def wait(self, number: int) -> None:
            if number >= BATCH:
                assert self.inferring.wait(LONG)
                self.later.set()

        inferring = threading.Event()

        def infer(self, batch: np.ndarray) -> np.ndarray:
            self.inferring.set()
            assert self.later.wait(LONG)
            return super().infer(batch)

    assert _numbers(Overlapping().stream(_photos(3 * BATCH))) == list(range(3 * BATCH))


class Blocked(Number):
    """Makes the photos of the first batch ready, and the others when it is opened."""

    def __init__(self) -> None:
        super().__init__()
        self.opened = threading.Event()

    def wait(self, number: int) -> None:
        assert number < BATCH or self.opened.wait(LONG)

    def all_prepared(self) -> list[int]:
        """Let everything under way finish, and return what was made ready in all."""
        self.opened.set()
        _threaded._threads().shutdown()
        return self.prepared


def test_a_closed_stream_makes_no_further_photos_ready() -> None:
    extractor = Blocked()
    stream = extractor.stream(_photos(1000))
    next(stream)
    stream.close()  # type: ignore[attr-defined]
    assert len(extractor.all_prepared()) <= BATCH + THREADS


def test_an_error_of_the_network_is_passed_on_and_ends_the_work() -> None:
    class Broken(Blocked):
        def infer(self, batch: np.ndarray) -> np.ndarray:
            raise RuntimeError("out of memory")

    extractor = Broken()
    with pytest.raises(RuntimeError, match="out of memory"):
        next(extractor.stream(_photos(1000)))
    assert len(extractor.all_prepared()) <= BATCH + THREADS


def test_an_error_that_is_no_fault_of_the_photo_is_passed_on_and_ends_the_work() -> None:
    class Broken(Blocked):
        def answer(self, number: int, photo: Photo) -> Prepared:
            if number == 3:
                raise ZeroDivisionError
            return Prepared(photo.pixels)

    extractor = Broken()
    with pytest.raises(ZeroDivisionError):
        next(extractor.stream(_photos(1000)))
    assert len(extractor.all_prepared()) <= BATCH + THREADS


def test_an_error_of_the_photos_themselves_is_passed_on() -> None:
    def photos() -> Iterator[Photo]:
        yield from _photos(3)
        raise PermissionError("the folder is gone")

    with pytest.raises(PermissionError, match="the folder is gone"):
        list(Number().stream(photos()))


def test_a_photo_that_cannot_be_decoded_is_a_failure_with_its_reason() -> None:
    class Undecodable(Number):
        def answer(self, number: int, photo: Photo) -> Prepared:
            if number == 1:
                raise PhotoError("truncated", "half of it is there")
            return Prepared(photo.pixels)

    first, second, third = Undecodable().stream(_photos(3))
    assert second == Failure("truncated", "half of it is there")
    assert _numbers([first, third]) == [0, 2]


def test_the_box_of_a_face_stays_with_its_vector() -> None:
    class Boxed(Number):
        def answer(self, number: int, photo: Photo) -> Prepared:
            return Prepared(photo.pixels, (number, 0, number, 0))

    outcomes = list(Boxed().stream(_photos(70)))
    assert [outcome.box for outcome in outcomes if isinstance(outcome, Embedding)] == [(n, 0, n, 0) for n in range(70)]


class Group(Number):
    """Photos of as many faces as their number says, up to four; each face is a chip of that number."""

    finder: Any = SimpleNamespace(
        find_all=lambda photo: [
            Face((place, 0, place, 0), photo.pixels) for place in range(int(photo.pixels[0, 0, 1]) % 5)
        ],
        detector=SimpleNamespace(identity=Identity("nobody()", "1"), expect=lambda photos: None),
    )


def stream_faces(extractor: StagedExtractor, photos: Iterable[Photo], name: str = "group") -> list[Any]:
    given = list(photos)
    return faces_of(Photos.unstored(given), Embedder(name, extractor, identity=Identity(name, "1")))


def test_each_face_of_each_photo_has_a_vector_photos_in_order() -> None:
    extractor = Group()
    outcomes = list(stream_faces(extractor, _photos(100)))
    assert len(outcomes) == 100
    for number, faces in enumerate(outcomes):
        if number % 5 == 0:
            assert faces == Failure("no_face", "no face found")
        else:
            assert isinstance(faces, list)
            assert _numbers(faces) == [number] * (number % 5)
            assert [face.box for face in faces] == [(place, 0, place, 0) for place in range(number % 5)]
    assert sum(extractor.calls) == 200
    assert max(extractor.calls) <= BATCH + 3  # photos are not torn apart


def test_of_a_photo_without_pixels_there_are_no_faces() -> None:
    photos = [Photo(b"a text"), *_photos(3)]
    first, nobody, one, two = stream_faces(Group(), photos)
    assert isinstance(first, Failure)
    assert first.reason == "unsupported"
    assert nobody == Failure("no_face", "no face found")
    assert [len(faces) for faces in (one, two) if isinstance(faces, list)] == [1, 2]


def test_faces_that_all_fail_never_reach_the_network() -> None:
    extractor = Group()
    assert stream_faces(extractor, (photo for photo in _photos(300) if _number(photo) % 256 % 5 == 0))
    assert extractor.calls == []
    assert stream_faces(extractor, []) == []


def test_few_photos_of_faces_are_in_memory_at_a_time() -> None:
    alive: weakref.WeakSet[Photo] = weakref.WeakSet()
    peaks: list[int] = []

    class Counted(Photos):
        def read(self, positions: Sequence[int]) -> Iterator[tuple[str, Photo]]:
            for position in positions:
                photo = Photo(np.array([[[0, position % 256, 0]]], np.uint8))
                alive.add(photo)
                peaks.append(len(alive))
                yield "", photo

    embedder = Embedder("group", Group(), identity=Identity("group", "1"))
    assert len(faces_of(Counted([b""] * 1000, [""] * 1000), embedder)) == 1000
    assert max(peaks) <= 3 * BATCH


@pytest.mark.parametrize("name", ["face_recognition", "mobilenet(view='face')"])
def test_where_there_is_one_face_both_ways_give_the_same(
    name: str, orl: list[Path], extractor_named: Callable[[str], Any]
) -> None:
    extractor, photos = extractor_named(name), [Photo(path) for path in orl[:60:10]]
    for one, every in zip(extractor.stream(photos), stream_faces(extractor, photos, name), strict=True):
        [face] = every
        assert face.box == one.box
        np.testing.assert_allclose(face.vector, one.vector, atol=1e-5)


def _photos(count: int) -> Iterator[Photo]:
    """Yield photos of one pixel that holds their number."""
    return (Photo(np.array([[[number // 256, number % 256, 0]]], np.uint8)) for number in range(count))


def _number(photo: Photo) -> int:
    return int(photo.pixels[0, 0, 0]) * 256 + int(photo.pixels[0, 0, 1])


def _numbers(outcomes: Iterable[Outcome]) -> list[int]:
    return [int(outcome.vector[0]) for outcome in outcomes if isinstance(outcome, Embedding)]


def test_photos_that_take_no_time_are_left_to_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_threaded, "_QUICK", LONG)
    used: list[str] = []
    assert list(in_threads(lambda number: used.append(threading.current_thread().name) or number, range(500))) == [
        *range(500)
    ]
    assert len(set(used[-100:])) == 1
