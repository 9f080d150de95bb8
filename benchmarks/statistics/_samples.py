"""Independent units (clusters): which test photos of a pairing belong together and are not independent."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
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
        ours_kept, theirs_kept = _common(first[target], second.get(target, Predictions()))
        if len(set(ours_kept.column("truth"))) == 2:
            samples[target] = (_sample(ours_kept), _sample(theirs_kept))
    return samples


def _common(ours: Predictions, theirs: Predictions) -> tuple[Predictions, Predictions]:
    tests = _tests(ours), _tests(theirs)
    if tests[0] == tests[1]:  # as within a run
        return ours, theirs
    known = set(tests[0]) & set(tests[1])
    kept = (np.array([test in known for test in each], dtype=bool) for each in tests)
    return ours[next(kept)], theirs[next(kept)]


def _by_target(predictions: Iterable[Prediction]) -> dict[str, Predictions]:
    rows = Predictions.of(predictions)
    return {target: _sorted(rows.where(target=target)) for target in dict.fromkeys(rows.column("target"))}


def _sorted(rows: Predictions) -> Predictions:
    tests = _tests(rows)
    return rows[np.array(sorted(range(len(tests)), key=tests.__getitem__), dtype=np.intp)]


def _tests(rows: Predictions) -> list[tuple[int, str]]:
    """Return the repeat and the photo of each row."""
    return list(zip(rows.column("split_seed"), rows.column("path"), strict=True))


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
