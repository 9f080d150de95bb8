"""The other people, ranked by how often they are taken for the target, and how near their scores come to that."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import fmean
from typing import NamedTuple

from ..results import Predictions


class Stranger(NamedTuple):
    """Another person, in the tests of one target: a name, or else the photos of one group."""

    target: str
    person: str
    group: str


@dataclass(frozen=True)
class Pair:
    """Two photos, of another person and of the target: their paths, and the Euclidean distance of their vectors."""

    theirs: str
    mine: str
    distance: float


@dataclass(frozen=True)
class Lookalike:
    """Another person, in the tests of one target.

    Scores are measured from the threshold of their own test: from 0 on a photo is taken for the target.

    Attributes:
        target: whom the person may be mistaken for.
        person: the other one; "" where nobody knows who it is, and a photo (with its doubles) stands for a person.
        photos: how many different ones were tested and have a score.
        tests: how often they were, over all splits.
        accepted: of these tests, those in which the photo was taken for the target.
        mean: of score minus threshold over the tests, in units of the head's score.
        highest: score minus threshold of the test in which it is highest.
        photo: path of the photo in that test.
        pair: of all their photos, the nearest to one of the target; None: not known.
    """

    target: str
    person: str
    photos: int
    tests: int
    accepted: int
    mean: float
    highest: float
    photo: str
    pair: Pair | None = None


def rank_lookalikes(predictions: Predictions, thresholds: Mapping[tuple[str, int], float]) -> list[Lookalike]:
    """Return the other people, those first of whom most tests end in a false accept, then by their mean score.

    The mean, and not the highest score: thresholds of different splits differ, and one photo may be a poor one. Photos
    without a score cannot come near; whoever has no other photos is left out.

    Args:
        predictions: of one pairing, in all splits.
        thresholds: by target and seed of the split; predictions of other tests are left out.
    """
    tests = tests_of_strangers(predictions, thresholds)
    found = [_lookalike(stranger.target, stranger.person, of_person) for stranger, of_person in tests.items()]
    return sorted(
        found, key=lambda each: (-each.accepted / each.tests, -each.mean, each.target, each.person, each.photo)
    )


def tests_of_strangers(
    predictions: Predictions, thresholds: Mapping[tuple[str, int], float]
) -> dict[Stranger, list[tuple[float, str, bool]]]:
    """Return the tests of each stranger that gave a score: score minus threshold, path, whether it was accepted."""
    others = predictions[predictions.column("truth") == "other"]
    columns = map(others.column, ("split_seed", "path", "score", "decision"))
    tests: dict[Stranger, list[tuple[float, str, bool]]] = defaultdict(list)
    for stranger, seed, path, score, decision in zip(strangers_of(others), *columns, strict=True):
        if score is not None and (stranger.target, seed) in thresholds:
            tests[stranger].append((score - thresholds[stranger.target, seed], path, decision == "me"))
    return tests


def strangers_of(others: Predictions) -> list[Stranger]:
    """Return who is in each row of others, (rows,)."""
    columns = map(others.column, ("target", "person", "group", "path"))
    return [
        Stranger(target, person, "" if person else group or path)
        for target, person, group, path in zip(*columns, strict=True)
    ]


def _lookalike(target: str, person: str, tests: list[tuple[float, str, bool]]) -> Lookalike:
    highest, photo, _ = max(tests)
    return Lookalike(
        target,
        person,
        photos=len({path for _, path, _ in tests}),
        tests=len(tests),
        accepted=sum(accepted for _, _, accepted in tests),
        mean=fmean(beyond for beyond, _, _ in tests),
        highest=highest,
        photo=photo,
    )
