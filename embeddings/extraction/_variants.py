"""Copies of photos to vectors, embedded like photos of their own: augmented variants, and degraded copies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING, Protocol

import numpy as np

from ...data import STEPS, Augmentation, Box, Dataset, Degradation, Item, Photo, degraded_copies
from ._embedder import Embedder
from ._one_pass import embed_together
from ._photos import key_of
from ._vectors import Variants, Vectors

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Indices = NDArray[np.intp]


class _Maker(Protocol):
    """What makes copies of a photo, as many of each."""

    @property
    def what(self) -> str:
        """They are, in the plural, for progress."""

    def names(self, photo: int, /) -> list[str]:
        """Return what the keys of the copies of a photo, by its index in the data set, end in."""

    def copies(self, photo: int, source: Photo, /) -> list[Photo]:
        """Return these copies, whose pixels are computed on first use."""


@dataclass(frozen=True)
class _Augmented:
    augmentation: Augmentation
    count: int
    what: str = "variants"

    def names(self, _: int) -> list[str]:
        return [f"{self.augmentation.key}/{number}" for number in range(self.count)]

    def copies(self, _: int, source: Photo) -> list[Photo]:
        return self.augmentation.variants(source, self.count)


@dataclass(frozen=True)
class _Degraded:
    kinds: Sequence[Degradation]
    faces: Mapping[int, Box]
    what: str = "degraded copies"

    def names(self, photo: int) -> list[str]:
        face = self.faces.get(photo)
        return [f"{key}/{step}" for key in (kind.key(face) for kind in self.kinds) for step in range(1, STEPS + 1)]

    def copies(self, photo: int, source: Photo) -> list[Photo]:
        return degraded_copies(source, self.faces.get(photo), self.kinds)


class _Copies:
    """Copies of some photos of a data set: those of one photo stand together."""

    def __init__(self, items: Sequence[Item], photos: Indices, keys: Sequence[str], maker: _Maker) -> None:
        self._items, self._photos, self._maker, self.what = items, photos.tolist(), maker, maker.what
        self.keys = [_key(keys[photo], name) for photo in self._photos for name in maker.names(photo)]
        self._count = len(self.keys) // max(1, len(self._photos))

    def read(self, positions: Sequence[int]) -> Iterator[tuple[str, Photo]]:
        """Yield copies, each with its key; a photo is decoded once for all of its own."""
        for place, of_photo in groupby(positions, lambda position: position // self._count):
            index = self._photos[place]
            photo = self._items[index].photo()
            names, copies, key = self._maker.names(index), self._maker.copies(index, photo), key_of(photo)
            for number in (position % self._count for position in of_photo):
                yield _key(key, names[number]), copies[number]


def _key(photo: str, name: str) -> str:
    return f"{photo}~{name}" if photo else ""


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
        source = _Copies(dataset.items, photos, keys, _Augmented(seen, count))
        made.update(zip(together, embed_together(source, together), strict=True))
    return [_variants(made[embedder], photos, len(dataset.items), count) for embedder in embedders]


def embed_degraded(
    dataset: Dataset,
    photos: Indices,
    keys: Sequence[str],
    embedders: Sequence[Embedder],
    kinds: Sequence[Degradation],
    faces: Mapping[int, Box],
) -> list[Vectors]:
    """Return the vectors of degraded copies of some photos of a data set under each extractor, all in one pass.

    In each, the copies of the first photo come first: those of the first kind, by step, and so on.

    Args:
        dataset: the photos.
        photos: sorted indices of those that get copies.
        keys: (photos of the data set,) under which their own outcomes are stored.
        embedders: extractors with their stores.
        kinds: of degradation.
        faces: boxes of faces by the photos' indices, as far as they are known.
    """
    return embed_together(_Copies(dataset.items, photos, keys, _Degraded(kinds, faces)), embedders)


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
