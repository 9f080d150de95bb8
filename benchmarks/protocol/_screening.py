"""Screening: which photos can be decoded, which are doubles or of one moment, and when they were taken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from ...data import (
    GROUPING,
    Dataset,
    Fingerprints,
    Item,
    choose_targets,
    dates,
    group_as_first,
    group_photos,
    parts_of_key,
    resaved_photos,
    shared_photos,
)
from ...embeddings import Failure, Outcome, VectorStore
from ...embeddings.built_in import Fingerprint
from ...embeddings.extraction import Embedder, Photos, Vectors, embed_together, key_each
from ...errors import FacebenchError
from ..results import RunPhoto
from ._shared import refuse_shared, shared_by_others

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Indices = NDArray[np.intp]


#: Photos that have been screened when shared pictures are first looked for; then twice as many, and so on.
_FIRST_LOOK = 64


@dataclass(frozen=True, eq=False)
class Screening:
    """The photos that take part and can be decoded.

    Attributes:
        dataset: these photos.
        positions: (n,) their indices in the whole data set, sorted.
        keys: (n,) under which what is made of them is stored.
        groups: (n,) photos of one person with the same number are doubles or of one moment.
        times: (n,) seconds since 1970 by the camera's clock; NaN where not known, or where it cannot be right.
        unreadable: the photos that cannot be decoded, by name, and why.
        shared: photos of others that were left out, by name, and the photo of the target that shows the same picture.
    """

    dataset: Dataset
    positions: Indices
    keys: list[str]
    groups: Indices
    times: NDArray[np.float64]
    unreadable: dict[str, Failure]
    shared: dict[str, str] = field(default_factory=dict)

    @property
    def hashes(self) -> list[str]:
        """(n,) sha256 of their bytes."""
        return [parts_of_key(key)[0] for key in self.keys]

    def within(self, photos: Indices) -> Indices:
        """Return the indices in this data set of photos of the whole one; those that cannot be decoded are dropped."""
        return np.flatnonzero(np.isin(self.positions, photos))

    def listed(self) -> Iterator[RunPhoto]:
        """Yield the photos as a run's folder lists them."""
        return (
            RunPhoto.unchecked(item.name, sha256, group, None if np.isnan(time) else time, decoder)
            for item, (sha256, decoder), group, time in zip(
                self.dataset.items, map(parts_of_key, self.keys), self.groups.tolist(), self.times.tolist(), strict=True
            )
        )


def screening_of(whole: Dataset, listed: Sequence[RunPhoto]) -> Screening:
    """Return the screening that a run's folder lists; no photo is opened.

    Raises:
        FacebenchError: a photo is no longer in the data set.
    """
    positions = {item.name: position for position, item in enumerate(whole.items)}
    if gone := [photo.path for photo in listed if photo.path not in positions]:
        raise FacebenchError(f"{gone[0]} is no longer among the photos of {whole.title}.")
    chosen = np.array([positions[photo.path] for photo in listed], dtype=np.intp)
    return Screening(
        dataset=whole.only(chosen),
        positions=chosen,
        keys=[photo.key for photo in listed],
        groups=np.array([photo.group for photo in listed], dtype=np.intp),
        times=np.array([np.nan if photo.taken is None else photo.taken for photo in listed]),
        unreadable={},
    )


def screen_and_embed(
    whole: Dataset,
    positions: Indices,
    targets: list[str],
    embedders: Sequence[Embedder] = (),
    store: VectorStore | None = None,
    *,
    known: Mapping[Item, str] | None = None,
    min_photos: int = 1,
    grouping: int = GROUPING,
    drop_shared: bool = False,
) -> tuple[Screening, list[Vectors]]:
    """Screen some photos of a data set and embed them, in one pass; return the vectors of those that can be decoded.

    Args:
        whole: the data set.
        positions: (n,) indices of the photos that take part, sorted.
        targets: people who are "me" in turn.
        embedders: extractors with their stores.
        store: where the screening's own findings are looked up and saved.
        known: keys of photos, where they are known.
        min_photos: that a target needs.
        grouping: number of the rules by which photos are grouped.
        drop_shared: leave out photos of others that show a picture of the target, the only one.

    Raises:
        FacebenchError: no photo can be decoded, one photo is both a target's and somebody else's, or too few photos of
            every target are left; as soon as that is found.
    """
    dataset = whole.only(positions)
    screener = Embedder("screening", Fingerprint(), store, identity=Fingerprint.identity)
    monitor = EarlyEnd(dataset, targets, min_photos, accepts_shared=drop_shared)
    photos = Photos(dataset.items, key_each(dataset.items, known))
    seen, *vectors = embed_together(photos, [screener, *embedders], monitor)
    screening = _screening(dataset, positions, seen, targets, grouping, drop_shared)
    left = np.searchsorted(positions, screening.positions)
    return screening, [each.only(left) for each in vectors]


