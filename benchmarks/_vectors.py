"""Every photo of a data set to its outcome under one extractor: each is decoded and embedded once, whatever its use."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from ..data import FAULTS, Dataset, Photo, PhotoLike
from ..embeddings import Embedding, Failure, Outcome
from ._embedder import Embedder, hash_of
from ._progress import progress_bar
from ._schema import ExtractorResult
from ._variants import Variants

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Indices = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Vectors:
    """One outcome per photo of a data set, in its order.

    Attributes:
        outcomes: a vector or a reason each.
        matrix: float32 (photos, dimension), zero where there is no vector.
        hashes: sha256 of each photo's bytes; empty where they cannot be read.
        summary: counts and times, for the result.
        variants: the augmented vectors of the photos that are trained on; None without augmentation.
    """

    outcomes: list[Outcome]
    matrix: NDArray[np.float32]
    hashes: list[str]
    summary: ExtractorResult
    variants: Variants | None = None

    @cached_property
    def embedded(self) -> NDArray[np.bool_]:
        """(photos,) True where there is a vector."""
        return np.array([isinstance(outcome, Embedding) for outcome in self.outcomes])

    @property
    def trainable(self) -> NDArray[np.bool_]:
        """(photos,) True where there is a vector to train on: the photo's own, or one of its variants."""
        return self.embedded if self.variants is None else self.variants.embedded

    def to_train_on(self, photos: Indices) -> NDArray[np.float32]:
        """Return the vectors of training photos, (n, dimension), or (variants, n, dimension) if augmented."""
        return self.matrix[photos] if self.variants is None else self.variants.of(photos)

    def unreadable(self) -> dict[int, Failure]:
        """Return the photos that cannot be decoded, whatever the extractor, by index."""
        failures = ((i, outcome) for i, outcome in enumerate(self.outcomes) if isinstance(outcome, Failure))
        return {index: failure for index, failure in failures if failure.reason in FAULTS}


def hash_photos(dataset: Dataset) -> list[str]:
    """Return the sha256 of each photo's bytes, empty where they cannot be read."""
    return hash_each([item.path for item in dataset.items])


def hash_each(photos: Sequence[PhotoLike]) -> list[str]:
    """Return the sha256 of each photo's bytes, empty where they cannot be read."""
    hashes = []
    with progress_bar("reading photos", len(photos), "photos") as advance:
        for photo in photos:
            hashes.append(hash_of(Photo(photo)))
            advance(1)
    return hashes


def embed_dataset(dataset: Dataset, hashes: list[str], embedder: Embedder) -> Vectors:
    """Return the vectors of all photos of a data set.

    Args:
        dataset: the photos.
        hashes: of `hash_photos`; those of photos that have changed since are corrected.
        embedder: the extractor and its store.
    """

    def photos(missing: list[int]) -> Iterator[Photo]:
        for index in missing:
            photo = Photo(dataset.items[index].path)
            hashes[index] = hash_of(photo)
            yield photo

    embedded = embedder.embed(hashes, photos, "photos")
    matrix = np.zeros((len(hashes), embedder.card.dimension), dtype=np.float32)
    for index, (row, outcome) in enumerate(zip(matrix, embedded.outcomes, strict=True)):
        if isinstance(outcome, Embedding):
            row[:] = outcome.vector
            embedded.outcomes[index] = Embedding(row, outcome.box)  # so that a vector stands once in memory
    summary = ExtractorResult(
        extractor=embedder.name,
        card=asdict(embedder.card),
        photos=len(hashes),
        stored=embedded.stored,
        failures=Counter(outcome.reason for outcome in embedded.outcomes if isinstance(outcome, Failure)),
        load_seconds=embedded.load_seconds,
        extract_seconds=embedded.extract_seconds,
    )
    return Vectors(embedded.outcomes, matrix, hashes, summary)
