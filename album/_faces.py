"""The faces of an album, and of the examples that say who is looked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..data import FAULTS, Dataset, Photo
from ..embeddings import Embedding, Extractor, Failure, VectorStore, extractors
from ..embeddings.extraction import Embedder, Photos, faces_of
from ..errors import FacebenchError
from ._album import Album, AlbumFace, AlbumPhoto
from ._bands import band, likeness
from ._people import group_people

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Bands and groups are made for its vectors.
EXTRACTOR = "sface"


def find_faces(photos: Dataset, examples: Sequence[str | Path], store: VectorStore | None = None) -> Album:
    """Return every face on the photos: what looks like the examples is proposed, all others are grouped into people.

    Args:
        photos: of the album.
        examples: photos of the person who is looked for; of each the most prominent face counts.
        store: where vectors and detections are looked up and saved.

    Raises:
        FacebenchError: an example cannot be read, or shows no face.
    """
    extractor = extractors.create(EXTRACTOR)
    wanted = _vectors_of(examples, extractor)
    source = Photos([item.file for item in photos.items])
    seen = faces_of(source, Embedder(EXTRACTOR, extractor, store))
    listed = tuple(AlbumPhoto(item.file, item.name, key) for item, key in zip(photos.items, source.keys, strict=True))
    where = [position for position, faces in enumerate(seen) if not isinstance(faces, Failure) for _ in faces]
    found = [face for faces in seen if not isinstance(faces, Failure) for face in faces]
    failed = {position: faces.reason for position, faces in enumerate(seen) if isinstance(faces, Failure)}
    faceless = tuple(position for position, reason in failed.items() if reason not in FAULTS)
    proposed = _proposed(where, found, wanted)
    return Album(photos.sources["data"], listed, proposed, faceless, dict(Counter(failed.values())), EXTRACTOR)


def _proposed(where: list[int], found: list[Embedding], wanted: NDArray[np.float32]) -> tuple[AlbumFace, ...]:
    """Return the faces, each with the position of its photo, with what is proposed."""
    if not found:
        return ()
    vectors = np.stack([face.vector for face in found])
    alike = likeness(vectors, wanted).tolist()
    faces = [
        AlbumFace(photo, face.box or (0, 0, 0, 0), score, band(score))
        for photo, face, score in zip(where, found, alike, strict=True)
    ]
    others = [position for position, face in enumerate(faces) if face.band == "surely not"]
    for position, person in zip(others, group_people(vectors[others]).tolist(), strict=True):
        faces[position] = replace(faces[position], person=person)
    return tuple(faces)


def _vectors_of(examples: Sequence[str | Path], extractor: Extractor) -> NDArray[np.float32]:
    """Return the vectors (n, d) of examples."""
    vectors = []
    for example, outcome in zip(examples, extractor.embed([Photo(path) for path in examples]), strict=True):
        if isinstance(outcome, Failure):
            raise FacebenchError(f"{example} is no example of you: {outcome.detail or outcome.reason}.")
        vectors.append(outcome.vector)
    return np.stack(vectors)
