"""Hard strangers: the tenth of the other people who come nearest to the target, one set for all pairings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import ceil
from statistics import fmean

import numpy as np

from ...errors import some_of
from ..results import PairingResult, Predictions
from ._ranking import Stranger, strangers_of, tests_of_strangers

#: The share of the other people in the tests of a target who are hard.
SHARE = 0.1

#: What is said of who chose them where no extractor did.
MEAN_RANK = "mean rank"


@dataclass(frozen=True)
class HardStrangers:
    """The hard strangers of each target.

    Attributes:
        people: the strangers.
        by: call string of the extractor that chose them; `MEAN_RANK` where the pairings did.
        without: targets who have none, as that extractor has no vector of them.
    """

    people: frozenset[Stranger]
    by: str = MEAN_RANK
    without: tuple[str, ...] = ()

    @property
    def note(self) -> str:
        """Who they are, and who chose them."""
        who = (
            "Hard strangers are the tenth of the other people in the tests of a target who come nearest to it, the "
            "same for all rows"
        )
        if self.by == MEAN_RANK:
            return f"{who}: those with the best mean rank over all extractors, each with its best head"
        lost = f". It has no vector of {some_of(self.without)}, who count for nothing there" if self.without else ""
        return (
            f"{who} and chosen by {self.by}, which is none of them: those whose photos are on average most similar to "
            f"the target's (cosine similarity of its vectors){lost}"
        )


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


def hard_strangers(pairings: Iterable[tuple[PairingResult, Predictions]]) -> HardStrangers:
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
    return HardStrangers(nearest_tenth({stranger: fmean(of_each) for stranger, of_each in ranks.items()}))


def nearest_tenth(distances: Mapping[Stranger, float]) -> frozenset[Stranger]:
    """Return the tenth of the strangers of each target with the smallest distances, at least one."""
    hard: list[Stranger] = []
    for of_target in _by_target(distances).values():
        nearest = sorted(of_target, key=lambda each: (distances[each], each))
        hard += nearest[: ceil(SHARE * len(nearest))]
    return frozenset(hard)


def hard_figures(predictions: Predictions, hard: HardStrangers) -> HardFigures | None:
    """Return what a pairing does on hard strangers; None where it was not tested on any.

    Args:
        predictions: of this pairing.
        hard: the same for all pairings.
    """
    is_other = predictions.column("truth") == "other"
    others, mine = predictions[is_other], predictions[~is_other]
    others = others[np.array([each in hard.people for each in strangers_of(others)], dtype=bool)]
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
