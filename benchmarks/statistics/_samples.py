"""Independent units (clusters): which test photos of a pairing belong together and are not independent."""

from __future__ import annotations

from collections.abc import Container, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from ..results import Prediction, Predictions

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
        right: (n,) True where the decision was; of several decisions on a photo, the share that were.
        scores: (n,) NaN where there is no vector.
        repeat, unit, photos: (n,) the numbers of repeat, unit and photo.
        names: (units,) of the units: a stranger has one name under all targets.
    """

    truth: Bools
    right: Bools | Floats
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


@dataclass(frozen=True, eq=False)
class Tested:
    """The tests of one target under one pairing, sorted by repeat and photo.

    Attributes:
        rows: of the tests.
        tests: the repeat and the photo of each row.
    """

    rows: Predictions
    tests: Sequence[tuple[int, str]]

    @cached_property
    def sample(self) -> Sample:
        """The sample of these rows."""
        return _sample(self.rows)

    def only(self, kept: Container[tuple[int, str]]) -> Tested:
        """Return the tests that are among some."""
        chosen = [place for place, test in enumerate(self.tests) if test in kept]
        return Tested(self.rows[np.array(chosen, dtype=np.intp)], [self.tests[place] for place in chosen])


def samples_of(predictions: Iterable[Prediction]) -> dict[str, Sample]:
    """Return the sample of each target under one pairing, by name."""
    return {target: tested.sample for target, tested in by_target(predictions).items()}


def common_samples(ours: Mapping[str, Tested], theirs: Mapping[str, Tested]) -> dict[str, tuple[Sample, Sample]]:
    """Return the samples of two pairings over the test photos that both were tested on, row by row the same photos."""
    samples = {}
    for target in filter(theirs.__contains__, ours):
        both = _common(ours[target], theirs[target])
        if len(set(both[0].rows.column("truth"))) == 2:
            samples[target] = (both[0].sample, both[1].sample)
    return samples


def _common(ours: Tested, theirs: Tested) -> tuple[Tested, Tested]:
    if ours.tests == theirs.tests:  # as within a run
        return ours, theirs
    known = {*ours.tests} & {*theirs.tests}
    return ours.only(known), theirs.only(known)


def by_target(predictions: Iterable[Prediction]) -> dict[str, Tested]:
    """Return what a pairing was tested on, and how it decided, by target."""
    rows = Predictions.of(predictions)
    tests = list(zip(rows.column("split_seed"), rows.column("path"), strict=True))
    of_target: dict[str, list[int]] = {}
    for place, target in enumerate(rows.column("target")):
        of_target.setdefault(target, []).append(place)
    tested = {}
    for target, places in of_target.items():
        places.sort(key=tests.__getitem__)
        tested[target] = Tested(rows[np.array(places, dtype=np.intp)], [tests[place] for place in places])
    return tested


def _sample(rows: Predictions) -> Sample:
    truth, decision, score, repeat, person, group, path = map(
        rows.column, ("truth", "decision", "score", "split_seed", "person", "group", "path")
    )
    names = list(map(_unit, truth, person, group, path))
    return Sample(
        truth=truth == "me",
        right=decision == truth,
        scores=score.astype(np.float64),  # None becomes NaN
        repeat=_numbered(repeat),
        unit=_numbered(names),
        photos=_numbered(path),
        names=list(dict.fromkeys(names)),
    )


def _unit(truth: str, person: str, group: str, path: str) -> tuple[str, str]:
    return ("person", person) if truth == "other" and person else (truth, group or path)


def _numbered(values: Iterable[Hashable]) -> Numbers:
    numbers: dict[Hashable, int] = {}
    return np.array([numbers.setdefault(value, len(numbers)) for value in values], dtype=np.intp)
