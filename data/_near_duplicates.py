"""Photos that are not independent: copies of one photo, and bursts of the same moment, found without all pairs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Hashes = NDArray[np.uint64]
    Times = NDArray[np.float64]

#: Photos whose perceptual hashes differ in at most this many of 64 bits are copies.
COPY_BITS = 4
#: Photos taken within this many seconds whose hashes differ in at most so many bits are a burst.
BURST_SECONDS, BURST_BITS = 10.0, 10
#: Hashes that differ in at most COPY_BITS agree in at least one of this many bands.
_BANDS = COPY_BITS + 1
#: Copies' tiny pictures differ by no more than this on the average.
_SAME_GREY = 3.0
#: A band that more photos share tells nothing (black frames, blank scans): within it only equal hashes are compared.
_CROWD = 200


def group_photos(people: Sequence[Hashable], hashes: Hashes, times: Times) -> NDArray[np.intp]:
    """Return a group number for each photo: photos of one group are of one person, and copies or a burst.

    Linkage is complete: every two photos of a group are alike, so that no chain of small changes joins different
    photos. Candidates come from an index of the hashes and from the order in time, not from all pairs.

    Args:
        people: (n,) who is on each photo; only photos of the same person are grouped.
        hashes: uint64 (n,), perceptual hashes.
        times: (n,) seconds; NaN where not known.

    >>> group_photos(["me", "me", "you"], np.array([0, 1, 0], np.uint64), np.full(3, np.nan)).tolist()
    [0, 0, 1]
    """
    members: dict[Hashable, list[int]] = defaultdict(list)
    for photo, person in enumerate(people):
        members[person].append(photo)
    groups = np.full(len(people), -1, dtype=np.intp)
    for photos in members.values():
        for near in _near(np.array(photos), hashes, times):
            for group in _complete(near, hashes, times):
                groups[group] = group[0]
    # Numbered in the order of their first photos.
    return np.unique(groups, return_inverse=True)[1].astype(np.intp)


def alike(first: int, second: int, hashes: Hashes, times: Times) -> bool:
    """Return whether two photos are copies, or of one burst."""
    bits = int(hashes[first] ^ hashes[second]).bit_count()
    return bits <= COPY_BITS or (bits <= BURST_BITS and bool(abs(times[first] - times[second]) <= BURST_SECONDS))


def candidates(photos: NDArray[np.intp], hashes: Hashes) -> Iterator[tuple[int, int]]:
    """Yield pairs of photos of which some are copies: all that differ in at most `COPY_BITS` bits are among them."""
    for band in np.array_split(np.arange(64, dtype=np.uint64), _BANDS):
        mask = np.uint64(sum(1 << int(bit) for bit in band))
        yield from _sharing(photos, hashes & mask, hashes)


def _sharing(photos: NDArray[np.intp], keys: Hashes, hashes: Hashes) -> Iterator[tuple[int, int]]:
    buckets: dict[int, list[int]] = defaultdict(list)
    for photo in photos.tolist():
        buckets[int(keys[photo])].append(photo)
    for bucket in buckets.values():
        if len(bucket) <= _CROWD:
            yield from combinations(bucket, 2)
        elif keys is not hashes:
            yield from _sharing(np.array(bucket), hashes, hashes)
        else:
            yield from pairwise(bucket)  # all equal: a chain joins them


def _soon_after(photos: NDArray[np.intp], hashes: Hashes, times: Times) -> Iterator[tuple[int, int]]:
    dated = photos[~np.isnan(times[photos])]
    order = dated[np.argsort(times[dated], kind="stable")]
    ends = np.searchsorted(times[order], times[order] + BURST_SECONDS, side="right")
    for position, (photo, end) in enumerate(zip(order.tolist(), ends.tolist(), strict=True)):
        later = order[position + 1 : end]
        # In one go: of a clock that stands still all photos are of one second.
        near = later[np.bitwise_count(hashes[later] ^ hashes[photo]) <= BURST_BITS]
        yield from ((photo, other) for other in near.tolist())


def _near(photos: NDArray[np.intp], hashes: Hashes, times: Times) -> Iterator[list[int]]:
    """Yield the photos in parts that share no pair of alike photos, each sorted."""
    from scipy.cluster.hierarchy import DisjointSet

    joined = DisjointSet(photos.tolist())
    for pairs in (candidates(photos, hashes), _soon_after(photos, hashes, times)):
        for first, second in pairs:
            if alike(first, second, hashes, times):
                joined.merge(first, second)
    yield from (sorted(subset) for subset in joined.subsets())


def _complete(photos: list[int], hashes: Hashes, times: Times) -> Iterable[list[int]]:
    """Return the groups of photos by complete linkage: any two of a group are alike."""
    if len(photos) < 3:
        return [photos]
    from scipy.cluster.hierarchy import fcluster, linkage

    far = 1e6
    distances = [
        float(int(hashes[a] ^ hashes[b]).bit_count()) if alike(a, b, hashes, times) else far
        for a, b in combinations(photos, 2)
    ]
    labels = fcluster(linkage(distances, method="complete"), far / 2, criterion="distance")
    groups: dict[int, list[int]] = defaultdict(list)
    for photo, label in zip(photos, labels, strict=True):
        groups[int(label)].append(photo)
    return groups.values()


def shared_photo(mine: NDArray[np.bool_], hashes: Hashes, pictures: NDArray[np.float32]) -> tuple[int, int] | None:
    """Return a photo of mine and one of others that show the same picture, re-saved or resized perhaps; None without.

    Args:
        mine: (n,) True for mine.
        hashes: uint64 (n,).
        pictures: (n, 64) grey levels.
    """
    for first, second in candidates(np.arange(len(mine)), hashes):
        if mine[first] != mine[second] and _same_picture(first, second, hashes, pictures):
            return (first, second) if mine[first] else (second, first)
    return None


def same_pictures(hashes: Hashes, pictures: NDArray[np.float32]) -> list[tuple[int, int]]:
    """Return the pairs of photos that show the same picture, re-saved or resized perhaps, each once and sorted.

    Args:
        hashes: uint64 (n,).
        pictures: (n, 64) grey levels.

    >>> same_pictures(np.array([0, 1, 0], np.uint64), np.array([[9.0], [10.0], [90.0]], np.float32))
    [(0, 1)]
    """
    pairs = candidates(np.arange(len(hashes)), hashes)
    return sorted({pair for pair in pairs if _same_picture(*pair, hashes, pictures)})


def _same_picture(first: int, second: int, hashes: Hashes, pictures: NDArray[np.float32]) -> bool:
    """Return whether both hash and picture agree: hashes of two strangers may, grey levels too do not by chance."""
    if int(hashes[first] ^ hashes[second]).bit_count() > COPY_BITS:
        return False
    return bool(np.abs(pictures[first] - pictures[second]).mean() <= _SAME_GREY)
