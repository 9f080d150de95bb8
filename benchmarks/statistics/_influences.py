"""Influences: what each independent unit (cluster) adds to the error of a metric; a variance is the sum of squares.

Over several targets the same strangers are tested again and again. What they have in common under all targets does not
average out with more targets: the variance is clustered both ways (Cameron, Gelbach and Miller, 2011).
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ._metrics import ranks
from ._samples import Sample

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


class Recurring(NamedTuple):
    """What strangers who recur across targets add to the variance of a mean over targets.

    Attributes:
        variance: added to that of the targets alone.
        strangers: how many different ones there are.
        carriers: how many of them carry the variance.
    """

    variance: float
    strangers: int
    carriers: float


def of_class(sample: Sample, truth: bool) -> tuple[float, Floats]:
    """Return the share of right decisions in a class, mean over repeats, and each unit's influence on it, (units,)."""
    repeats = sample.repeats_of(sample.truth == truth)
    share, influence = 0.0, np.zeros(sample.units)
    for of_repeat in repeats:
        of_class = float(sample.right[of_repeat].mean())
        share += of_class
        influence += sample.sums(np.where(of_repeat, sample.right - of_class, 0.0)) / of_repeat.sum()
    return share / len(repeats), influence / len(repeats)


def of_auc(sample: Sample) -> tuple[float, Floats, Floats]:
    """Return the AUC, mean over repeats, and the influences of the target's units and of the others', (units,) each."""
    auc, mine, others = 0.0, np.zeros(sample.units), np.zeros(sample.units)
    every = sample.repeats_of(np.ones(len(sample.truth), dtype=bool))
    for of_repeat in every:
        truth, ranked = sample.truth[of_repeat], ranks(sample.scores[of_repeat])
        above = np.where(truth, _share_below(ranked, ranked[~truth]), 1 - _share_below(ranked, ranked[truth]))
        area = float(above[truth].mean())
        auc += area
        for influence, chosen in ((mine, truth), (others, ~truth)):
            values = np.zeros(len(sample.truth))
            values[of_repeat] = np.where(chosen, above - area, 0.0) / chosen.sum()
            np.add(influence, sample.sums(values), out=influence)
    return auc / len(every), mine / len(every), others / len(every)


def recurring(samples: Sequence[Sample], influences: Sequence[Floats]) -> Recurring:
    """Return what strangers add to the variance of a mean over targets.

    Args:
        samples: of each target.
        influences: of each target's units on its own metric, (units,); only those of strangers are used.
    """
    numbers: dict[Hashable, int] = {}
    who = [numbers.setdefault(of.names[unit], len(numbers)) for of in samples for unit in of.strangers]
    each = np.concatenate([of[sample.strangers] for of, sample in zip(influences, samples, strict=True)]) / len(samples)
    together: Floats = np.bincount(who, each).astype(np.float64)
    alone = np.bincount(who, each**2)  # is in the variance over targets already
    added = float((together**2 - alone).sum()) * len(numbers) / max(1, len(numbers) - 1)
    return Recurring(max(0.0, added), len(numbers), carriers_of([together]))


def variance_of(influences: Sequence[Floats], units: Sequence[int]) -> float:
    """Return the variance of a mean from what each unit adds to its error, class by class."""
    if min(units) < 2:
        return np.inf
    return sum(n / (n - 1) * float((influence**2).sum()) for influence, n in zip(influences, units, strict=True))


def carriers_of(influences: Sequence[Floats]) -> float:
    """Return how many units carry the variance: all of them if they add alike, few if few add most of it."""
    squares = np.concatenate(influences) ** 2
    return float(squares.sum() ** 2 / (squares**2).sum()) if squares.any() else 0.0


def _share_below(values: NDArray[np.intp], among: NDArray[np.intp]) -> Floats:
    """Return the share of some values that each value exceeds, ties counted half."""
    ordered = np.sort(among)
    below, upto = (np.searchsorted(ordered, values, side=side) for side in ("left", "right"))
    share: Floats = (below + upto) / 2 / len(ordered)
    return share
