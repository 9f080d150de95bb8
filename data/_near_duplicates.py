"""Photos that are not independent: copies of one photo, and bursts of the same moment, found without all pairs."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Hashes = NDArray[np.uint64]
    Times = NDArray[np.float64]
    Numbers = NDArray[np.intp]
    Pairs = Iterator[tuple[Numbers, Numbers]]

#: Photos whose perceptual hashes differ in at most this many of 64 bits are copies.
COPY_BITS = 4
#: Photos taken within this many seconds whose hashes differ in at most this many bits are a burst.
BURST_SECONDS, BURST_BITS = 10.0, 10
#: Hashes that differ in at most COPY_BITS agree in at least one of this many bands.
_BANDS = COPY_BITS + 1
#: Tiny pictures of copies differ by no more than this on average.
_SAME_GREY = 3.0
#: A band shared by more photos is uninformative (black frames, blank scans): only equal hashes are compared there.
_CROWD = 200
#: Pairs that are compared at a time.
_TOGETHER = 1 << 16
#: A distance greater than any between two hashes.
_FAR = 1e6


def group_photos(people: Sequence[Hashable], hashes: Hashes, times: Times) -> Numbers:
    """Return a group number for each photo: photos of one group are of one person, and copies or a burst.

    Linkage is complete: every two photos of a group are alike, so that no chain of small changes joins different
    photos. Candidates come from an index of the hashes and from the order in time, not from all pairs.

    Args:
        people: (n,) who is in each photo; only photos of the same person are grouped.
        hashes: uint64 (n,), perceptual hashes.
        times: (n,) seconds; NaN if unknown.

    >>> group_photos(["me", "me", "you"], np.array([0, 1, 0], np.uint64), np.full(3, np.nan)).tolist()
    [0, 0, 1]
    """
    numbers: dict[Hashable, int] = {}
    person = np.array([numbers.setdefault(one, len(numbers)) for one in people], dtype=np.intp)
    # Photos with equal hashes are at no distance from one another: complete linkage joins them before all others.
    equal = _first_equal(person, hashes)
    parts = _connected(equal, _alike_pairs(person, hashes, times))
    groups = equal.copy()
    for joined in _complete(equal, parts, hashes, times):
        groups[joined] = joined.min()
    # Numbered in the order of their first photos.
    return np.unique(groups[equal], return_inverse=True)[1].astype(np.intp)


def candidates(person: Numbers, hashes: Hashes) -> Pairs:
    """Yield pairs of photos of a person, many at a time, as indices (pairs,) of the first and of the second photo.

    All that differ in at most `COPY_BITS` bits are among them, less those in a crowd.
    """
    equal = _first_equal(person, hashes)
    for band in np.array_split(np.arange(64, dtype=np.uint64), _BANDS):
        mask = np.uint64(sum(1 << int(bit) for bit in band))
        bucket = _first_equal(person, hashes & mask)
        crowded = np.bincount(bucket, minlength=len(bucket))[bucket] > _CROWD
        run = np.where(crowded, equal, bucket)
        order = np.lexsort((run, bucket))
        ends = _ends_of_runs(run[order])
        position = np.arange(len(order))
        crowds = np.bincount(run, minlength=len(run))[run[order]] > _CROWD
        ends = np.where(crowds, np.minimum(ends, position + 2), ends)  # all equal: a chain joins them
        for first, second in _pairs_before(ends):
            yield order[first], order[second]


def _first_equal(*columns: NDArray[np.generic]) -> Numbers:
    """Return for each row of some columns (n,) the index of the first row that equals it."""
    order = np.lexsort(columns)
    new = np.ones(len(order), dtype=bool)
    new[1:] = np.logical_or.reduce([column[order][1:] != column[order][:-1] for column in columns])
    firsts = np.empty(len(order), dtype=np.intp)
    firsts[order] = order[new][np.cumsum(new) - 1]
    return firsts


def _ends_of_runs(values: Numbers) -> Numbers:
    """Return for each of some values (n,) the position after the last one of its run."""
    last = np.flatnonzero(np.append(values[1:] != values[:-1], True)[: len(values)])
    return np.repeat(last + 1, np.diff(last, prepend=-1))


def _pairs_before(ends: Numbers) -> Pairs:
    """Yield all positions p < q < ends[p] in their order, many at a time."""
    counts = ends - np.arange(len(ends)) - 1
    cuts = np.flatnonzero(np.diff(np.cumsum(counts) // _TOGETHER)) + 1
    for start, end in pairwise([0, *cuts.tolist(), len(ends)]):
        each = counts[start:end]
        first = np.repeat(np.arange(start, end), each)
        if len(first):
            yield first, np.arange(len(first)) - np.repeat(np.cumsum(each) - each, each) + first + 1


def _soon_after(person: Numbers, hashes: Hashes, times: Times) -> Pairs:
    """Yield the pairs of photos of a person that are a burst; of photos of one second with equal hashes only one."""
    dated = np.flatnonzero(~np.isnan(times))
    dated = dated[_first_equal(hashes[dated], times[dated], person[dated]) == np.arange(len(dated))]
    order = dated[np.lexsort((times[dated], person[dated]))]
    of_person, start = _ends_of_runs(person[order]), 0
    for end in np.unique(of_person).tolist():
        photos, taken, seen = order[start:end], times[order[start:end]], hashes[order[start:end]]
        ends = np.searchsorted(taken, taken + BURST_SECONDS, side="right").tolist()
        for position, until in enumerate(ends):
            later = slice(position + 1, until)
            # At once: with a stopped clock all photos are of the same second.
            near = np.bitwise_count(seen[later] ^ seen[position]) <= BURST_BITS
            if near.any():
                others = photos[later][near]
                yield np.full(len(others), photos[position]), others
        start = end


def _alike_pairs(person: Numbers, hashes: Hashes, times: Times) -> Pairs:
    """Yield the pairs of photos that are copies or of one burst."""
    for first, second in candidates(person, hashes):
        near = _bits(hashes, first, second) <= COPY_BITS
        yield first[near], second[near]
    for first, second in _soon_after(person, hashes, times):
        near = np.abs(times[first] - times[second]) <= BURST_SECONDS
        yield first[near], second[near]


def _bits(hashes: Hashes, first: Numbers | int, second: Numbers) -> NDArray[np.uint8]:
    bits: NDArray[np.uint8] = np.bitwise_count(hashes[first] ^ hashes[second])
    return bits


def _connected(parts: Numbers, pairs: Pairs) -> Numbers:
    """Return for each photo the number of the part that it is in: like its part before, or joined by pairs."""
    waiting: list[tuple[Numbers, Numbers]] = []
    count = 0
    for pair in pairs:
        waiting.append(pair)
        count += len(pair[0])
        if count > len(parts):
            parts = _joined(parts, waiting)
            waiting, count = [], 0
    return _joined(parts, waiting)


def _joined(parts: Numbers, pairs: list[tuple[Numbers, Numbers]]) -> Numbers:
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    if not pairs:
        return parts
    first, second = (parts[np.concatenate(side)] for side in zip(*pairs, strict=True))
    graph = coo_array((np.ones(len(first), dtype=bool), (first, second)), shape=(len(parts), len(parts)))
    numbers: Numbers = connected_components(graph, directed=False)[1]
    return numbers[parts]


def _complete(equal: Numbers, parts: Numbers, hashes: Hashes, times: Times) -> Iterator[Numbers]:
    """Yield the groups of parts by complete linkage, any two photos of a group alike, as the firsts of equal photos."""
    last = np.zeros(len(equal), dtype=np.intp)
    np.maximum.at(last, equal, np.arange(len(equal)))
    dated = ~np.isnan(times)
    earliest, latest = np.where(dated, times, -np.inf), np.where(dated, times, np.inf)
    np.minimum.at(earliest, equal, earliest.copy())
    np.maximum.at(latest, equal, latest.copy())
    firsts = np.unique(equal)
    # Where distances tie, the order decides; what linkage joins stands where its last photo does.
    firsts = firsts[np.lexsort((last[firsts], parts[firsts]))]
    ends = np.unique(_ends_of_runs(parts[firsts])).tolist()
    for start, end in pairwise([0, *ends]):
        if end - start > 1:
            part = firsts[start:end]
            labels = _linked(hashes[part], earliest[part], latest[part])
            for label in np.unique(labels):
                yield part[labels == label]


def _linked(hashes: Hashes, earliest: Times, latest: Times) -> Numbers:
    """Return group numbers (n,) by complete linkage; two are far apart unless all photos of both are alike."""
    from scipy.cluster.hierarchy import fcluster, linkage

    distances = []
    for index in range(len(hashes) - 1):
        later = np.arange(index + 1, len(hashes))
        bits = _bits(hashes, index, later)
        seconds = np.maximum(latest[index] - earliest[later], latest[later] - earliest[index])
        alike = (bits <= COPY_BITS) | ((bits <= BURST_BITS) & (seconds <= BURST_SECONDS))
        distances.append(np.where(alike, bits, _FAR))
    if len(hashes) == 2:  # the common case, by far
        return np.array([0, distances[0][0] == _FAR], dtype=np.intp)
    labels: Numbers = fcluster(linkage(np.concatenate(distances), method="complete"), _FAR / 2, criterion="distance")
    return labels


def shared_photos(people: Sequence[Hashable], hashes: Hashes, pictures: NDArray[np.float32]) -> list[tuple[int, int]]:
    """Return the pairs of photos of different people that show the same picture, possibly re-saved or resized.

    Args:
        people: (n,) who is in each photo.
        hashes: uint64 (n,).
        pictures: (n, 64) grey levels.
    """
    return [pair for pair in _same_pairs(hashes, pictures) if people[pair[0]] != people[pair[1]]]


def same_pictures(hashes: Hashes, pictures: NDArray[np.float32]) -> list[tuple[int, int]]:
    """Return the pairs of photos that show the same picture, possibly re-saved or resized, each once and sorted.

    Args:
        hashes: uint64 (n,).
        pictures: (n, 64) grey levels.

    >>> same_pictures(np.array([0, 1, 0], np.uint64), np.array([[9.0], [10.0], [90.0]], np.float32))
    [(0, 1)]
    """
    return sorted(_same_pairs(hashes, pictures))


def _same_pairs(hashes: Hashes, pictures: NDArray[np.float32]) -> Iterable[tuple[int, int]]:
    """Return pairs whose hashes and pictures both agree: hashes alone may agree by chance, grey levels too do not.

    Each pair appears once, where it is found first.
    """
    found: dict[tuple[int, int], None] = {}
    for first, second in candidates(np.zeros(len(hashes), dtype=np.intp), hashes):
        near = _bits(hashes, first, second) <= COPY_BITS
        near[near] = np.abs(pictures[first[near]] - pictures[second[near]]).mean(axis=1) <= _SAME_GREY
        found.update(dict.fromkeys(zip(first[near].tolist(), second[near].tolist(), strict=True)))
    return found
