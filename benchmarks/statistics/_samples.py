"""Independent units (clusters): which test photos of a pairing belong together and are not independent."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from ..results import Prediction

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]
    Floats = NDArray[np.float64]
    Numbers = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Sample:
    """The test photos of one target under one pairing, all repeats together, sorted by repeat and photo.

    The unit is the group (copies, bursts) for photos of the target, and the person for photos of others (their group
    if people are unknown). A photo that is tested in several repeats stays one unit.

    Attributes:
        truth: (n,) True for photos of the target.
        right: (n,) True where the decision was.
        scores: (n,) NaN where there is no vector.
        repeat, unit, photos: (n,) the numbers of repeat, unit and photo.
        names: (units,) of the units: a stranger has one name under all targets.
    """

    truth: Bools
    right: Bools
    scores: Floats
    repeat: Numbers
    unit: Numbers
    photos: Numbers
    names: Sequence[Hashable] = ()

    @property
    def units(self) -> int:
        """Number of units of both classes."""
        return int(self.unit.max()) + 1

    def units_of(self, truth: bool) -> int:
        """Return the number of units of a class: True for the target's."""
        return len(np.unique(self.unit[self.truth == truth]))

    @property
    def strangers(self) -> Numbers:
        """The numbers of the units of others, ascending."""
        return np.unique(self.unit[~self.truth])

    @property
    def single_photos(self) -> bool:
        """Whether every unit is one photo, tested once."""
        return len(np.unique(self.unit)) == len(self.unit)

    def repeats_of(self, chosen: Bools) -> list[Bools]:
        """Return masks (n,) of chosen photos, one per repeat that has any."""
        return [chosen & (self.repeat == repeat) for repeat in np.unique(self.repeat[chosen])]

    @cached_property
    def weights(self) -> Floats:
        """(n,) What each right decision adds to the balanced accuracy, mean over repeats."""
        weights = np.zeros(len(self.truth))
        for truth in (True, False):
            repeats = self.repeats_of(self.truth == truth)
            for chosen in repeats:
                weights[chosen] = 0.5 / len(repeats) / chosen.sum()
        return weights

    def sums(self, values: Floats) -> Floats:
        """Return the sums (units,) of values (n,) within units."""
        return np.bincount(self.unit, values, minlength=self.units).astype(np.float64)


def samples_of(predictions: Iterable[Prediction]) -> dict[str, Sample]:
    """Return the sample of each target under one pairing, by name."""
    return {target: _sample(rows) for target, rows in _by_target(predictions).items()}


def common_samples(ours: Iterable[Prediction], theirs: Iterable[Prediction]) -> dict[str, tuple[Sample, Sample]]:
    """Return the samples of two pairings over the test photos that both were tested on, row by row the same photos."""
    first, second = _by_target(ours), _by_target(theirs)
    samples = {}
    for target in first:
        rows, others = first[target], second.get(target, [])
        known = {(row.split_seed, row.path) for row in rows} & {(row.split_seed, row.path) for row in others}
        kept = [[row for row in of if (row.split_seed, row.path) in known] for of in (rows, others)]
        if len({row.truth for row in kept[0]}) == 2:
            samples[target] = (_sample(kept[0]), _sample(kept[1]))
    return samples


def _by_target(predictions: Iterable[Prediction]) -> dict[str, list[Prediction]]:
    rows: dict[str, list[Prediction]] = {}
    for row in predictions:
        rows.setdefault(row.target, []).append(row)
    return {target: sorted(of, key=lambda row: (row.split_seed, row.path)) for target, of in rows.items()}


def _sample(rows: list[Prediction]) -> Sample:
    names = list(map(_unit, rows))
    return Sample(
        truth=np.array([row.truth == "me" for row in rows]),
        right=np.array([row.decision == row.truth for row in rows]),
        scores=np.array([np.nan if row.score is None else row.score for row in rows]),
        repeat=_numbered(row.split_seed for row in rows),
        unit=_numbered(names),
        photos=_numbered(row.path for row in rows),
        names=list(dict.fromkeys(names)),
    )


def _unit(row: Prediction) -> tuple[str, str]:
    by_person = row.truth == "other" and row.person
    return ("person", row.person) if by_person else (row.truth, row.group or row.path)


def _numbered(values: Iterable[Hashable]) -> Numbers:
    numbers: dict[Hashable, int] = {}
    return np.array([numbers.setdefault(value, len(numbers)) for value in values], dtype=np.intp)
