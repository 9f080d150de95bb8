"""Pairs of photos that may be doubles, found by indices of hashes and of keypoints, not by comparing all pairs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from ._fingerprints import KEYPOINTS, mirrored_bits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ._fingerprints import Fingerprints, Numbers

    Hashes = NDArray[np.uint64]
    Pairs = Iterator[tuple[Numbers, Numbers]]

#: Photos whose perceptual hashes differ in at most this many of 64 bits may be copies.
COPY_BITS = 4
#: Photos of which one is turned or mirrored, likewise: fewer bits, because there are seven times as many chances.
TURNED_BITS = 2
#: A band shared by more photos is uninformative (black frames, blank scans): only equal hashes are compared there.
_CROWD = 200
#: Pairs that are compared at a time.
_TOGETHER = 1 << 16
#: The strongest keypoints of a photo that are looked up.
_LOOKED_UP = 24
#: Parts of a descriptor that are looked up, and by how many bits each exceeds log2 of the photos of a person.
_PARTS, _LONGER = 3, 14
#: A part shared by more keypoints tells nothing.
_COMMON = 40
#: Photos that share fewer keypoints are no candidates.
_SHARED = 2
#: People are taken together until they have this many photos; unpacked, and their keypoints sorted, at a time.
_BLOCK, _UNPACKED, _SLICE = 1 << 15, 1 << 12, 1 << 19
_SCATTER = np.uint64(0x9E3779B97F4A7C15)  # odd: multiplying by it loses nothing


def candidates(person: Numbers, hashes: Hashes) -> Pairs:
    """Yield pairs of photos of a person, many at a time, as indices (pairs,) of the first and of the second photo.

    All whose hashes (n,) differ in at most `COPY_BITS` bits are among them, less those in a crowd.
    """
    equal = first_equal(person, hashes)
    for band in _bands(hashes, COPY_BITS + 1):
        bucket = first_equal(person, *band)
        crowded = np.bincount(bucket, minlength=len(bucket))[bucket] > _CROWD
        run = np.where(crowded, equal, bucket)
        order = np.lexsort((run, bucket))
        ends = ends_of_runs(run[order])
        position = np.arange(len(order))
        crowds = np.bincount(run, minlength=len(run))[run[order]] > _CROWD
        ends = np.where(crowds, np.minimum(ends, position + 2), ends)  # all equal: a chain joins them
        for first, second in pairs_before(ends):
            yield order[first], order[second]


def turned_candidates(person: Numbers, hashes: Hashes, turn: int) -> Pairs:
    """Yield pairs of photos of a person of which the second one, turned, looks like the first, less those in a crowd.

    All are among them whose hashes (n, 8) in these turns differ in at most `TURNED_BITS` bits.
    """
    count = len(person)
    both, twice = np.concatenate([hashes[:, 0], hashes[:, turn]]), np.concatenate([person, person])
    for band in _bands(both, TURNED_BITS + 1):
        bucket = first_equal(twice, *band)
        order = np.argsort(bucket, kind="stable")
        ends = ends_of_runs(bucket[order])
        crowded = np.bincount(bucket, minlength=2 * count)[bucket[order]] > _CROWD
        for first, second in pairs_before(np.where(crowded, np.arange(2 * count) + 1, ends)):
            here, there = order[first], order[second] - count  # in a run, photos as they are come first
            apart = (here < count) & (there >= 0) & (here != there)
            yield here[apart], there[apart]


def sharing_keypoints(person: Numbers, prints: Fingerprints, asked: NDArray[np.bool_], mirrored: bool) -> Pairs:
    """Yield pairs of photos of a person that share keypoints; if `mirrored`, the first one as it is in a mirror.

    Args:
        person: (n,).
        prints: of the photos.
        asked: (n,) one of two has to be among them.
        mirrored: whether one of two is seen in a mirror.
    """
    longest = int(np.bincount(person).max(initial=1))
    masks = _parts(min(64, _LONGER + longest.bit_length()))
    size = np.uint64(len(person))
    for photos in _blocks(person):
        points = _Points.of(photos, person, prints)
        codes = [code for mask in masks for code in _shared(points, mask, asked, size, mirrored)]
        pairs, counts = np.unique(
            np.unique(np.concatenate([np.empty(0, np.uint64), *codes])) // np.uint64(KEYPOINTS**2), return_counts=True
        )
        pairs = pairs[counts >= _SHARED]
        yield (pairs // size).astype(np.intp), (pairs % size).astype(np.intp)


@dataclass(frozen=True, eq=False)
class _Points:
    """Keypoints that are looked up.

    Attributes:
        bits: uint64 (k,), descriptors.
        photo: int32 (k,), sorted.
        point: uint8 (k,), its place among those of the photo.
        person: uint64 (k,), spread over all values.
    """

    bits: Hashes
    photo: NDArray[np.int32]
    point: NDArray[np.uint8]
    person: Hashes

    @classmethod
    def of(cls, photos: Numbers, person: Numbers, prints: Fingerprints) -> _Points:
        counts = np.minimum(prints.counts[photos], _LOOKED_UP)
        photo = np.repeat(photos.astype(np.int32), counts)
        point = np.arange(len(photo)) - np.repeat(np.cumsum(counts) - counts, counts)
        kept = np.arange(KEYPOINTS) < counts[:, None]
        starts = range(0, len(photos), _UNPACKED)
        bits = [
            prints.keypoints(photos[start : start + _UNPACKED]).bits[kept[start : start + _UNPACKED]]
            for start in starts
        ]
        spread = (person[photo].astype(np.uint64) + np.uint64(1)) * _SCATTER
        return cls(np.concatenate([np.empty(0, np.uint64), *bits]), photo, point.astype(np.uint8), spread)

    def keys(self, mask: np.uint64, mirrored: bool = False) -> Hashes:
        """Return numbers (k,) that are equal for keypoints of a person with equal bits, and hardly ever for others."""
        bits = mirrored_bits(self.bits) if mirrored else self.bits
        return ((bits & mask) * _SCATTER ^ self.person) * _SCATTER


def _shared(
    points: _Points, mask: np.uint64, asked: NDArray[np.bool_], size: np.uint64, mirrored: bool
) -> Iterator[Hashes]:
    """Yield codes of pairs of keypoints that share a part of their descriptors: of both photos, and of both in them."""
    count = len(points.photo)
    slices = 1 + count // _SLICE
    for number in range(slices):
        # Keypoints as they are come after those in a mirror.
        keys, which = [], []
        for reflected in (True, False) if mirrored else (False,):
            all_keys = points.keys(mask, reflected)
            chosen = np.flatnonzero(all_keys % np.uint64(slices) == number)
            keys.append(all_keys[chosen])
            which.append(chosen + (0 if reflected else count))
        key, place = np.concatenate(keys), np.concatenate(which)
        if not asked.all():
            wanted = np.isin(key, key[asked[points.photo[place % count]]])
            key, place = key[wanted], place[wanted]
        order = np.argsort(key, kind="stable")
        place, ends = place[order], ends_of_runs(key[order])
        common = ends - np.searchsorted(ends, ends) > _COMMON
        for first, second in pairs_before(np.where(common, np.arange(len(ends)) + 1, ends)):
            here, there = place[first], place[second]
            if mirrored:
                across = (here < count) & (there >= count)
                here, there = here[across], there[across]
            here, there = here % count, there % count
            one, other = points.photo[here], points.photo[there]
            good = (one < other) & (asked[one] | asked[other])
            code = one[good].astype(np.uint64) * size + other[good].astype(np.uint64)
            among = points.point[here[good]].astype(np.uint64) * np.uint64(KEYPOINTS) + points.point[there[good]]
            yield code * np.uint64(KEYPOINTS**2) + among


def _bands(hashes: Hashes, count: int) -> Iterator[list[NDArray[np.uint16]]]:
    """Yield bands of hashes (n,): those that differ in fewer bits than there are bands agree in one of them.

    A band is columns of 16 bits at most, which numpy sorts several times as fast as 64.
    """
    for band in np.array_split(np.arange(64), count):
        parts = np.array_split(band, -(-len(band) // 16))
        yield [(hashes >> np.uint64(part[0]) & np.uint64((1 << len(part)) - 1)).astype(np.uint16) for part in parts]


def _parts(width: int) -> list[np.uint64]:
    """Return masks of the parts of a descriptor that are looked up, of some bits each, spread over all of it."""
    return [np.uint64(sum(1 << (21 * part + 5 * bit) % 64 for bit in range(width))) for part in range(_PARTS)]


def _blocks(person: Numbers) -> Iterator[Numbers]:
    """Yield the photos of whole people, sorted."""
    order = np.argsort(person, kind="stable")
    ends = np.unique(ends_of_runs(person[order]))
    cuts = ends[np.flatnonzero(np.diff(ends // _BLOCK, append=-1))]
    return (np.sort(order[start:end]) for start, end in pairwise([0, *cuts.tolist()]))


def first_equal(*columns: NDArray[np.generic]) -> Numbers:
    """Return for each row of some columns (n,) the index of the first row that equals it."""
    order = np.lexsort(columns)
    new = np.ones(len(order), dtype=bool)
    new[1:] = np.logical_or.reduce([column[order][1:] != column[order][:-1] for column in columns])
    firsts = np.empty(len(order), dtype=np.intp)
    firsts[order] = order[new][np.cumsum(new) - 1]
    return firsts


def ends_of_runs(values: NDArray[np.generic]) -> Numbers:
    """Return for each of some values (n,) the position after the last one of its run."""
    last = np.flatnonzero(np.append(values[1:] != values[:-1], True)[: len(values)])
    return np.repeat(last + 1, np.diff(last, prepend=-1))


def pairs_before(ends: Numbers) -> Pairs:
    """Yield all positions p < q < ends[p] in their order, many at a time."""
    counts = ends - np.arange(len(ends)) - 1
    cuts = np.flatnonzero(np.diff(np.cumsum(counts) // _TOGETHER)) + 1
    for start, end in pairwise([0, *cuts.tolist(), len(ends)]):
        each = counts[start:end]
        first = np.repeat(np.arange(start, end), each)
        if len(first):
            yield first, np.arange(len(first)) - np.repeat(np.cumsum(each) - each, each) + first + 1
