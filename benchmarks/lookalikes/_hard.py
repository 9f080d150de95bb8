"""Hard strangers: the tenth of the other people who come nearest to the target, one set for all pairings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil
from statistics import fmean

import numpy as np

from ..results import PairingResult, Predictions
from ._ranking import Stranger, strangers_of, tests_of_strangers

#: The share of the other people in the tests of a target who are hard.
SHARE = 0.1


@dataclass(frozen=True)
class HardFigures:
    """What a pairing does on hard strangers.

    Attributes:
        accepted: tests of their photos that ended in a false accept.
        tests: of their photos.
        balanced: balanced accuracy on their photos and on all of the target's, mean over targets, 0..1.
    """

    accepted: int
    tests: int
    balanced: float


def hard_strangers(pairings: Iterable[tuple[PairingResult, Predictions]]) -> set[Stranger]:
    """Return the hard strangers of each target, by their mean rank over pairings.

    A pairing ranks them by the mean of score minus threshold over their tests; whoever has no score is last.

    Args:
        pairings: whose scores choose, each with its own predictions; one of each extractor, so that all have a vote.
    """
    ranks: dict[Stranger, list[int]] = defaultdict(list)
    for pairing, predictions in pairings:
        thresholds = {(test.target, test.split_seed): test.threshold for test in pairing.targets}
        others = predictions[predictions.column("truth") == "other"]
        means = dict.fromkeys(strangers_of(others), -np.inf)
        for stranger, tests in tests_of_strangers(others, thresholds).items():
            means[stranger] = fmean(beyond for beyond, _, _ in tests)
        for of_target in _by_target(means).values():
            for rank, stranger in enumerate(sorted(of_target, key=lambda each: (-means[each], each))):
                ranks[stranger].append(rank)
    hard = set()
    for of_target in _by_target(ranks).values():
        nearest = sorted(of_target, key=lambda each: (fmean(ranks[each]), each))
        hard.update(nearest[: ceil(SHARE * len(nearest))])
    return hard


def hard_figures(predictions: Predictions, hard: set[Stranger]) -> HardFigures | None:
    """Return what a pairing does on hard strangers; None where it was not tested on any.

    Args:
        predictions: of this pairing.
        hard: of `hard_strangers`.
    """
    is_other = predictions.column("truth") == "other"
    others, mine = predictions[is_other], predictions[~is_other]
    others = others[np.array([each in hard for each in strangers_of(others)], dtype=bool)]
    balanced = []
    for target in dict.fromkeys(others.column("target")):
        right = (of.where(target=target).column("decision") for of in (mine, others))
        shares = [float((decision == truth).mean()) for decision, truth in zip(right, ("me", "other"), strict=True)]
        balanced.append(fmean(shares))
    if not balanced:
        return None
    return HardFigures(int((others.column("decision") == "me").sum()), len(others), fmean(balanced))


def _by_target(strangers: Iterable[Stranger]) -> dict[str, list[Stranger]]:
    of_targets: dict[str, list[Stranger]] = defaultdict(list)
    for stranger in strangers:
        of_targets[stranger.target].append(stranger)
    return of_targets
