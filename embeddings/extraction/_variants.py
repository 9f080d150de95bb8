"""Augmented training photos to vectors: a few random variants of each, embedded like photos of their own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from ...data import Augmentation, Dataset, Item, Photo
from ._embedder import Embedder
from ._one_pass import embed_together
from ._photos import key_of
from ._vectors import Variants, Vectors

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Indices = NDArray[np.intp]


class _VariantSource:
    """The first `count` variants of some photos: those of one photo stand together."""

    what = "variants"

    def __init__(
        self, items: Sequence[Item], photos: Indices, keys: Sequence[str], augmentation: Augmentation, count: int
    ) -> None:
        self._items, self._photos, self._augmentation, self._count = items, photos, augmentation, count
        self.keys = [self._key(keys[photo], number) for photo in photos for number in range(count)]

    def read(self, positions: Sequence[int]) -> Iterator[tuple[str, Photo]]:
        """Yield variants, each with its key; a photo is decoded once for all of its own."""
        for index, of_photo in groupby(positions, lambda position: position // self._count):
            photo = self._items[self._photos[index]].photo()
            variants = self._augmentation.variants(photo, self._count)
            for position in of_photo:
                number = position % self._count
                yield self._key(key_of(photo), number), variants[number]

    def _key(self, photo: str, number: int) -> str:
        return f"{photo}~{self._augmentation.key}/{number}" if photo else ""


def embed_variants(
    dataset: Dataset,
    photos: Indices,
    keys: Sequence[str],
    embedders: Sequence[Embedder],
    augmentation: Augmentation,
    count: int,
) -> list[Variants]:
    """Return the vectors of the first `count` variants of some photos of a data set under each extractor.

    An extractor that takes faces gets variants of the photo's own shape, whatever the square of the augmentation: a
    squeezed face is another's.

    Args:
        dataset: the photos.
        photos: sorted indices of those that get variants.
        keys: (photos of the data set,) under which their own outcomes are stored.
        embedders: extractors with their stores.
        augmentation: what variants may differ in.
        count: variants of each photo.
    """
    passes: dict[Augmentation, list[Embedder]] = defaultdict(list)
    for embedder in embedders:
        passes[replace(augmentation, side=0) if embedder.takes_faces else augmentation].append(embedder)
    made: dict[Embedder, Vectors] = {}
    for seen, together in passes.items():
        source = _VariantSource(dataset.items, photos, keys, seen, count)
        made.update(zip(together, embed_together(source, together), strict=True))
    return [_variants(made[embedder], photos, len(dataset.items), count) for embedder in embedders]


def _variants(vectors: Vectors, photos: Indices, size: int, count: int) -> Variants:
    matrix = np.where(vectors.embedded[:, None], vectors.matrix, np.float32(np.nan))
    matrix = np.ascontiguousarray(matrix.reshape(len(photos), count, -1).swapaxes(0, 1))
    return Variants(
        photos=photos,
        size=size,
        matrix=matrix,
        stored=int(vectors.stored.sum()),
        seconds=vectors.extract_seconds,
    )
