"""A first look at the photos: which can be decoded, which are copies or bursts, and when they were taken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..data import Dataset, group_photos, shared_photos
from ..embeddings import Failure, Fingerprint, Fingerprints, VectorStore
from ..errors import FacebenchError
from ._embedder import Embedder
from ._vectors import embed_dataset, hash_photos

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Indices = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Look:
    """The photos that take part and can be decoded.

    Attributes:
        dataset: these photos.
        positions: (n,) their indices in the whole data set, sorted.
        hashes: (n,) sha256 of their bytes.
        groups: (n,) photos of one person with the same number are copies or a burst.
        times: (n,) seconds since 1970 by the camera's clock; NaN where not known.
        unreadable: the photos that cannot be decoded, by name, and why.
    """

    dataset: Dataset
    positions: Indices
    hashes: list[str]
    groups: Indices
    times: NDArray[np.float64]
    unreadable: dict[str, Failure]

    def within(self, photos: Indices) -> Indices:
        """Return the indices in this data set of photos of the whole one; those that cannot be decoded fall away."""
        return np.searchsorted(self.positions, np.intersect1d(photos, self.positions))


def look_at_photos(whole: Dataset, photos: Indices, targets: list[str], store: VectorStore | None = None) -> Look:
    """Look at some photos of a data set, sorted indices; each is decoded once, and not at all if it is in the store.

    Raises:
        FacebenchError: no photo can be decoded, or one photo is both a target's and somebody else's.
    """
    dataset = whole.only(photos)
    hashes = hash_photos(dataset)
    embedder = Embedder("looking at photos", Fingerprint(), store, identity=Fingerprint.identity)
    vectors = embed_dataset(dataset, hashes, embedder)
    unreadable = vectors.unreadable()
    if len(unreadable) == len(dataset.items):
        first = next(iter(unreadable))
        raise FacebenchError(
            f"None of the {len(unreadable)} photos of {dataset.title} can be read; "
            f"the first, {dataset.items[first].path}: {unreadable[first].detail}."
        )
    seen = np.flatnonzero(vectors.embedded)
    prints = Fingerprints.of(vectors.matrix[seen])
    readable = dataset.only(seen)
    _refuse_shared_photos(readable, targets, prints)
    return Look(
        dataset=readable,
        positions=photos[seen],
        hashes=[hashes[index] for index in seen],
        groups=group_photos([item.person for item in readable.items], prints.hashes, prints.times),
        times=prints.times,
        unreadable={dataset.items[index].name: failure for index, failure in unreadable.items()},
    )


def _refuse_shared_photos(dataset: Dataset, targets: list[str], prints: Fingerprints) -> None:
    people = [item.person for item in dataset.items]
    shared = shared_photos(people, prints.hashes, prints.pictures)
    for target in targets:
        for pair in shared:
            mine, other = sorted(pair, key=lambda index: people[index] != target)
            if people[mine] == target:
                first, second = dataset.items[mine], dataset.items[other]
                raise FacebenchError(
                    f"{first.path} and {second.path} show the same picture, once as {target} and once as "
                    f"{second.person or 'a stranger'}: delete one of them."
                )
