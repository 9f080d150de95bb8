"""Findings about numbers: photos of each person, independent ones among them, and people."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from ...data import Dataset
from ...errors import counted
from ._findings import Finding, Mark, Severity

if TYPE_CHECKING:
    from ._seen import Seen

#: `bench run` refuses a target, or others, with fewer photos.
NEEDED = 5
#: Below so many independent photos of a target intervals are wide, and no threshold is chosen on validation.
ENOUGH = 20
#: Fewer people say little about impostors (other people).
PEOPLE = 10
_ALONE = Finding("people", "good to know", "Photos of me alone", "bench run needs other people, too: --others DIR")


def amounts(dataset: Dataset, seen: Seen) -> list[Finding]:
    """Return findings about too few photos of me, of others, or other people; photos not readable do not count."""
    if dataset.me is None and len(dataset.people) < 2 and "labels" not in dataset.sources:
        return [
            Finding(
                "people",
                "good to know",
                "No folder per person" if not dataset.people else "One person's folder alone",
                "As it is, it serves bench run as --me or --others",
            )
        ]
    photos = Counter(item.person for item in seen.dataset.items)
    independent = {person: len(groups) for person, groups in _groups(seen).items()}
    if dataset.me is not None:
        others = [_ALONE] if dataset.sources.keys() == {"me"} else _of_others(dataset, seen)
        return [*_of_target(dataset.me, photos[dataset.me], independent.get(dataset.me, 0)), *others]
    return [*_of_anybody(photos, independent), *_of_people(len(dataset.people) - 1), *_outside(dataset)]


def bursts(seen: Seen) -> list[Finding]:
    """Return how many independent photos there are of people with copies or bursts."""
    groups = _groups(seen)
    photos = Counter(item.person for item in seen.dataset.items if item.person is not None)
    marks = [
        Mark(person, f"{count} photos, {len(groups[person])} independent")
        for person, count in sorted(photos.items())
        if len(groups[person]) < count
    ]
    if not marks:
        return []
    people = "1 person" if len(marks) == 1 else f"{len(marks)} people"
    what = f"{people} with bursts or copies"
    return [
        Finding("bursts", "good to know", what, "A burst counts as one photo, and is kept together in a split", marks)
    ]


def _groups(seen: Seen) -> dict[str, set[int]]:
    groups: dict[str, set[int]] = defaultdict(set)
    for item, group in zip(seen.dataset.items, seen.groups.tolist(), strict=True):
        if item.person is not None:
            groups[item.person].add(group)
    return groups


def _of_target(me: str, photos: int, independent: int) -> list[Finding]:
    if photos < NEEDED:
        return [_few("few_of_me", "must fix", f"{counted(photos, 'photo')} of {me}", f"bench run needs {NEEDED}")]
    if independent < ENOUGH:
        what = f"{counted(independent, 'independent photo')} of {me}"
        return [_few("few_of_me", "should look", what, f"With fewer than {ENOUGH} thresholds and intervals are weak")]
    return []


def _of_others(dataset: Dataset, seen: Seen) -> list[Finding]:
    others = [item for item in seen.dataset.items if item.person != dataset.me]
    if len(others) < NEEDED:
        what = f"{counted(len(others), 'photo')} of other people"
        return [_few("few_others", "must fix", what, f"bench run needs {NEEDED}")]
    # A photo whose person is not known counts as a person of its own.
    return _of_people(len({item.person or item.name for item in others}))


def _of_people(others: int) -> list[Finding]:
    if others >= PEOPLE:
        return []
    people = "1 other person" if others == 1 else f"{others} other people"
    return [_few("few_people", "should look", people, f"Fewer than {PEOPLE} tell little about strangers")]


def _of_anybody(photos: Counter[str | None], independent: dict[str, int]) -> list[Finding]:
    possible = [person for person in independent if photos[person] >= NEEDED]
    if not possible:
        most = max((photos[person] for person in independent), default=0)
        what = f"Nobody has {NEEDED} photos: the most is {most}"
        return [_few("few_of_me", "must fix", what, "bench run needs them of the person who is me")]
    known = sum(photos[person] for person in independent)
    fewest, target = min((known - photos[person], person) for person in possible)
    if fewest < NEEDED:
        what = f"{counted(fewest, 'photo')} of people other than {target}"
        return [_few("few_others", "must fix", what, f"bench run needs {NEEDED}")]
    if max(independent[person] for person in possible) < ENOUGH:
        what = f"Nobody has {ENOUGH} independent photos"
        return [_few("few_of_me", "should look", what, "With fewer thresholds and intervals are weak")]
    return []


def _outside(dataset: Dataset) -> list[Finding]:
    if "labels" in dataset.sources:  # there somebody without a name is another person
        return []
    marks = [Mark.of(item) for item in dataset.items if item.person is None]
    what = f"{counted(len(marks), 'photo')} outside a person's folder"
    return [Finding("outside", "good to know", what, "bench run --data leaves them out", marks)] if marks else []


def _few(kind: str, severity: Severity, what: str, why: str) -> Finding:
    return Finding(kind, severity, what, f"{why}: add photos")
