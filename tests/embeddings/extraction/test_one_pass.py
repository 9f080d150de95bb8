"""One pass: each photo is read, decoded and searched for faces as often as need be, and no more."""

import builtins
import hashlib
import re
import shutil
import weakref
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from facebench.benchmarks import RunFolder, Settings, run_benchmark
from facebench.benchmarks.results import Properties
from facebench.bundles import Bundle
from facebench.bundles._train import train_bundle
from facebench.checks.photos import check_photos
from facebench.data import Dataset, Photo, people_folder
from facebench.data.decoding import _photo
from facebench.embeddings import Embedding, Failure, VectorStore, extractors
from facebench.embeddings.built_in import FaceSurvey
from facebench.embeddings.extraction import Embedder, Photos, embed_photos, embed_together
from facebench.embeddings.faces import Hog
from facebench.errors import FacebenchError
from facebench.reports import write_report
from PIL import Image

EVERY = ["mobilenet", "face_recognition", "face_recognition(faces='center')", "mobilenet(view='face')"]


@dataclass
class Counts:
    """How often each photo was read, hashed, decoded and searched, by its bytes or its pixels."""

    read: Counter[Path] = field(default_factory=Counter)
    hashed: Counter[bytes] = field(default_factory=Counter)
    decoded: Counter[bytes] = field(default_factory=Counter)
    searched: Counter[bytes] = field(default_factory=Counter)

    def most(self) -> tuple[int, ...]:
        """Return the most often that any photo was read, hashed, decoded and searched."""
        return tuple(max(c.values(), default=0) for c in (self.read, self.hashed, self.decoded, self.searched))


@pytest.fixture
def counts(monkeypatch: pytest.MonkeyPatch) -> Counts:
    """Counts from here on; a file counts as read where its bytes are taken."""
    counts = Counts()
    read, opened, sha256, decode, detect = Path.read_bytes, open, hashlib.sha256, _photo.decode_with_header, Hog.detect

    def reading(path: Path) -> bytes:
        if path.suffix in (".png", ".jpg"):
            counts.read[path] += 1
        return read(path)

    def opening(file: Any, *arguments: Any, **options: Any) -> Any:
        if str(file).endswith((".png", ".jpg")):
            counts.read[Path(file)] += 1
        return opened(file, *arguments, **options)

    def hashing(content: bytes = b"", **options: Any) -> Any:
        if len(content) > 1000 and content[:4] == b"\x89PNG":
            counts.hashed[content] += 1
        return sha256(content, **options)

    def decoding(content: bytes) -> Any:
        counts.decoded[content] += 1
        return decode(content)

    def searching(hog: Hog, pixels: np.ndarray) -> Any:
        counts.searched[pixels.tobytes()] += 1
        return detect(hog, pixels)

    monkeypatch.setattr(Path, "read_bytes", reading)
    monkeypatch.setattr(builtins, "open", opening)
    monkeypatch.setattr(hashlib, "sha256", hashing)
    monkeypatch.setattr(_photo, "decode_with_header", decoding)
    monkeypatch.setattr(Hog, "detect", searching)
    return counts


@pytest.fixture
def album(people: Callable[..., Dataset], tmp_path: Path) -> Dataset:
    """Twelve people, five photos each, as PNG."""
    for item in people(12, photos=5).items:
        path = (tmp_path / "album" / item.name).with_suffix(".png")
        path.parent.mkdir(exist_ok=True, parents=True)
        Image.open(item.path).save(path)
    return people_folder(tmp_path / "album")


def asked(**settings: Any) -> Settings:
    return Settings(
        **{"extractors": EVERY, "heads": ["logreg"], "target": "s3", "repeats": 1, "audit": True} | settings
    )


