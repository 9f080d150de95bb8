"""The errors of pairings on each slice of their test photos, compared with the rest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ..results import Predictions
from ..statistics import ENOUGH_UNITS, LEVEL, holm, rate_interval
from ._difference import permutation_p
from ._errors import TRUTHS, Kind, PhotoErrors, photo_errors
from ._membership import Membership

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]

#: With fewer photos, in a slice or in the rest, nothing is compared.
ENOUGH = 20
#: Permutations: so many, and for each comparison so many more that Holm's adjustment can get below the level.
_DRAWS, _EACH = 19_999, 100


@dataclass(frozen=True)
class SliceRate:
    """The errors of one kind on the test photos in a slice.

    Attributes:
        title: of the property.
        name: of the slice.
        kind: of error.
        photos: different ones.
        wrong: errors among them; a photo that is wrong in two of its four tests counts half.
        rate: wrong per photo, 0..1.
        low, high: its 95 % limits; None with too few independent units.
        units: independent ones (clusters).
        rest_photos, rest_wrong: of the photos in other slices of the property.
        p: that the rate differs from that of the rest, adjusted for all comparisons of the run; 1 where nothing is
            wrong, None where there are too few photos.
    """

    title: str
    name: str
    kind: Kind
    photos: int
    wrong: float
    rate: float
    low: float | None
    high: float | None
    units: int
    rest_photos: int
    rest_wrong: float
    p: float | None = None

    @property
    def rest_rate(self) -> float:
        """Errors per photo of the rest."""
        return self.rest_wrong / self.rest_photos if self.rest_photos else 0.0

    @property
    def is_small(self) -> bool:
        """Whether the slice has too few photos to be compared."""
        return self.photos < ENOUGH

    @property
    def differs(self) -> bool:
        """Whether its rate is significantly different from that of the rest."""
        return self.p is not None and self.p < LEVEL


@dataclass(frozen=True)
class Slices:
    """The slices of one pairing.

    Attributes:
        extractor, head: call strings.
        targets: people who are "me" in its tests.
        rates: of every slice that has test photos, kind by kind.
        alike: properties of which all test photos of a kind are in one slice: kind, property and slice.
        comparisons: of all pairings that p-values are adjusted for.
    """

    extractor: str
    head: str
    targets: list[str]
    rates: list[SliceRate]
    alike: list[tuple[Kind, str, str]]
    comparisons: int


def slices_of(pairings: Sequence[Predictions], properties: Sequence[Membership]) -> list[Slices]:
    """Return the slices of each pairing; p-values are adjusted (Holm) for all slices of all of them.

    Which slices are compared depends on numbers of photos, and on whether anything is wrong in all slices together:
    neither changes if memberships are permuted. Two that say the same, as both halves of a property with two slices do,
    are one comparison.

    Args:
        pairings: the rows of each, with at least one.
        properties: of the photos.
    """
    cut = [[each for kind in TRUTHS for each in _tables(rows, kind, properties)] for rows in pairings]
    asked = {(row, *each.hypothesis(at)) for row, of_row in enumerate(cut) for each in of_row for at in each.asked}
    draws = max(_DRAWS, _EACH * len(asked) - 1)
    found: dict[tuple[object, ...], float] = {}
    for row, of_row in enumerate(cut):
        for each in of_row:
            p_values = permutation_p(each.errors.wrong, each.members[:, each.asked], each.errors.unit, draws)
            for at, p in zip(each.asked, p_values.tolist(), strict=True):
                found.setdefault((row, *each.hypothesis(at)), p)
    adjusted = dict(zip(found, holm(list(found.values())), strict=True))
    return [
        Slices(
            rows[0].extractor,
            rows[0].head,
            sorted(set(rows.column("target"))),
            [
                replace(rate, p=adjusted.get((row, *each.hypothesis(at)), 1.0) if at in each.compared else None)
                for each in of_row
                if not each.alike
                for at, rate in each.rates()
            ],
            [(each.kind, each.title, each.alike) for each in of_row if each.alike],
            len(adjusted),
        )
        for row, (rows, of_row) in enumerate(zip(pairings, cut, strict=True))
    ]


@dataclass(frozen=True, eq=False)
class _Table:
    """The test photos of one class that have a property, in its slices.

    Attributes:
        title: of the property.
        names: of its slices.
        kind: of error.
        known: of all test photos of the class, those that have the property.
        errors: on these.
        members: (photos, slices) which of these is in which slice.
    """

    title: str
    names: Sequence[str]
    kind: Kind
    known: Bools
    errors: PhotoErrors
    members: Bools

    @property
    def alike(self) -> str:
        """The slice that all photos are in; "" if they are in several."""
        return next((self.names[at] for at in np.flatnonzero(self.members.all(axis=0)).tolist()), "")

    @property
    def compared(self) -> list[int]:
        """The numbers of the slices that have photos enough, and leave enough."""
        photos = self.members.sum(axis=0)
        return np.flatnonzero((photos >= ENOUGH) & (len(self.members) - photos >= ENOUGH)).tolist()

    @property
    def asked(self) -> list[int]:
        """Of these, the slices that may differ from the rest: none where nothing is wrong."""
        return self.compared if self.errors.wrong.any() else []

    def hypothesis(self, at: int) -> tuple[object, ...]:
        """Return what is asked about a slice: the same for another that parts the same photos in the same way."""
        member = self.members[:, at]
        return self.kind, self.known.tobytes(), min(member.tobytes(), (~member).tobytes())

    def rates(self) -> Iterator[tuple[int, SliceRate]]:
        """Yield the number and the rate of each slice that has photos."""
        wrong, unit = self.errors.wrong, self.errors.unit
        for at in np.flatnonzero(self.members.any(axis=0)).tolist():
            inside = self.members[:, at]
            rate = rate_interval(wrong[inside], unit[inside])
            units = len(np.unique(unit[inside]))
            low, high = (rate.low, rate.high) if units >= ENOUGH_UNITS else (None, None)
            photos, total = int(inside.sum()), float(wrong[inside].sum())
            rest = len(wrong) - photos, float(wrong[~inside].sum())
            yield (
                at,
                SliceRate(self.title, self.names[at], self.kind, photos, total, rate.value, low, high, units, *rest),
            )


def _tables(rows: Predictions, kind: Kind, properties: Sequence[Membership]) -> Iterator[_Table]:
    errors = photo_errors(rows, kind)
    for of in properties:
        places = np.array([of.of.get(path, -1) for path in errors.paths], dtype=np.intp)
        known = places >= 0
        if known.any():
            members = places[known, None] == np.arange(len(of.names))
            yield _Table(of.title, of.names, kind, known, errors.only(known), members)
