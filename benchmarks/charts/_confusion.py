"""The confusion matrix of a pairing: what was decided on photos of the target and on those of others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..results import TargetResult


@dataclass(frozen=True)
class Decided:
    """One cell: how many decisions there are, their name, and what is to be known of some of them."""

    name: str
    right: bool
    count: int
    of: int
    note: str = ""

    @property
    def rate(self) -> str:
        """The share of the row's photos in per cent.

        >>> Decided("true accepts", True, 2, 3).rate
        '66.7'
        """
        return f"{100 * self.count / self.of:.1f}"


@dataclass(frozen=True)
class Confusion:
    """The matrix.

    Attributes:
        tests: how many are counted together.
        rows: whose photos, and what was decided on them: "me", then "not me".
    """

    tests: int
    rows: list[tuple[str, list[Decided]]]


def confusion_of(results: Sequence[TargetResult]) -> Confusion:
    """Return the counts of all tests of a pairing together: each photo counts once in every test."""
    tests = [result.metrics for result in results]
    mine, others = sum(test.photos_of_me for test in tests), sum(test.photos_of_others for test in tests)
    rejects, accepts = sum(test.false_rejects for test in tests), sum(test.false_accepts for test in tests)
    faceless = [sum(test.no_face_me for test in tests), sum(test.no_face_others for test in tests)]
    notes = [f"{count} of these without a vector" if count else "" for count in faceless]
    of_target = [
        Decided("true accepts", True, mine - rejects, mine),
        Decided("false rejects", False, rejects, mine, notes[0]),
    ]
    of_others = [
        Decided("false accepts", False, accepts, others),
        Decided("true rejects", True, others - accepts, others, notes[1]),
    ]
    return Confusion(len(tests), [("of the target", of_target), ("of others", of_others)])
