"""The share of me that the proposals behind labels have missed, from a stratified sample of what was not proposed."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .._proposal import Proposal, Stratum

#: Proposals count as complete if at most this share of me is missed, by the upper limit of the interval.
MOST_MISSED = 0.05
#: Of probability beyond each limit; a little more, as sums differ in their last digits.
_TAIL = 0.025 + 1e-9


class Missed(NamedTuple):
    """How much is missed, expected, and its 95 % limits."""

    value: float
    low: float
    high: float


def missed_share(proposal: Proposal) -> Missed:
    """Return the share of all faces of me that nobody has found, 0..1, with its 95 % interval.

    The number of faces of me that are left in each stratum has a mid-P interval of the hypergeometric distribution: the
    population is finite, and what was looked at is known. The upper limit of their sum combines the distances to those
    of the strata (Zou and Donner, 2008); the lower one is the highest of the strata. docs/find.md shows the coverage.

    >>> missed_share(Proposal(("sface",), 95, (Stratum(100, 20, 0),))).value
    0.0
    >>> round(missed_share(Proposal(("sface",), 96, (Stratum(100, 20, 1),))).value, 4)  # 4 more are expected in 80
    0.04
    """
    left = [_left(stratum) for stratum in proposal.strata]
    expected = sum(stratum.value for stratum in left)
    above = float(np.sqrt(sum((stratum.high - stratum.value) ** 2 for stratum in left)))
    low = min(expected, max((stratum.low for stratum in left), default=0.0))
    return Missed(*(_share(missed, proposal.mine) for missed in (expected, low, expected + above)))


def _left(stratum: Stratum) -> Missed:
    """Return how many faces of me are left among those that nobody has looked at, with the limits."""
    from scipy.stats import hypergeom

    size, looked, mine = stratum.size, stratum.looked, stratum.mine
    if not looked:
        return Missed(0.0, 0.0, size)
    totals = np.arange(mine, size - looked + mine + 1)
    fewer, exactly = hypergeom.cdf(mine - 1, size, totals, looked), hypergeom.pmf(mine, size, totals, looked)
    possible = totals[(fewer + exactly / 2 > _TAIL) & (1 - fewer - exactly / 2 > _TAIL)]
    expected = (size - looked) * mine / looked
    if not len(possible):  # everything was looked at
        return Missed(expected, expected, expected)
    low, high = (possible[[0, -1]] - mine).tolist()
    return Missed(expected, min(low, expected), max(high, expected))


def _share(missed: float, mine: int) -> float:
    return missed / (missed + mine) if missed + mine else 0.0
