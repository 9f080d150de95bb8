"""Photos that are not independent: doubles of one photo, and photos of one moment, found without all pairs."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from ._candidates import COPY_BITS, candidates, ends_of_runs, first_equal
from ._doubles import doubles, named_doubles
from ._moments import BURST_BITS, BURST_SECONDS, Moments, numbered, of_one_moment, plausible, soon_after

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ._candidates import Hashes, Pairs
    from ._fingerprints import Fingerprints, Numbers
    from ._moments import Times

#: Number of the rules by which photos are grouped; results that name none are of the first, `group_as_first`.
GROUPING = 2
#: Pictures of copies under two people differ by no more grey levels than this on average.
_SAME_GREY = 3.0
#: A distance greater than any between two hashes.
_FAR = 1e6


def group_photos(
    people: Sequence[Hashable], prints: Fingerprints, names: Sequence[str] = (), files: Sequence[Hashable] = ()
) -> Numbers:
    """Return a group number for each photo: photos of one group are of one person, and doubles or of one moment.

    What is a double of a double is one; but linkage of moments is complete, any two photos within seconds of each
    other, so that no chain of moments joins a day. Candidates come from indices of hashes and keypoints and from the
    order in time, not from all pairs.

    Args:
        people: (n,) who is in each photo; only photos of the same person are grouped.
        prints: of the photos.
        names: (n,) of the files, with their folders: alike ones suggest a double; none if not known.
        files: (n,) whose crops the photos are: those of one file are one picture; none if each is a file of its own.

    >>> import numpy as np
    >>> from facebench.data import Fingerprints, Photo, orl_faces
    >>> from facebench.embeddings.built_in import Fingerprint
    >>> photos = [Photo(item.path) for item in orl_faces().items[:2]] * 2
    >>> prints = Fingerprints.of(np.stack([outcome.vector for outcome in Fingerprint().embed(photos)]))
    >>> group_photos(["me", "me", "me", "you"], prints).tolist()
    [0, 1, 0, 2]
    """
    person = numbered(people)
    equal = first_equal(person, prints.hashes[:, 0])
    times = np.where(prints.whole_days, np.nan, plausible(person, prints))  # a day is no moment
    groups = _linked(equal, person, Moments.of(prints, times, of_one_moment), iter(()))
    groups = _connected(groups, doubles(person, prints))
    if names:
        groups = _connected(groups, iter([named_doubles(people, names, prints)]))
    if files:
        groups = _connected(groups, iter([_of_one_file(people, files)]))
    return _in_order(groups)


def _of_one_file(people: Sequence[Hashable], files: Sequence[Hashable]) -> tuple[Numbers, Numbers]:
    """Return pairs of each photo and the first of its person in its file."""
    first: dict[tuple[Hashable, Hashable], int] = {}
    firsts = [first.setdefault(of, index) for index, of in enumerate(zip(people, files, strict=True))]
    return np.array(firsts, dtype=np.intp), np.arange(len(firsts))


def group_as_first(people: Sequence[Hashable], prints: Fingerprints) -> Numbers:
    """Return the groups of `group_photos` as facebench made them first, to reproduce results of that time."""
    person, hashes = numbered(people), prints.hashes[:, 0]
    near = _near(hashes, candidates(person, hashes))
    times = np.floor(prints.times_at_first)
    groups = _linked(first_equal(person, hashes), person, Moments.of(prints, times, _first_rule), near)
    return _in_order(groups)


def _near(hashes: Hashes, pairs: Pairs) -> Pairs:
    for first, second in pairs:
        near = np.bitwise_count(hashes[first] ^ hashes[second]) <= COPY_BITS
        yield first[near], second[near]


def _first_rule(bits: Numbers, same_camera: NDArray[np.bool_], seconds: Times) -> NDArray[np.bool_]:
    """Return whether photos are copies or a burst: no camera, and no keypoint, is looked at."""
    del same_camera
    found: NDArray[np.bool_] = (bits <= COPY_BITS) | ((bits <= BURST_BITS) & (seconds <= BURST_SECONDS))
    return found


def _in_order(groups: Numbers) -> Numbers:
    """Return groups numbered in the order of their first photos."""
    firsts, numbers = np.unique(groups, return_index=True, return_inverse=True)[1:]
    return np.argsort(np.argsort(firsts))[numbers].astype(np.intp)


def _linked(equal: Numbers, person: Numbers, moments: Moments, more: Pairs) -> Numbers:
    """Return group numbers (n,) by complete linkage: any two photos of a group are of one moment.

    Args:
        equal: (n,) the index of the first photo with an equal hash, at no distance from it.
        person: (n,).
        moments: of single photos.
        more: pairs that may be alike besides those within seconds.
    """
    groups = equal.copy()
    together = moments.together(equal)
    parts = _connected(_connected(equal, soon_after(person, moments)), more)
    last = np.zeros(len(equal), dtype=np.intp)
    np.maximum.at(last, equal, np.arange(len(equal)))
    firsts = np.unique(equal)
    # Where distances tie, the order decides; what linkage joins stands where its last photo does.
    firsts = firsts[np.lexsort((last[firsts], parts[firsts]))]
    for start, end in pairwise([0, *np.unique(ends_of_runs(parts[firsts])).tolist()]):
        if end - start > 1:
            part = firsts[start:end]
            labels = _labels(together.only(part))
            for label in np.unique(labels):
                groups[part[labels == label]] = part[labels == label].min()
    return groups[equal]


def _labels(moments: Moments) -> Numbers:
    from scipy.cluster.hierarchy import fcluster, linkage

    count = len(moments.hashes)
    distances = []
    for index in range(count - 1):
        later = np.arange(index + 1, count)
        distances.append(np.where(moments.alike(index, later), moments.bits(index, later), _FAR))
    if count == 2:  # the common case, by far
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


def shared_photos(
    people: Sequence[Hashable], prints: Fingerprints, asked: Sequence[bool], crops: Sequence[bool] = ()
) -> list[tuple[int, int]]:
    """Return the pairs of photos of different people that show the same picture.

    Args:
        people: (n,) who is in each photo.
        prints: of the photos.
        asked: (n,) one of two has to be among them.
        crops: (n,) those around one of several faces; default: none.
    """
    nobody = np.zeros(len(prints), dtype=np.intp)
    return _sorted(doubles(nobody, prints, np.array(asked, dtype=bool), _flags(crops, prints)), people)


def same_pictures(prints: Fingerprints, crops: Sequence[bool] = ()) -> list[tuple[int, int]]:
    """Return the pairs of photos that show the same picture, each once and sorted; `crops` as in `shared_photos`."""
    return _sorted(doubles(np.zeros(len(prints), dtype=np.intp), prints, crops=_flags(crops, prints)))


def _flags(crops: Sequence[bool], prints: Fingerprints) -> NDArray[np.bool_]:
    return np.array(crops, dtype=bool) if crops else np.zeros(len(prints), dtype=bool)


def _sorted(pairs: Pairs, people: Sequence[Hashable] | None = None) -> list[tuple[int, int]]:
    found: set[tuple[int, int]] = set()
    for first, second in pairs:
        found.update(zip(np.minimum(first, second).tolist(), np.maximum(first, second).tolist(), strict=True))
    return sorted(pair for pair in found if people is None or people[pair[0]] != people[pair[1]])


def resaved_photos(people: Sequence[Hashable], hashes: Hashes, pictures: NDArray[np.uint8]) -> list[tuple[int, int]]:
    """Return the pairs of photos of different people that are the same picture re-saved or resized: a quick look.

    Hashes alone may agree by chance, grey levels too do not.

    Args:
        people: (n,) who is in each photo.
        hashes: (n,) of the photos as they are.
        pictures: (n, 64) grey levels.
    """
    found: set[tuple[int, int]] = set()
    for first, second in _near(hashes, candidates(np.zeros(len(hashes), dtype=np.intp), hashes)):
        grey = np.abs(pictures[first].astype(np.int16) - pictures[second]).mean(axis=1)
        same = zip(first[grey <= _SAME_GREY].tolist(), second[grey <= _SAME_GREY].tolist(), strict=True)
        found.update(pair for pair in same if people[pair[0]] != people[pair[1]])
    return sorted(found)
