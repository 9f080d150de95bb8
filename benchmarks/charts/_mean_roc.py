"""The ROC curve of a pairing: the mean of its tests' curves, at equal false accept rates; where it can be read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..results import UNTRAINED, Roc, TargetResult

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Rates = NDArray[np.float64]

#: What a head that could not be trained does: chance.
_CHANCE = Roc(far=[0.0, 1.0], tar=[0.0, 1.0])


@dataclass(frozen=True, eq=False)
class MeanRoc:
    """True accept rates over false accept rates, both (points,) and rising.

    Attributes:
        far: each rate at which a test has a corner, twice: the curve may rise there.
        tar: the mean of the tests.
    """

    far: Rates
    tar: Rates

    @property
    def auc(self) -> float:
        """The area under the curve; it is the mean of the tests' areas."""
        return float(np.trapezoid(self.tar, self.far))

    def above(self, lowest: float, highest: float = 1) -> tuple[Rates, Rates]:
        """Return (FAR, TAR) from what is accepted without a false accept on, close enough for axes that are bent.

        Args:
            lowest: from this false accept rate on there are points between the corners.
            highest: no point is beyond this false accept rate.
        """
        between = np.geomspace(lowest, highest, 100)
        far = np.concatenate([self.far[1:], between])
        tar = np.concatenate([self.tar[1:], np.interp(between, self.far, self.tar)])
        order = np.lexsort((tar, far))
        order = order[far[order] <= highest]
        return far[order], tar[order]


def resolution_of(pairings: Iterable[Sequence[TargetResult]]) -> tuple[float, float]:
    """Return the smallest false accept and false reject rates that the tests of pairings can tell from none, 0..1.

    A curve is drawn at a false accept rate of one test, and a false reject may be in any.
    """
    tested = list(pairings)
    others = max(test.metrics.photos_of_others for tests in tested for test in tests)
    mine = max(sum(test.metrics.photos_of_me for test in tests) for tests in tested)
    return 1 / others, 1 / mine


def mean_roc(results: Sequence[TargetResult]) -> MeanRoc | None:
    """Return the mean curve over the splits of a target, then over targets: vertical averaging (Fawcett, 2006).

    Scores of different tests are never mixed: each has a head of its own. None where a test kept no curve.
    """
    tests = [(result.target, _roc(result)) for result in results]
    if not tests or any(roc is None for _, roc in tests):
        return None
    splits = Counter(target for target, _ in tests)
    rates = np.unique(np.concatenate([roc.far for _, roc in tests if roc]))
    before, after = np.zeros_like(rates), np.zeros_like(rates)
    for target, roc in tests:
        weight = 1 / (len(splits) * splits[target])
        low, high = _ends(roc, rates)
        before += weight * low
        after += weight * high
    # Both ends of every rise, so that no corner is cut.
    return MeanRoc(np.repeat(rates, 2), np.stack([before, after], axis=1).ravel())


def _roc(result: TargetResult) -> Roc | None:
    return _CHANCE if result.threshold_rule == UNTRAINED else result.roc


def _ends(roc: Roc | None, rates: Rates) -> tuple[Rates, Rates]:
    """Return the true accept rates just before and just after a test's rise at each false accept rate."""
    assert roc is not None  # noqa: S101 (the caller has looked)
    far, tar = np.array(roc.far), np.array(roc.tar)
    corners, first = np.unique(far, return_index=True)
    last = np.append(first[1:], len(far)) - 1
    low, high = tar[first], tar[last]
    at = np.searchsorted(corners, rates).clip(1, len(corners) - 1)
    share = (rates - corners[at - 1]) / (corners[at] - corners[at - 1])
    between = high[at - 1] + share * (low[at] - high[at - 1])
    corner = np.searchsorted(corners, rates).clip(0, len(corners) - 1)
    is_corner = corners[corner] == rates
    return np.where(is_corner, low[corner], between), np.where(is_corner, high[corner], between)
