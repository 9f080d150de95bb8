"""The outcome of every photo of a data set under one extractor, and of variants of those that are trained on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from ...data import FAULTS, parts_of_key
from .._extractor import Card
from .._outcome import Box, Embedding, Failure, Outcome
from ..built_in import Fusion
from ..vector_files import Origin

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]
    Indices = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Variants:
    """The vectors of variants of some photos of a data set.

    Attributes:
        photos: indices of these photos in the data set, sorted.
        size: photos of the data set.
        matrix: float32 (variants, photos, dimension), NaN where a variant has no vector.
        stored: variants whose vectors were in the store; the time is of the others.
        seconds: making and embedding them, wall clock.
    """

    photos: Indices
    size: int
    matrix: NDArray[np.float32]
    stored: int
    seconds: float

    @property
    def lost(self) -> int:
        """Variants without a vector: no face was found again."""
        return int(np.isnan(self.matrix[:, :, 0]).sum())

    @cached_property
    def embedded(self) -> NDArray[np.bool_]:
        """(photos of the data set,) True where a photo has at least one variant with a vector."""
        embedded = np.zeros(self.size, dtype=bool)
        embedded[self.photos] = ~np.isnan(self.matrix[:, :, 0]).all(axis=0)
        return embedded

    def of(self, photos: Indices) -> NDArray[np.float32]:
        """Return the vectors (variants, n, dimension) of photos that are among `self.photos`."""
        return self.matrix[:, np.searchsorted(self.photos, photos)]


@dataclass(frozen=True, eq=False)
class Vectors:
    """One outcome per photo, in the order of the photos.

    Attributes:
        extractor: its call string; `vectors(mine.npz)` of those that came from a file.
        card: of the extractor.
        keys: under which outcomes are stored, `Photo.key`; empty where a photo's bytes cannot be read.
        matrix: float32 (photos, dimension), zero where there is no vector.
        embedded: (photos,) True where there is a vector.
        stored: (photos,) True where the outcome was in the store; the times are of the others.
        boxes: of the faces that vectors were taken from, by photo.
        failures: why the other photos have no vector, by photo.
        load_seconds: reading weights and building networks, wall clock.
        extract_seconds: photos to vectors, wall clock, of this extractor alone.
        seconds_per_photo: of photos to vectors: the mean over all, as measured when each was extracted; None where that
            is not known.
        variants: the augmented vectors of the photos that are trained on; None without augmentation.
        origin: the file that they came from; None where they were made here.
        judged_apart: of a fusion, the components of each part that a head is fitted to; none where it is fitted to all.
    """

    extractor: str
    card: Card
    keys: list[str]
    matrix: NDArray[np.float32]
    embedded: Bools
    stored: Bools
    boxes: dict[int, Box]
    failures: dict[int, Failure]
    load_seconds: float = 0.0
    extract_seconds: float = 0.0
    seconds_per_photo: float | None = None
    variants: Variants | None = None
    origin: Origin | None = None
    judged_apart: tuple[int, ...] = ()

    @cached_property
    def hashes(self) -> list[str]:
        """sha256 of each photo's bytes; empty where they cannot be read."""
        return [parts_of_key(key)[0] for key in self.keys]

    def outcome(self, photo: int) -> Outcome:
        """Return the outcome of one photo, by its index."""
        return self.failures.get(photo) or Embedding(self.matrix[photo], self.boxes.get(photo))

    @property
    def outcomes(self) -> list[Outcome]:
        """A vector or a reason per photo."""
        return [self.outcome(photo) for photo in range(len(self.keys))]

    @property
    def reasons(self) -> Counter[str]:
        """Photos without a vector, counted by reason."""
        return Counter(failure.reason for failure in self.failures.values())

    @property
    def trainable(self) -> Bools:
        """(photos,) True where there is a vector to train on: the photo's own, or one of its variants."""
        return self.embedded if self.variants is None else self.variants.embedded

    def to_train_on(self, photos: Indices) -> NDArray[np.float32]:
        """Return the vectors of training photos, (n, dimension), or (variants, n, dimension) if augmented."""
        return self.matrix[photos] if self.variants is None else self.variants.of(photos)

    def unreadable(self) -> dict[int, Failure]:
        """Return the photos that cannot be decoded, whatever the extractor, by index."""
        return {index: failure for index, failure in self.failures.items() if failure.reason in FAULTS}

    def only(self, photos: Sequence[int] | Indices) -> Vectors:
        """Return the vectors of some photos, by index, in the order given."""
        if len(photos) == len(self.keys) and np.array_equal(photos, np.arange(len(photos))):
            return self
        place = {int(photo): position for position, photo in enumerate(photos)}
        return replace(
            self,
            keys=[self.keys[photo] for photo in photos],
            matrix=self.matrix[photos],
            embedded=self.embedded[photos],
            stored=self.stored[photos],
            boxes={place[photo]: box for photo, box in self.boxes.items() if photo in place},
            failures={place[photo]: failure for photo, failure in self.failures.items() if photo in place},
        )


def joined(extractor: str, fusion: Fusion, parts: Sequence[Vectors]) -> Vectors:
    """Return the vectors of a fusion, by its call string, from its parts': a photo has one where some part has one."""
    first = parts[0]
    embedded = np.logical_or.reduce([part.embedded for part in parts])
    speeds = [part.seconds_per_photo for part in parts]
    known = [speed for speed in speeds if speed is not None]
    boxes = [part.boxes for part in reversed(parts)]  # the first part's, where it has one
    return Vectors(
        extractor=extractor,
        card=fusion.card,
        keys=first.keys,
        matrix=fusion.join([part.matrix for part in parts]),
        embedded=embedded,
        stored=np.logical_and.reduce([part.stored for part in parts]),
        boxes={photo: box for of_part in boxes for photo, box in of_part.items()},
        failures={photo: failure for photo, failure in first.failures.items() if not embedded[photo]},
        load_seconds=sum(part.load_seconds for part in parts),
        extract_seconds=sum(part.extract_seconds for part in parts),
        seconds_per_photo=sum(known) if len(known) == len(speeds) else None,
        judged_apart=fusion.judged_apart,
    )
