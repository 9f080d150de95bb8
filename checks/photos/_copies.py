"""Findings about photos that are the same: under two names, or under two people."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Literal

from ...errors import counted
from ._amounts import NEEDED
from ._findings import Finding, Mark, Severity

if TYPE_CHECKING:
    from ._seen import Seen

_Kind = Literal["two_people", "two_strangers", "same_file", "same_picture"]
_WORDS: dict[_Kind, tuple[Severity, str, str]] = {
    "two_people": (
        "must fix",
        "under two people, one of whom can be the target",
        "Delete it where it is wrong: bench run refuses the photos",
    ),
    "two_strangers": ("should look", "under two people", "Delete it where it is wrong: one of the names is"),
    "same_file": ("should look", "there already under another name", "Delete it: it counts once, and costs time"),
    "same_picture": (
        "good to know",
        "that can hardly be told from another one",
        "Delete what is the same picture saved again; a burst may stay, and counts once",
    ),
}


def copies(seen: Seen) -> list[Finding]:
    """Return findings about the same file, or the same picture saved again, under two names.

    The later one of two is marked, with the first one that it equals.
    """
    items = seen.dataset.items
    marked: dict[_Kind, dict[int, str]] = defaultdict(dict)
    for first, second in seen.same:
        kind = _kind(seen, first, second)
        marked[kind].setdefault(second, f"as {items[first].name}")
    findings = []
    for kind, (severity, what, advice) in _WORDS.items():
        if details := marked[kind]:
            marks = [Mark.of(items[index], detail) for index, detail in sorted(details.items())]
            findings.append(Finding(kind, severity, f"{counted(len(marks), 'photo')} {what}", advice, marks))
    return findings


def _kind(seen: Seen, first: int, second: int) -> _Kind:
    """Tell what two photos of the same picture are: people who are not known may be the same."""
    dataset = seen.dataset
    people = {dataset.items[first].person, dataset.items[second].person}
    if len(people) == 2 and dataset.me is not None and dataset.me in people:
        return "two_people"
    if len(people) == 1 or None in people:
        return "same_file" if seen.keys[first] == seen.keys[second] else "same_picture"
    if dataset.me is None and any(dataset.people[person] >= NEEDED for person in people if person is not None):
        return "two_people"
    return "two_strangers"
