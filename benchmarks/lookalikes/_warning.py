"""A warning where one person makes most of a pairing's false accepts."""

from __future__ import annotations

from collections import Counter, defaultdict
from operator import itemgetter

from ...errors import counted
from ..results import Predictions

#: Of fewer photos that are taken for the target it means little that most are one person's.
FEWEST = 5


def lookalike_warnings(title: str, predictions: Predictions) -> list[str]:
    """Return a warning if most of a target's false accepts, of `FEWEST` at least, are of one other person.

    What counts are different photos: one that is accepted in several splits counts once. Photos of nobody known count
    among all, and are no person's. Of several such targets the one with the most is told, and how many there are.

    Args:
        title: the pairing in words.
        predictions: of this pairing.
    """
    others = predictions[predictions.column("truth") == "other"]
    tested, accepted = _photos(others), _photos(others[others.column("decision") == "me"])
    found = []
    for target, of_people in accepted.items():
        person, photos = _most_accepted(of_people)
        if of_people.total() >= FEWEST and 2 * photos > of_people.total():
            found.append((photos, of_people.total(), target, person))
    if not found:
        return []
    photos, total, target, person = max(found)
    more = f"; {counted(len(found) - 1, 'more target')} with one" if len(found) > 1 else ""
    return [
        f"{photos} of the {total} photos of others that {title} takes for {target} are of {person}, of whom "
        f"{tested[target][person]} are in the test: a look-alike, or {target} under another name{more}. "
        "bench show RUN --lookalikes ranks all [look-alike]"
    ]


def _photos(rows: Predictions) -> dict[str, Counter[str]]:
    """Return how many different photos of each person are in the tests of each target."""
    photos: dict[str, Counter[str]] = defaultdict(Counter)
    for target, person, _ in set(zip(*map(rows.column, ("target", "person", "path")), strict=True)):
        photos[target][person] += 1
    return photos


def _most_accepted(photos: Counter[str]) -> tuple[str, int]:
    return max(((person, count) for person, count in photos.items() if person), key=itemgetter(1), default=("", 0))
