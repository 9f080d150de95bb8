"""A photo for which memory does not suffice is tried alone; nothing is dropped without a word."""

import shutil
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from facebench.data import Photo, orl_faces
from facebench.data.decoding import _photo
from facebench.embeddings import Card, Embedding, Extractor, Outcome, VectorStore, extractors
from facebench.embeddings._extractor import Identity
from facebench.embeddings.extraction import Embedder, Photos, embed_photos
from facebench.errors import FacebenchError
from PIL import Image

Bench = Callable[..., tuple[int, str, str]]
FILES = [item.path for item in orl_faces().items[:12]]


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> Counter[int]:
    """Let memory suffice for one photo at a time; return how often a photo was tried while others were, and alone."""
    decode, busy, tried, wait = _photo.decode_with_header, [], Counter(), threading.Event()

    def one_at_a_time(contents: bytes) -> Any:
        busy.append(contents)
        wait.wait(0.02)
        try:
            tried[len(busy)] += 1
            if len(busy) > 1:
                raise MemoryError
            return decode(contents)
        finally:
            busy.remove(contents)

    monkeypatch.setattr(_photo, "decode_with_header", one_at_a_time)
    monkeypatch.setattr("facebench.embeddings._threaded.os.cpu_count", lambda: 4)
    return tried


@pytest.fixture
def never(monkeypatch: pytest.MonkeyPatch) -> bytes:
    """Return a photo for which memory never suffices."""
    large, decode = FILES[6].read_bytes(), _photo.decode_with_header

    def all_but_one(contents: bytes) -> Any:
        if contents == large:
            raise MemoryError
        return decode(contents)

    monkeypatch.setattr(_photo, "decode_with_header", all_but_one)
    return large


def test_photos_that_do_not_fit_together_are_decoded_one_at_a_time(short: Counter[int], store: VectorStore) -> None:
    vectors = embed_photos(Photos(FILES), Embedder("colour", extractors.create("colour"), store))
    assert vectors.embedded.all()
    assert sum(count for busy, count in short.items() if busy > 1) > 0
    assert len(store.get(Embedder("colour", extractors.create("colour")).identity, vectors.keys)) == len(FILES)


def test_photos_of_a_list_are_decoded_one_at_a_time_too(short: Counter[int]) -> None:
    outcomes = extractors.create("colour").embed([Photo(file) for file in FILES])
    assert all(isinstance(outcome, Embedding) for outcome in outcomes)
    assert sum(count for busy, count in short.items() if busy > 1) > 0


@pytest.mark.usefixtures("never")
def test_a_photo_that_does_not_fit_alone_ends_the_run_and_is_named(store: VectorStore) -> None:
    embedder = Embedder("colour", extractors.create("colour"), store)
    with pytest.raises(FacebenchError, match=r"\.pgm needs more memory than there is, even alone"):
        embed_photos(Photos(FILES), embedder)
    photos = Photos([file for file in FILES if file != FILES[6]])
    assert embed_photos(photos, embedder).embedded.all()


@pytest.mark.usefixtures("never")
def test_bench_ends_with_a_message_and_drops_nothing(
    tmp_path: Path, command: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FACEBENCH_CACHE", str(tmp_path / "cache"))  # what is stored is not decoded
    for number, file in enumerate(FILES):
        (tmp_path / "data" / f"p{number // 6}").mkdir(parents=True, exist_ok=True)
        shutil.copy(file, tmp_path / "data" / f"p{number // 6}" / f"{number:02}.pgm")
    options = ["--extractor", "colour", "--head", "centroid", "--runs", str(tmp_path / "runs")]
    code, _, said = command("run", "--data", str(tmp_path / "data"), *options)
    assert code == 2
    assert "06.pgm needs more memory than there is" in " ".join(said.split())


class Whole(Extractor):
    """A plug-in that takes photos whole, and cannot hold several."""

    card = Card("whole", 1, "whole photo")

    def embed(self, photos: list[Photo]) -> list[Outcome]:
        if len(photos) > 1:
            raise MemoryError
        return [Embedding(np.array([photo.pixels.mean()], np.float32)) for photo in photos]


def test_an_extractor_that_cannot_hold_a_batch_gets_one_photo_at_a_time() -> None:
    embedder = Embedder("whole", Whole(), identity=Identity("whole()", ""))
    vectors = embed_photos(Photos(FILES), embedder)
    assert vectors.matrix[:, 0] == pytest.approx([Photo(file).pixels.mean() for file in FILES])


PROGRAM = """
import resource, sys
from facebench.data import Photo, PhotoError

for path in sys.argv[1:]:
    found = set()
    Photo(path.replace("large", "small")).pixels  # loads what is loaded once
    for megabytes in range(1, 50, 6):
        photo = Photo(path)
        taken = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (taken + megabytes * 1_000_000, resource.RLIM_INFINITY))
        try:
            photo.pixels
            found.add("pixels")
        except (MemoryError, PhotoError) as error:
            found.add("memory" if isinstance(error, MemoryError) else f"{error} at {megabytes}")
        finally:
            resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY,) * 2)
    print(path.rpartition(".")[2], *sorted(found), sep=", ")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not bound the memory of a process")
def test_no_photo_is_called_bad_where_memory_is_short(tmp_path: Path) -> None:
    endings = ["png", "jpg", "tif", "bmp", "webp", "gif", "ppm"]
    for ending in endings:
        for name, side in (("small", 40), ("large", 1_500)):
            Image.new("RGB", (side, side)).save(tmp_path / f"{name}.{ending}")
    files = [str(tmp_path / f"large.{ending}") for ending in endings]
    done = subprocess.run([sys.executable, "-c", PROGRAM, *files], capture_output=True, text=True, check=True)
    found = [line.split(", ") for line in done.stdout.splitlines()]
    assert [ending for ending, *_ in found] == endings
    assert all(outcomes in (["memory", "pixels"], ["pixels"]) for _, *outcomes in found), found
    assert sum("memory" in outcomes for outcomes in found) >= 4  # others find room in what was set free
