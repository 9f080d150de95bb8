"""The verdict in plain words: on how many photos a pairing recognises whom, and how many strangers it lets in.

A photo of the target that is wrong in any split is wrong, and a stranger who is let in once is let in: whoever reads
the sentence has each photo and each stranger once, however often they were tested.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from ...data import ME
from ...errors import counted
from ..results import Predictions
from ._cells import bound_without_error, percent
from ._row import Row

#: Whom it was tested for, and a photo or a person.
Keys: TypeAlias = set[tuple[str, str]]


class _Counts(NamedTuple):
    """What was tested and what of it went wrong in any split: photos of targets, known others, photos of unknown ones.

    `faceless` are the missed photos on which no face was found.
    """

    photos: Keys
    missed: Keys
    faceless: Keys
    people: Keys
    people_let_in: Keys
    unknown: Keys
    unknown_let_in: Keys


def plain_sentence(row: Row) -> str:
    """Return what a row does in plain words, without a full stop; "" where its predictions are not known."""
    counts = _count(row.predictions)
    if not counts.photos:
        return ""
    targets = sorted({target for target, _ in counts.photos})
    says = _of_one(row, targets[0], counts) if len(targets) == 1 else _of_many(row, targets, counts)
    return says + _faceless(len(counts.faceless), len(counts.missed))


def _count(rows: Predictions) -> _Counts:
    counts = _Counts(*(set() for _ in _Counts._fields))
    names = ("target", "truth", "decision", "path", "person", "outcome")
    for target, truth, decision, path, person, outcome in zip(*map(rows.column, names), strict=True):
        if truth == "me":
            tested, wrong, key = counts.photos, counts.missed, (target, path)
            if decision != truth and outcome == "no_face":
                counts.faceless.add(key)
        elif person:
            tested, wrong, key = counts.people, counts.people_let_in, (target, person)
        else:
            tested, wrong, key = counts.unknown, counts.unknown_let_in, (target, path)
        tested.add(key)
        if decision != truth:
            wrong.add(key)
    return counts


def _of_one(row: Row, target: str, counts: _Counts) -> str:
    whom = "you" if target == ME else target
    right, photos = len(counts.photos) - len(counts.missed), counted(len(counts.photos), "different photo")
    others = [
        f"{len(let_in)} of {counted(len(tested), what)}"
        for tested, let_in, what in (
            (counts.people, counts.people_let_in, "stranger"),
            (counts.unknown, counts.unknown_let_in, "photo"),
        )
        if tested
    ]
    if counts.unknown:
        others[-1] += " of people unknown" if counts.people else " of others"
    return f"Recognises {whom} on {right} of {photos} and lets in {' and '.join(others)}{_at_most(row, counts)}"


def _of_many(row: Row, targets: list[str], counts: _Counts) -> str:
    always = len(targets) - len({target for target, _ in counts.missed})
    right = len(counts.photos) - len(counts.missed)
    pairs = len(counts.people) + len(counts.unknown)
    taken = len(counts.people_let_in) + len(counts.unknown_let_in)
    what = "person and photo" if counts.unknown else "people"
    return (
        f"Recognises {always} of {len(targets)} people on all their test photos ({right} of {len(counts.photos)}) and "
        f"takes somebody else for one of them in {taken} of {pairs} pairs of {what}{_at_most(row, counts)}"
    )


def _at_most(row: Row, counts: _Counts) -> str:
    """Return the 95 % limit of false accepts: that of the table if there is none, else of the share of photos."""
    if not (counts.people_let_in or counts.unknown_let_in):
        bound = bound_without_error(row, "false_accept_rate")
        return "" if bound is None else f" (at most {percent(bound)} %)"
    estimate = row.pairing.estimates.get("false_accept_rate")
    if estimate is None or estimate.interval is None:
        return ""
    return f" (at most {percent(estimate.interval.high)} % of their photos)"


def _faceless(faceless: int, missed: int) -> str:
    if not faceless:
        return ""
    verb = "shows" if faceless == 1 else "show"
    if faceless < missed:
        return f"; {faceless} of the {missed} misses {verb} no face"
    return f"; the {f'{missed} misses' if missed > 1 else 'one miss'} {verb} no face"
