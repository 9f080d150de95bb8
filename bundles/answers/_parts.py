"""Which answers somebody wants to see first, and how many there are of each kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ...errors import counted, printable
from .._recognition import ME, Recognition


@dataclass(frozen=True)
class Parts:
    """Answers, each in one part; those with a probability begin with the highest.

    Attributes:
        me: all that count as me, uncertain or not.
        uncertain: not me, but not surely.
        failed: photos that could not be examined, in order.
        rest: surely not me, or no face, in order.
    """

    me: list[Recognition]
    uncertain: list[Recognition]
    failed: list[Recognition]
    rest: list[Recognition]


def parts_of(answers: Sequence[Recognition]) -> Parts:
    """Return answers in parts; without calibrated probabilities none is uncertain.

    >>> from facebench.bundles import Recognition, SeenFace
    >>> doubtful = Recognition("a.jpg", "not me", (SeenFace(None, 0.25, 0.25),))
    >>> parts = parts_of([doubtful, Recognition("b.jpg", "no face"), Recognition("c.jpg", "me")])
    >>> [answer.path for answer in parts.me + parts.uncertain + parts.rest]
    ['c.jpg', 'a.jpg', 'b.jpg']
    """
    others = [answer for answer in answers if not answer.is_me]
    return Parts(
        me=_most_probable_first(answer for answer in answers if answer.is_me),
        uncertain=_most_probable_first(answer for answer in others if answer.is_uncertain),
        failed=[answer for answer in others if answer.is_failure],
        rest=[answer for answer in others if not answer.is_uncertain and not answer.is_failure],
    )


def _most_probable_first(answers: Iterable[Recognition]) -> list[Recognition]:
    # As it is shown: what looks the same stays in order.
    return sorted(answers, key=lambda answer: round(answer.probability or 0.0, 3), reverse=True)


def reason_of(answer: Recognition) -> str:
    """Return why a photo could not be examined.

    >>> reason_of(Recognition("a.jpg", "truncated", detail="the file ends at byte 5"))
    'truncated: the file ends at byte 5'
    """
    return printable(": ".join(filter(None, (answer.answer, answer.detail))))


def tally(answers: Sequence[Recognition]) -> str:
    """Return the number of photos per answer, in one line."""
    counts = Counter(answer.answer for answer in answers)
    others = (f"{count} {printable(answer)}" for answer, count in counts.items() if answer != ME)
    return f"{counted(len(answers), 'photo')}: {', '.join([f'{counts[ME]} of me', *others])}"
