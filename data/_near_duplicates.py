"""Photos that are not independent: doubles of one photo, and photos of one moment, found without all pairs."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from ._candidates import COPY_BITS, candidates, ends_of_runs, first_equal
from ._doubles import doubles, named_doubles
from ._moments import dates, of_one_moment, soon_after

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ._candidates import Hashes, Pairs
    from ._fingerprints import Fingerprints, Numbers
    from ._moments import Times

#: Of the rules by which photos are grouped; the first, in results that name none, knew copies and bursts alone.
GROUPING = 2
#: Pictures of copies under two people differ by no more grey levels than this on average.
_SAME_GREY = 3.0
#: A distance greater than any between two hashes.
_FAR = 1e6


def group_photos(people: Sequence[Hashable], prints: Fingerprints, names: Sequence[str] = ()) -> Numbers:
    """Return a group number for each photo: photos of one group are of one person, and doubles or of one moment.

    What is a double of a double is one; but linkage of moments is complete, any two photos within seconds of each
    other, so that no chain of moments joins a day. Candidates come from indices of hashes and keypoints and from the
    order in time, not from all pairs.

    Args:
        people: (n,) who is in each photo; only photos of the same person are grouped.
        prints: of the photos.
        names: (n,) of the files, with their folders: alike ones suggest a double; none if not known.

    >>> from facebench.data import Photo, orl_faces
    >>> from facebench.embeddings.built_in import Fingerprint
    >>> photos = [Photo(item.path) for item in orl_faces().items[:2]] * 2
    >>> prints = Fingerprints.of(np.stack([outcome.vector for outcome in Fingerprint().embed(photos)]))
    >>> group_photos(["me", "me", "me", "you"], prints).tolist()
    [0, 1, 0, 2]
    """
    person = _numbered(people)
    # Photos with equal hashes are at no distance from one another.
    equal = first_equal(person, prints.hashes[:, 0])
    groups = equal.copy()
    for joined in _moments(equal, person, prints):
        groups[joined] = joined.min()
    groups = _connected(groups[equal], doubles(person, prints))
    if names:
        groups = _connected(groups, iter([named_doubles(people, names, prints)]))
    return _in_order(groups)


def _numbered(people: Sequence[Hashable]) -> Numbers:
    numbers: dict[Hashable, int] = {}
    return np.array([numbers.setdefault(one, len(numbers)) for one in people], dtype=np.intp)


def _in_order(groups: Numbers) -> Numbers:
    """Return groups numbered in the order of their first photos."""
    firsts, numbers = np.unique(groups, return_index=True, return_inverse=True)[1:]
    return np.argsort(np.argsort(firsts))[numbers].astype(np.intp)


def _moments(equal: Numbers, person: Numbers, prints: Fingerprints) -> Iterator[Numbers]:
    """Yield photos of one moment by complete linkage, as the firsts of photos with equal hashes."""
    hashes, times = prints.hashes[:, 0], dates(prints)
    cameras = prints.cameras.copy()
    cameras[equal[cameras != cameras[equal]]] = 0
    cameras = cameras[equal]
    pairs = soon_after(person, hashes, times, cameras)
    parts = _connected(equal, pairs)
    last = np.zeros(len(equal), dtype=np.intp)
    np.maximum.at(last, equal, np.arange(len(equal)))
    dated = ~np.isnan(times)
    earliest, latest = np.where(dated, times, -np.inf), np.where(dated, times, np.inf)
    np.minimum.at(earliest, equal, earliest.copy())
    np.maximum.at(latest, equal, latest.copy())
    firsts = np.unique(equal)
    # Where distances tie, the order decides; what linkage joins stands where its last photo does.
    firsts = firsts[np.lexsort((last[firsts], parts[firsts]))]
    ends = np.unique(ends_of_runs(parts[firsts])).tolist()
    for start, end in pairwise([0, *ends]):
        if end - start > 1:
            part = firsts[start:end]
            labels = _linked(hashes[part], cameras[part], earliest[part], latest[part])
            for label in np.unique(labels):
                yield part[labels == label]


def _linked(hashes: Hashes, cameras: Numbers, earliest: Times, latest: Times) -> Numbers:
    """Return group numbers (n,) by complete linkage; two are far apart unless all photos of both are of one moment."""
    from scipy.cluster.hierarchy import fcluster, linkage

    distances = []
    for index in range(len(hashes) - 1):
        later = np.arange(index + 1, len(hashes))
        seconds = np.maximum(latest[index] - earliest[later], latest[later] - earliest[index])
        near = of_one_moment(hashes, cameras, index, later, seconds)
        distances.append(np.where(near, np.bitwise_count(hashes[index] ^ hashes[later]), _FAR))
    if len(hashes) == 2:  # the common case, by far
        return np.array([0, distances[0][0] == _FAR], dtype=np.intp)
    labels: Numbers = fcluster(linkage(np.concatenate(distances), method="complete"), _FAR / 2, criterion="distance")
    return labels


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


def shared_photos(people: Sequence[Hashable], prints: Fingerprints, asked: Sequence[bool]) -> list[tuple[int, int]]:
    """Return the pairs of photos of different people that show the same picture.

    Args:
        people: (n,) who is in each photo.
        prints: of the photos.
        asked: (n,) one of two has to be among them.
    """
    return _sorted(doubles(np.zeros(len(prints), dtype=np.intp), prints, np.array(asked, dtype=bool)), people)


def same_pictures(prints: Fingerprints) -> list[tuple[int, int]]:
    """Return the pairs of photos that show the same picture, each once and sorted."""
    return _sorted(doubles(np.zeros(len(prints), dtype=np.intp), prints))


def _sorted(pairs: Pairs, people: Sequence[Hashable] | None = None) -> list[tuple[int, int]]:
    found: set[tuple[int, int]] = set()
    for first, second in pairs:
        found.update(zip(np.minimum(first, second).tolist(), np.maximum(first, second).tolist(), strict=True))
    return sorted(pair for pair in found if people is None or people[pair[0]] != people[pair[1]])


def resaved_photos(
    people: Sequence[Hashable], hashes: Hashes, pictures: NDArray[np.uint8]
) -> list[tuple[int, int]]:
    """Return the pairs of photos of different people that are the same picture re-saved or resized: a quick look.

    Hashes alone may agree by chance, grey levels too do not.

    Args:
        people: (n,) who is in each photo.
        hashes: (n,) of the photos as they are.
        pictures: (n, 64) grey levels.
    """
    found: set[tuple[int, int]] = set()
    for first, second in candidates(np.zeros(len(hashes), dtype=np.intp), hashes):
        near = np.bitwise_count(hashes[first] ^ hashes[second]) <= COPY_BITS
        first, second = first[near], second[near]
        grey = np.abs(pictures[first].astype(np.int16) - pictures[second]).mean(axis=1)
        same = zip(first[grey <= _SAME_GREY].tolist(), second[grey <= _SAME_GREY].tolist(), strict=True)
        found.update(pair for pair in same if people[pair[0]] != people[pair[1]])
    return sorted(found)