def test_a_run_decodes_and_searches_each_photo_once_and_a_second_one_not_at_all(
    album: Dataset, store: VectorStore, counts: Counts
) -> None:
    measured: list[Properties] = []
    first = run_benchmark(album, asked(), lambda *_: None, store=store, list_properties=measured.append)
    assert len(first.extractors) == len(EVERY) + 4  # the audits look at the same pixels
    assert len(counts.read) == len(counts.decoded) == len(counts.searched) == len(album.items)
    assert all(most <= allowed for most, allowed in zip(counts.most(), (2, 2, 1, 1), strict=True))
    counts.decoded.clear()
    counts.searched.clear()
    second = run_benchmark(album, asked(), lambda *_: None, store=store, list_properties=measured.append)
    assert not counts.decoded
    assert not counts.searched
    assert measured[0] == measured[1]
    assert [photo.path for photo in measured[0].photos] == [item.name for item in album.items]
    assert {photo.detector for photo in measured[0].photos} == {"hog"}
    for before, after in zip(first.pairings, second.pairings, strict=True):
        assert [t.metrics for t in before.targets] == [t.metrics for t in after.targets]


def test_an_extractor_that_comes_later_finds_the_faces_in_the_store(
    album: Dataset, store: VectorStore, counts: Counts
) -> None:
    paths = [item.path for item in album.items]
    embed_photos(Photos(paths), Embedder("face_recognition", extractors.create("face_recognition"), store))
    counts.searched.clear()
    center = extractors.create("face_recognition(faces='center')")
    seen = embed_photos(Photos(paths), Embedder("face_recognition(faces='center')", center, store))
    assert not counts.searched
    alone = embed_photos(Photos(paths), Embedder("face_recognition(faces='center')", center))
    np.testing.assert_array_equal(seen.matrix, alone.matrix)
    assert seen.boxes == alone.boxes


def test_a_check_after_a_run_decodes_nothing(album: Dataset, store: VectorStore, counts: Counts) -> None:
    run_benchmark(album, asked(extractors=["face_recognition"], audit=False), lambda *_: None, store=store)
    counts.decoded.clear()
    counts.searched.clear()
    report = check_photos(album, store)
    assert not counts.decoded
    assert not counts.searched
    assert report == check_photos(album)


def test_every_face_of_a_photo_is_looked_up(album: Dataset, store: VectorStore, counts: Counts) -> None:
    settings = asked(extractors=["face_recognition"], audit=False)
    bundle: Bundle = train_bundle(album, settings, store=store)
    counts.searched.clear()
    paths = [item.path for item in album.items]
    found = bundle.predict(paths, faces="any", store=store)
    assert not counts.searched
    assert [(photo.answer, photo.score) for photo in found] == [
        (photo.answer, pytest.approx(photo.score, abs=1e-6)) for photo in bundle.predict(paths, faces="any")
    ]


def test_together_gives_what_each_gives_alone(album: Dataset) -> None:
    names = ["colour", "face_recognition", "mobilenet", "background", "metadata"]
    paths = [item.path for item in album.items[:20]]
    together = embed_together(Photos(paths), [Embedder(name, extractors.create(name)) for name in names])
    for name, vectors in zip(names, together, strict=True):
        alone = embed_photos(Photos(paths), Embedder(name, extractors.create(name)))
        np.testing.assert_array_equal(vectors.matrix, alone.matrix)
        assert (vectors.boxes, vectors.failures) == (alone.boxes, alone.failures)
        assert vectors.extract_seconds > 0


def test_a_photo_that_cannot_be_decoded_is_tried_once(album: Dataset, counts: Counts) -> None:
    whole = album.items[3].path.read_bytes()
    album.items[3].path.write_bytes(whole[:-300])
    paths = [item.path for item in album.items[:8]]
    names = ["metadata", "colour", "mobilenet"]
    for vectors in embed_together(Photos(paths), [Embedder(name, extractors.create(name)) for name in names]):
        [(photo, failure)] = vectors.failures.items()
        assert (photo, failure.reason) == (3, "truncated")
    assert counts.most()[2] == 1


def test_photos_missing_under_one_extractor_only_go_through_that_one(
    album: Dataset, store: VectorStore, counts: Counts
) -> None:
    paths = [item.path for item in album.items]
    colour, survey = (Embedder("colour", extractors.create("colour"), store),
                      Embedder("faces", FaceSurvey(), store, identity=FaceSurvey.identity))  # fmt: skip
    embed_photos(Photos(paths[:10]), colour)
    embed_photos(Photos(paths[5:20]), survey)
    counts.decoded.clear()
    first, second = embed_together(Photos(paths), [colour, survey])
    assert first.stored.tolist() == [index < 10 for index in range(60)]
    assert second.stored.tolist() == [5 <= index < 20 for index in range(60)]
    assert len(counts.decoded) == 55  # all but those that both have
    assert all(isinstance(outcome, Embedding | Failure) for outcome in [*first.outcomes, *second.outcomes])


