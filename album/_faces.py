"""The faces of an album, and of the examples that say who is looked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from ..data import Dataset, Photo
from ..data.labels import TOGETHER
from ..embeddings import Box, Extractor, Failure, VectorStore, extractors
from ..embeddings.extraction import Embedder, Photos, faces_of
from ..errors import FacebenchError
from ._album import Album, AlbumPhoto, Band
from ._bands import band, likeness
from ._judged import Seen, each_of, judged_album
from ._people import EXTRACTOR

if TYPE_CHECKING:
    from numpy.typing import NDArray


#: Other extractors that may propose beside it, by their names, as they see the same faces.
ALSO = {"face_recognition": "face_recognition(detector='yunet')"}
#: Where a face is, its likeness, and its band.
Place: TypeAlias = tuple[int, Box | None]
Judged: TypeAlias = tuple[float, Band]
_SURER: list[Band] = ["surely not", "perhaps", "surely"]


def find_faces(
    photos: Dataset,
    examples: Sequence[str | Path],
    store: VectorStore | None = None,
    also: Sequence[Literal["face_recognition"]] = (),
) -> Album:
    """Return every face on the photos: what looks like the examples is proposed, all others are grouped into people.

    Args:
        photos: of the album.
        examples: photos of the person who is looked for; of each the most prominent face counts.
        store: where vectors and detections are looked up and saved.
        also: other extractors, to which a face may look like the examples where it does not to `sface`.

    Raises:
        FacebenchError: an example cannot be read, or shows no face.
    """
    source = Photos([item.file for item in photos.items])
    seen, compared = _compared(source, examples, EXTRACTOR, EXTRACTOR, store)
    for name in also:
        others, judged = _compared(source, examples, name, ALSO[name], store)
        compared = _surer(_by_place(seen, compared), _by_place(others, judged))
    listed = [AlbumPhoto(item.file, item.name, key) for item, key in zip(photos.items, source.keys, strict=True)]
    album = judged_album(photos.sources["data"], listed, seen, compared, EXTRACTOR)
    return replace(album, extractor=TOGETHER.join([EXTRACTOR, *(ALSO[name] for name in also)]))


def _compared(
    source: Photos, examples: Sequence[str | Path], name: str, call: str, store: VectorStore | None
) -> tuple[list[Seen], list[Judged]]:
    """Return the faces of each photo as one extractor sees them; of all, the likeness to the examples and its band."""
    extractor = extractors.create(call)
    wanted = _vectors_of(examples, extractor)
    seen = faces_of(source, Embedder(call, extractor, store))
    faces = each_of(seen)
    alike = likeness(np.stack([face.vector for face in faces]), wanted).tolist() if faces else []
    return seen, [(score, band(score, name)) for score in alike]


def _by_place(seen: Sequence[Seen], judged: Sequence[Judged]) -> dict[Place, Judged]:
    """Return what was found out about faces by photo and box."""
    where = [number for number, faces in enumerate(seen) if not isinstance(faces, Failure) for _ in faces]
    boxes = [face.box for face in each_of(seen)]
    return dict(zip(zip(where, boxes, strict=True), judged, strict=True))


def _surer(ours: dict[Place, Judged], theirs: dict[Place, Judged]) -> list[Judged]:
    """Return our likeness of each face with the surer of two bands."""
    nothing: Judged = (0.0, "surely not")
    return [(score, max(of, theirs.get(place, nothing)[1], key=_SURER.index)) for place, (score, of) in ours.items()]


def _vectors_of(examples: Sequence[str | Path], extractor: Extractor) -> NDArray[np.float32]:
    """Return the vectors (n, d) of examples."""
    vectors = []
    for example, outcome in zip(examples, extractor.embed([Photo(path) for path in examples]), strict=True):
        if isinstance(outcome, Failure):
            raise FacebenchError(f"{example} is no example of you: {outcome.detail or outcome.reason}.")
        vectors.append(outcome.vector)
    return np.stack(vectors)
