"""Each face of each photo as a vector: what a photo of several people needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np

from ...data import Photo
from ...text import progress_bar
from .._extractor import BATCH, Identity
from .._outcome import Embedding, Failure, Outcome
from .._staged import StagedExtractor
from .._threaded import AHEAD, in_threads, staged
from ..faces import Detections
from ..store import VectorStore
from ._embedder import Embedder
from ._keeper import Keeper
from ._one_pass import searched
from ._photos import PhotoSource

#: The faces of one photo, from left to right, or why it has none.
Faces: TypeAlias = list[Embedding] | Failure


def faces_of(photos: PhotoSource, embedder: Embedder) -> list[Faces]:
    """Return the vectors of each photo's faces, from left to right, or why it has none.

    Vectors and detections are looked up in the store and saved there, batch by batch: what is interrupted resumes.

    Args:
        photos: the photos.
        embedder: an extractor that looks at faces (it has a `finder`), with its store.
    """
    extractor = embedder.extractor
    assert isinstance(extractor, StagedExtractor)  # noqa: S101
    assert extractor.finder is not None  # noqa: S101
    found = embedder.store.detections(extractor.finder.detector.identity, photos.keys) if embedder.store else {}
    known = _stored(embedder, found, photos.keys) if embedder.store else {}
    seen: list[Faces] = [known.get(key, Failure("no_face")) for key in photos.keys]
    missing = [position for position, key in enumerate(photos.keys) if key not in known]
    _search(photos, embedder, missing, found, seen.__setitem__)
    return seen


def _search(
    photos: PhotoSource,
    embedder: Embedder,
    missing: list[int],
    found: dict[str, Detections],
    take: Callable[[int, Faces], None],
) -> None:
    """Embed the faces of the photos at some positions; `found` has what is known of the faces on them."""
    extractor, identity = embedder.extractor, each_face(embedder.identity)
    assert isinstance(extractor, StagedExtractor)  # noqa: S101
    assert extractor.finder is not None  # noqa: S101
    detector = extractor.finder.detector
    group: list[tuple[int, str, Any]] = []

    def work(item: tuple[int, str, Photo]) -> tuple[int, str, dict[Identity, Detections], Any]:
        position, key, photo = item
        stage = staged(extractor.stage_faces, photo)
        return position, key, searched(photo), stage

    def read() -> Iterator[tuple[int, str, Photo]]:
        for position, (key, photo) in zip(missing, photos.read(missing), strict=True):
            photo.found |= {detector.identity: found[key]} if key in found else {}
            yield position, key, photo

    def finish() -> None:
        outcomes = extractor.finish_faces([stage for _, _, stage in group])
        for (position, key, _), faces in zip(group, outcomes, strict=True):
            keeper.add(identity, key, _together(faces))
            take(position, faces)
        group.clear()

    with progress_bar(embedder.name, len(missing), photos.what) as bar, Keeper(embedder.store) as keeper:
        if missing:
            detector.expect(len(missing))
            with bar.saying(f"{embedder.name}: loading"):
                extractor.load()
        for position, key, detections, stage in in_threads(work, read()):
            keeper.add_detections(key, detections)
            group.append((position, key, stage))
            if len(group) == AHEAD or sum(len(s) for _, _, s in group if not isinstance(s, Failure)) >= BATCH:
                finish()
            bar(1)
        finish()


def each_face(identity: Identity) -> Identity:
    """Return the identity under which the vectors of all faces of a photo are stored, one behind the other."""
    return replace(identity, title=f"{identity.title}, each face")


def _together(faces: Faces) -> Outcome:
    return faces if isinstance(faces, Failure) else Embedding(np.concatenate([face.vector for face in faces]))


def _stored(embedder: Embedder, found: dict[str, Detections], keys: list[str]) -> dict[str, Faces]:
    """Return the faces of the photos of which the store has detections and vectors, by key."""
    assert isinstance(embedder.store, VectorStore)  # noqa: S101
    known: dict[str, Faces] = {}
    for key, outcome in embedder.store.get(each_face(embedder.identity), keys).items():
        if isinstance(outcome, Failure):
            known[key] = outcome
            continue
        boxes = sorted(face.box for face in found[key].faces) if key in found else []
        if len(outcome.vector) == len(boxes) * embedder.card.dimension > 0:
            vectors = outcome.vector.reshape(len(boxes), -1)
            known[key] = [Embedding(vector, box) for vector, box in zip(vectors, boxes, strict=True)]
    return known
