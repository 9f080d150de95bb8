"""Augmented training photos to vectors: a few random variants of each, embedded like photos of their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from ..data import Augmentation, Dataset, Photo
from ..embeddings import Embedding
from ._embedder import Embedder, hash_of
from ._schema import AugmentationResult

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Indices = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Variants:
    """The vectors of variants of some photos of a data set.

    Attributes:
        photos: indices of these photos in the data set, sorted.
        size: photos of the data set.
        matrix: float32 (variants, photos, dimension), NaN where a variant has no vector.
        summary: counts and time, for the result.
    """

    photos: Indices
    size: int
    matrix: NDArray[np.float32]
    summary: AugmentationResult

    @cached_property
    def embedded(self) -> NDArray[np.bool_]:
        """(photos of the data set,) True where a photo has at least one variant with a vector."""
        embedded = np.zeros(self.size, dtype=bool)
        embedded[self.photos] = ~np.isnan(self.matrix[:, :, 0]).all(axis=0)
        return embedded

    def of(self, photos: Indices) -> NDArray[np.float32]:
        """Return the vectors (variants, n, dimension) of photos that are among `self.photos`."""
        return self.matrix[:, np.searchsorted(self.photos, photos)]


def embed_variants(
    dataset: Dataset, photos: Indices, hashes: list[str], embedder: Embedder, augmentation: Augmentation, count: int
) -> Variants:
    """Return the vectors of the first `count` variants of some photos of a data set, by their sorted indices."""
    variants = [(int(photo), number) for photo in photos for number in range(count)]
    hashes = list(hashes)  # the caller's are those of the bytes whose vectors it has

    def key(photo: int, number: int) -> str:
        return f"{hashes[photo]}~{augmentation.key}/{number}" if hashes[photo] else ""

    keys = [key(*variant) for variant in variants]

    def made(missing: list[int]) -> Iterator[Photo]:
        for index, positions in groupby(missing, lambda position: variants[position][0]):
            photo = Photo(dataset.items[index].path)
            hashes[index] = hash_of(photo)
            of_photo = augmentation.variants(photo, count)
            for position in positions:
                keys[position] = key(*variants[position])
                yield of_photo[variants[position][1]]

    embedded = embedder.embed(keys, made, "variants")
    matrix = np.full((count, len(photos), embedder.card.dimension), np.nan, dtype=np.float32)
    for position, outcome in enumerate(embedded.outcomes):
        if isinstance(outcome, Embedding):
            matrix[position % count, position // count] = outcome.vector
    summary = AugmentationResult(
        variants=len(variants),
        stored=embedded.stored,
        lost=int(np.isnan(matrix[:, :, 0]).sum()),
        seconds=embedded.extract_seconds,
    )
    return Variants(photos, len(dataset.items), matrix, summary)
