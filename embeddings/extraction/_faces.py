"""Each face of each photo as a vector: what a photo of several people needs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...data import Photo
from ...text import progress_bar
from .._extractor import BATCH, Identity
from .._outcome import Embedding, Failure
from .._staged import StagedExtractor
from .._threaded import AHEAD, in_threads, staged
from ..faces import Detections
from ._embedder import Embedder
from ._keeper import Keeper
from ._one_pass import searched
from ._photos import PhotoSource


def faces_of(photos: PhotoSource, embedder: Embedder) -> list[list[Embedding] | Failure]:
    """Return the vectors of each photo's faces, from left to right, or why it has none.

    Detections are looked up in the store and saved there; the vectors are not.

    Args:
        photos: the photos.
        embedder: an extractor that looks at faces (it has a `finder`), with its store.
    """
    extractor = embedder.extractor
    assert isinstance(extractor, StagedExtractor)  # noqa: S101
    assert extractor.finder is not None  # noqa: S101
    detector = extractor.finder.detector

    def work(read: tuple[str, Photo]) -> tuple[str, dict[Identity, Detections], Any]:
        key, photo = read
        stage = staged(extractor.stage_faces, photo)
        return key, searched(photo), stage

    def known() -> Iterator[tuple[str, Photo]]:
        stored = embedder.store.detections(detector.identity, photos.keys) if embedder.store else {}
        for key, photo in photos.read(range(len(photos.keys))):
            photo.found |= {detector.identity: stored[key]} if key in stored else {}
            yield key, photo

    seen: list[list[Embedding] | Failure] = []
    group: list[Any] = []

    def finish() -> None:
        seen.extend(extractor.finish_faces(group))
        group.clear()

    with progress_bar(embedder.name, len(photos.keys), photos.what) as bar, Keeper(embedder.store) as keeper:
        with bar.saying(f"{embedder.name}: loading"):
            extractor.load()
        for key, found, stage in in_threads(work, known()):
            keeper.add_detections(key, found)
            group.append(stage)
            if len(group) == AHEAD or sum(len(s) for s in group if not isinstance(s, Failure)) >= BATCH:
                finish()
            bar(1)
        finish()
    return seen
