"""The faces of an album, and of the examples that say who is looked for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..data import Dataset, Photo
from ..embeddings import Embedding, Extractor, Failure, VectorStore, extractors
from ..embeddings.extraction import Embedder, Photos, faces_of
from ..errors import FacebenchError
from ._album import Album, AlbumPhoto, Band
from ._bands import band, likeness
from ._judged import each_of, judged_album
from ._people import EXTRACTOR

if TYPE_CHECKING:
    from numpy.typing import NDArray


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
    listed = [AlbumPhoto(item.file, item.name, key) for item, key in zip(photos.items, source.keys, strict=True)]
    return judged_album(photos.sources["data"], listed, seen, _compared(each_of(seen), wanted), EXTRACTOR)


def _compared(faces: Sequence[Embedding], wanted: NDArray[np.float32]) -> list[tuple[float, Band]]:
    """Return what each face's likeness to the examples is, and says."""
    if not faces:
        return []
    alike = likeness(np.stack([face.vector for face in faces]), wanted)
    return [(score, band(score)) for score in alike.tolist()]


def _vectors_of(examples: Sequence[str | Path], extractor: Extractor) -> NDArray[np.float32]:
    """Return the vectors (n, d) of examples."""
    vectors = []
    for example, outcome in zip(examples, extractor.embed([Photo(path) for path in examples]), strict=True):
        if isinstance(outcome, Failure):
            raise FacebenchError(f"{example} is no example of you: {outcome.detail or outcome.reason}.")
        vectors.append(outcome.vector)
    return np.stack(vectors)