def test_a_picture_in_both_classes_ends_the_run_before_most_photos_are_embedded(
    people: Callable[..., Dataset], extractor: Callable[..., Any], tmp_path: Path
) -> None:
    for item in people(30).items:
        path = (tmp_path / "album" / item.name).with_suffix(".png")
        path.parent.mkdir(exist_ok=True, parents=True)
        Image.open(item.path).save(path)
    shutil.copy(tmp_path / "album/s1/1.png", tmp_path / "album/s10/1.png")
    (tmp_path / "album/s10/1.png").write_bytes(_saved_again(tmp_path / "album/s1/1.png"))
    made = extractor()
    with pytest.raises(FacebenchError, match="show the same picture, once as s1 and once as s10"):
        run_benchmark(
            people_folder(tmp_path / "album"),
            Settings(extractors=["blocks"], heads=["logreg"], target="s1"),
            lambda *_: None,
        )
    assert made.given.total() < 150  # of 300


def test_too_few_photos_of_the_target_end_the_run_as_soon_as_that_is_known(
    people: Callable[..., Dataset], extractor: Callable[..., Any], tmp_path: Path
) -> None:
    for item in people(30).items:
        path = tmp_path / "album" / item.name
        path.parent.mkdir(exist_ok=True, parents=True)
        shutil.copy(item.path, path)
    for number in range(1, 8):
        (tmp_path / f"album/s1/{number}.pgm").write_text(f"no photo {number}")
    made = extractor()
    with pytest.raises(FacebenchError, match="holds 3 photos of s1; 5 are needed"):
        run_benchmark(
            people_folder(tmp_path / "album"),
            Settings(extractors=["blocks"], heads=["logreg"], target="s1"),
            lambda *_: None,
        )
    assert made.given.total() < 100  # of 293


def test_a_report_opens_no_photo_that_it_does_not_show(
    album: Dataset, store: VectorStore, counts: Counts, tmp_path: Path
) -> None:
    folder = RunFolder(tmp_path / "runs", "album")
    settings = asked(extractors=["face_recognition"], audit=False)
    run_benchmark(album, settings, folder.save, store=store, list_photos=folder.list_photos)
    assert folder.path is not None
    assert (folder.path / "photos.csv").stat().st_mode & 0o777 == 0o600
    counts.read.clear()
    write_report([folder.path], tmp_path / "report.html", store=store)
    assert not counts.read
    assert "nearest training photos" in (tmp_path / "report.html").read_text().lower()
    # Without the list, as an older facebench left it, the page says the same, and every photo is opened for it; but of
    # look-alikes it knows no pairs of photos, and says so.
    (folder.path / "photos.csv").unlink()
    write_report([folder.path], tmp_path / "older.html", store=store)
    assert len(counts.read) == len(album.items)
    pages = [(tmp_path / name).read_text().split("<main", 1)[1] for name in ("report.html", "older.html")]
    assert "did not list its photos" in pages[1]
    rest = [re.sub(r'<section id="lookalikes.*?</section>', "", page, flags=re.DOTALL) for page in pages]
    assert rest[0] == rest[1] != pages[1]


def _saved_again(path: Path) -> bytes:
    smaller = path.with_name("again.jpg")
    Image.open(path).convert("RGB").save(smaller, quality=90)
    content = smaller.read_bytes()
    smaller.unlink()
    return content


def test_pixels_do_not_wait_for_a_batch(album: Dataset, counts: Counts) -> None:
    """A photo is let go when the threads are done with it."""
    alive: weakref.WeakSet[Photo] = weakref.WeakSet()
    peak = 0

    class Watched(Photos):
        def read(self, positions: Any) -> Any:
            nonlocal peak
            for key, photo in super().read(positions):
                alive.add(photo)
                peak = max(peak, sum("pixels" in vars(photo) for photo in alive))
                yield key, photo

    paths = [item.path for item in album.items] * 3
    embed_photos(Watched(paths), Embedder("mobilenet", extractors.create("mobilenet")))
    assert peak <= 16
