"""Moments: photos taken within seconds of one another, where the clock of the camera is one."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from ._candidates import ends_of_runs, first_equal

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ._candidates import Hashes, Pairs
    from ._fingerprints import Fingerprints, Numbers

    Times = NDArray[np.float64]
    Rule = Callable[[Numbers, NDArray[np.bool_], Times], NDArray[np.bool_]]

#: Photos taken within this many seconds whose hashes differ in at most this many bits are a burst.
BURST_SECONDS, BURST_BITS = 10.0, 10
#: Photos of one person by the same camera within this many seconds are one moment, whatever they show.
MOMENT_SECONDS = 2.0
#: A time that more photos share, no two of which look like a burst, is no date: that clock was never set.
_DISSIMILAR = 5


def dates(people: Sequence[Hashable], prints: Fingerprints) -> Times:
    """Return when photos were taken (n,), NaN where unknown, noon where only the day is known.

    Unknown, too, is a time that too many photos of a person (n,) share that differ.
    """
    return plausible(numbered(people), prints)


def plausible(person: Numbers, prints: Fingerprints) -> Times:
    """Return the same as `dates`, from numbers of people."""
    times = prints.times.copy()
    dated = np.flatnonzero(~np.isnan(times) & ~prints.whole_days)
    order = dated[np.lexsort((times[dated], person[dated]))]
    runs = first_equal(person[order], times[order])
    for start, end in pairwise([0, *np.unique(ends_of_runs(runs)).tolist()]):
        if end - start > _DISSIMILAR and _differ(prints.hashes[order[start:end], 0]):
            times[order[start:end]] = np.nan
    return times


def _differ(hashes: Hashes) -> bool:
    """Return whether more than `_DISSIMILAR` photos are no bursts of one another."""
    left = hashes
    for _ in range(_DISSIMILAR):
        left = left[np.bitwise_count(left ^ left[0]) > BURST_BITS]
        if not len(left):
            return False
    return True


def numbered(people: Sequence[Hashable]) -> Numbers:
    """Return a number for each person (n,), the same for the same."""
    numbers: dict[Hashable, int] = {}
    return np.array([numbers.setdefault(one, len(numbers)) for one in people], dtype=np.intp)


def of_one_moment(bits: Numbers, same_camera: NDArray[np.bool_], seconds: Times) -> NDArray[np.bool_]:
    """Return whether two photos each (n,) are of one moment.

    Args:
        bits: in which their hashes differ.
        same_camera: whether they were taken by the same one.
        seconds: between them, NaN if unknown.
    """
    burst = (bits <= BURST_BITS) & (seconds <= BURST_SECONDS)
    found: NDArray[np.bool_] = burst | (same_camera & (seconds <= MOMENT_SECONDS))
    return found


def soon_after(person: Numbers, moments: Moments) -> Pairs:
    """Yield the pairs of photos of a person that are alike; of photos of one second with equal hashes only one.

    Args:
        person: (n,).
        moments: of the photos.
    """
    times = moments.earliest
    dated = np.flatnonzero(np.isfinite(times))
    columns = (moments.cameras, moments.hashes, times, person)
    dated = dated[first_equal(*(column[dated] for column in columns)) == np.arange(len(dated))]
    order = dated[np.lexsort((times[dated], person[dated]))]
    of_person, start = ends_of_runs(person[order]), 0
    for end in np.unique(of_person).tolist():
        photos, taken = order[start:end], times[order[start:end]]
        ends = np.searchsorted(taken, taken + BURST_SECONDS, side="right").tolist()
        for position, until in enumerate(ends):
            others = photos[position + 1 : until]
            near = moments.alike(int(photos[position]), others)
            if near.any():
                yield np.full(int(near.sum()), photos[position]), others[near]
        start = end


@dataclass(frozen=True, eq=False)
class Moments:
    """What says of photos, or of several with equal hashes, that they are of one moment.

    Attributes:
        hashes, cameras: (n,).
        earliest, latest: (n,) seconds; infinite if unknown.
        rule: like `of_one_moment`.
    """

    hashes: Hashes
    cameras: NDArray[np.int32]
    earliest: Times
    latest: Times
    rule: Rule

    def alike(self, first: int, second: Numbers) -> NDArray[np.bool_]:
        """Return whether a photo and others (n,) are of one moment."""
        seconds = np.maximum(self.latest[first] - self.earliest[second], self.latest[second] - self.earliest[first])
        same_camera = (self.cameras[first] == self.cameras[second]) & (self.cameras[first] != 0)
        return self.rule(self.bits(first, second), same_camera, seconds)

    def bits(self, first: int, second: Numbers) -> Numbers:
        """Return in how many bits the hash of a photo differs from those of others (n,)."""
        bits: Numbers = np.bitwise_count(self.hashes[first] ^ self.hashes[second]).astype(np.intp)
        return bits

    def only(self, photos: Numbers) -> Moments:
        """Return those of some photos."""
        return Moments(self.hashes[photos], self.cameras[photos], self.earliest[photos], self.latest[photos], self.rule)

    @classmethod
    def of(cls, prints: Fingerprints, times: Times, rule: Rule) -> Moments:
        """Return those of single photos."""
        dated = ~np.isnan(times)
        earliest, latest = np.where(dated, times, -np.inf), np.where(dated, times, np.inf)
        return cls(prints.hashes[:, 0], prints.cameras, earliest, latest, rule)

    def together(self, equal: Numbers) -> Moments:
        """Return those of photos with the same number, at each of them: from the first to the last of them.

        Args:
            equal: (n,) the index of the first one that a photo goes with.
        """
        earliest, latest, cameras = self.earliest.copy(), self.latest.copy(), self.cameras.copy()
        np.minimum.at(earliest, equal, self.earliest)
        np.maximum.at(latest, equal, self.latest)
        cameras[equal[cameras != cameras[equal]]] = 0
        return Moments(self.hashes, cameras[equal], earliest[equal], latest[equal], self.rule)