def _screening(
    dataset: Dataset, positions: Indices, seen: Vectors, targets: list[str], grouping: int, drop_shared: bool
) -> Screening:
    unreadable = seen.unreadable()
    if len(unreadable) == len(dataset.items):
        first = min(unreadable)
        raise FacebenchError(
            f"None of the {len(unreadable)} photos of {dataset.title} can be read; "
            f"the first, {dataset.items[first].path}: {unreadable[first].detail}."
        )
    readable = np.flatnonzero(seen.embedded)
    prints = Fingerprints.of(seen.matrix[readable] if unreadable else seen.matrix)
    kept = dataset.only(readable)
    people = [item.person for item in kept.items]
    crops = [item.crop is not None for item in kept.items]
    same = shared_photos(people, prints, [person in targets for person in people], crops)
    left_out: dict[str, str] = {}
    if drop_shared:
        found = shared_by_others(kept, targets[0], same, [seen.hashes[index] for index in readable])
        left_out = {kept.items[other].name: kept.items[mine].name for other, mine in found.items()}
        left = np.setdiff1d(np.arange(len(readable)), list(found))
        readable, prints, kept = readable[left], prints.only(left), kept.only(left)
        people = [item.person for item in kept.items]
    else:
        refuse_shared(kept, targets, same)
    if grouping == GROUPING:
        names, files = [item.name for item in kept.items], [item.file for item in kept.items]
        groups, times = group_photos(people, prints, names, files), dates(people, prints)
    else:
        groups, times = group_as_first(people, prints), np.floor(prints.times_at_first)
    return Screening(
        dataset=kept,
        positions=positions[readable],
        keys=[seen.keys[index] for index in readable],
        groups=groups,
        times=times,
        unreadable={dataset.items[index].name: failure for index, failure in sorted(unreadable.items())},
        shared=left_out,
    )


class EarlyEnd:
    """Monitors a screening, and ends it as soon as the photos are known to be refused.

    Args:
        dataset: the photos that take part.
        targets: people who are "me" in turn.
        min_photos: that one of them needs at least.
        accepts_shared: whether a picture may be in both classes.
    """

    def __init__(self, dataset: Dataset, targets: list[str], min_photos: int, accepts_shared: bool = False) -> None:
        self._dataset, self._targets, self._min_photos = dataset, targets, min_photos
        self._left = Counter({target: dataset.people.get(target, 0) for target in targets})
        self._lost: set[int] = set()
        self._seen: list[int] = []
        self._recent: list[NDArray[np.float32]] = []
        self._prints: list[tuple[NDArray[np.uint64], NDArray[np.uint8]]] = []  # memory is short for whole fingerprints
        self._next_look = np.inf if accepts_shared else _FIRST_LOOK

    def __call__(self, position: int, outcome: Outcome) -> None:
        """Take the outcome of a photo.

        Raises:
            FacebenchError: too few photos are left of every target, or a picture is in both classes.
        """
        if isinstance(outcome, Failure):
            self._lost.add(position)
            self._left[self._dataset.items[position].person or ""] -= 1
            return
        if self._lost and max(self._left[target] for target in self._targets) < self._min_photos:
            readable = self._dataset.only(i for i in range(len(self._dataset.items)) if i not in self._lost)
            choose_targets(readable, self._targets[0], min_photos=self._min_photos)  # says what is missing
        self._seen.append(position)
        self._recent.append(outcome.vector)
        if len(self._recent) == _FIRST_LOOK:
            prints = Fingerprints.of(np.stack(self._recent))
            self._prints.append((prints.hashes[:, 0], prints.pictures))
            self._recent = []
        # Intervals double: all looks together cost no more than two at the end.
        if len(self._seen) == self._next_look:
            self._next_look *= 2
            hashes, pictures = (np.concatenate(arrays) for arrays in zip(*self._prints, strict=True))
            seen = self._dataset.only(self._seen)
            refuse_shared(seen, self._targets, resaved_photos([item.person for item in seen.items], hashes, pictures))
