"""The look-alikes of one pairing's targets, and what is not known of others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ...errors import some_of
from ..results import PairingResult, Predictions, RunResult
from ._ranking import Lookalike, Pair, rank_lookalikes


@dataclass(frozen=True)
class Untested:
    """Somebody who is in no test of a target, but whose vectors can be compared: the nearest pair of photos."""

    target: str
    person: str
    pair: Pair


@dataclass(frozen=True)
class Lookalikes:
    """Who is taken for the targets of a pairing, or nearly.

    Attributes:
        extractor, head: of the pairing.
        targets: whose tests count.
        ranked: the other people, the nearest first.
        notes: who is not among them, and why.
        untested: people in no test of a target, the nearest by their vectors first.
    """

    extractor: str
    head: str
    targets: list[str]
    ranked: list[Lookalike]
    notes: list[str]
    untested: list[Untested] = field(default_factory=list)


def lookalikes_of(
    result: RunResult,
    pairing: PairingResult,
    predictions: Predictions,
    thresholds: Mapping[tuple[str, int], float],
) -> Lookalikes:
    """Return the look-alikes of some targets in the eyes of one pairing.

    Args:
        result: the run.
        pairing: one of its pairings.
        predictions: of the run, or of this pairing alone.
        thresholds: of the pairing, by target and seed of the split; other tests are left out.
    """
    tested = predictions.where(extractor=pairing.extractor, head=pairing.head)
    ranked = rank_lookalikes(tested, thresholds)
    people = _people_tested(tested, thresholds)
    notes = [*_untested(people, result.dataset.people - 1), *_without_score(people, ranked), *_unnamed(ranked)]
    return Lookalikes(pairing.extractor, pairing.head, list(people), ranked, notes)


def _people_tested(tested: Predictions, thresholds: Mapping[tuple[str, int], float]) -> dict[str, set[str]]:
    """Return the names of the other people in the tests of each target."""
    people: dict[str, set[str]] = {target: set() for target, _ in thresholds}
    others = tested[tested.column("truth") == "other"]
    for target, person in zip(others.column("target"), others.column("person"), strict=True):
        if person and target in people:
            people[target].add(person)
    return people


def _untested(people: Mapping[str, set[str]], others: int) -> list[str]:
    fewest, most = (end(map(len, people.values())) for end in (min, max))
    if not most or fewest >= others:
        return []
    span = f"{fewest}" if fewest == most else f"{fewest}-{most}"
    whom = next(iter(people)) if len(people) == 1 else "each target"
    return [f"{span} of {others} other people were in a test of {whom}: with more splits (--repeats) there are more"]


def _without_score(people: Mapping[str, set[str]], ranked: list[Lookalike]) -> list[str]:
    tested = {(target, person) for target, names in people.items() for person in names}
    lost = {person for _, person in tested - {(each.target, each.person) for each in ranked}}
    if not lost:
        return []
    return [f"No test photo of {some_of(sorted(lost))} has a score"]


def _unnamed(ranked: list[Lookalike]) -> list[str]:
    if all(each.person for each in ranked):
        return []
    return [
        "Nobody knows who is on the photos without a name, and each, with its doubles, stands for a person: a folder "
        "per person names them"
    ]
