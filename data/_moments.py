"""Moments: photos taken within seconds of one another, where the clock of the camera is one."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from ._candidates import ends_of_runs, first_equal

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ._candidates import Hashes, Pairs
    from ._fingerprints import Fingerprints, Numbers

    Times = NDArray[np.float64]

#: Photos taken within this many seconds whose hashes differ in at most this many bits are a burst.
BURST_SECONDS, BURST_BITS = 10.0, 10
#: Photos of one person by the same camera within this many seconds are one moment, whatever they show.
MOMENT_SECONDS = 2.0
#: A time that more photos share, no two of which look like a burst, is no date: that clock was never set.
_DISSIMILAR = 5


def dates(prints: Fingerprints) -> Times:
    """Return when photos were taken (n,), NaN where the clock says the same of too many that differ.

    >>> from facebench.data import Fingerprints
    """
    times = prints.times.copy()
    dated = np.flatnonzero(~np.isnan(times))
    order = dated[np.argsort(times[dated], kind="stable")]
    for start, end in pairwise([0, *np.unique(ends_of_runs(times[order])).tolist()]):
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


def soon_after(person: Numbers, hashes: Hashes, times: Times, cameras: Numbers) -> Pairs:
    """Yield the pairs of photos of a person that are of one moment; of photos of one second with equal hashes only one.

    Args:
        person: (n,).
        hashes: (n,).
        times: (n,) seconds, NaN if unknown.
        cameras: (n,) 0 if unknown.
    """
    dated = np.flatnonzero(~np.isnan(times))
    dated = dated[first_equal(cameras[dated], hashes[dated], times[dated], person[dated]) == np.arange(len(dated))]
    order = dated[np.lexsort((times[dated], person[dated]))]
    of_person, start = ends_of_runs(person[order]), 0
    for end in np.unique(of_person).tolist():
        photos, taken = order[start:end], times[order[start:end]]
        ends = np.searchsorted(taken, taken + BURST_SECONDS, side="right").tolist()
        for position, until in enumerate(ends):
            others = photos[position + 1 : until]
            near = of_one_moment(hashes, cameras, photos[position], others, np.abs(times[others] - taken[position]))
            if near.any():
                yield np.full(int(near.sum()), photos[position]), others[near]
        start = end


def of_one_moment(
    hashes: Hashes, cameras: Numbers, first: int, second: Numbers, seconds: Times
) -> NDArray[np.bool_]:
    """Return whether a photo and others (n,), taken so many seconds apart (n,), are of one moment."""
    burst = (np.bitwise_count(hashes[first] ^ hashes[second]) <= BURST_BITS) & (seconds <= BURST_SECONDS)
    camera = (cameras[first] == cameras[second]) & (cameras[first] != 0) & (seconds <= MOMENT_SECONDS)
    found: NDArray[np.bool_] = burst | camera
    return found
