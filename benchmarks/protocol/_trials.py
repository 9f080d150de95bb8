"""Trials: each target's photos in three parts, once per repeat."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ...data import Dataset, Split, participants, split
from .._settings import Settings
from ._screening import Screening

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Indices = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Trial:
    """One target's photos in one split.

    Attributes:
        target: the person who is "me".
        seed: of the split.
        mine: (photos of the data set,) True for photos of the target.
        groups: (photos of the data set,) photos of one person with the same number are doubles or of one moment.
        people: (photos of the data set,) photos of the same person have the same number; where nobody knows who it is,
            those of the same group.
        train, validation, test: indices into the data set.
        strangers_by_person, by_group: as in `Split`.
    """

    target: str
    seed: int
    mine: NDArray[np.bool_]
    groups: Indices
    people: Indices
    train: Indices
    validation: Indices
    test: Indices
    strangers_by_person: bool = True
    by_group: bool = True

    @classmethod
    def of(cls, parts: Split, dataset: Dataset, groups: Indices | None = None, people: Indices | None = None) -> Trial:
        """Return the trial of a split; without groups each photo is a group of its own.

        `people` are those of `numbered_people`, where several trials share them.
        """
        groups = np.arange(len(dataset.items)) if groups is None else groups
        return cls(
            target=parts.target,
            seed=parts.seed,
            mine=np.array([item.person == parts.target for item in dataset.items]),
            groups=groups,
            people=numbered_people(dataset, groups) if people is None else people,
            train=parts.train,
            validation=parts.validation,
            test=parts.test,
            strangers_by_person=parts.strangers_by_person,
            by_group=parts.by_group,
        )

    @property
    def units(self) -> Indices:
        """(photos of the data set,) Its independent unit (cluster): its group if the target's, else its person."""
        return np.where(self.mine, self.groups, len(self.groups) + self.people)

    def untestable(self) -> str:
        """Return why nothing can be tested, or ""."""
        in_test = self.mine[self.test]
        return "the test lacks readable photos of one class" if not in_test.any() or in_test.all() else ""

    def trainable(self, usable: NDArray[np.bool_], needed: int = 2) -> bool:
        """Return whether enough photos of the target, and two of others, can be trained on.

        Args:
            usable: (photos of the data set,) True where there is a vector.
            needed: photos of the target, `photos_needed` of the head.
        """
        mine = self.mine[self.train[usable[self.train]]]
        return bool(mine.sum() >= needed and (~mine).sum() >= 2)

    def folds(self, photos: Indices, most: int, seed: int) -> list[Indices]:
        """Return stratified folds of some photos, as positions in them; no unit is divided.

        There are `most`, or as many as the rarer class has units; none if it has one.
        """
        from sklearn.model_selection import StratifiedGroupKFold

        truth, units = self.mine[photos], self.units[photos]
        fewest = min(len(np.unique(units[truth])), len(np.unique(units[~truth])))
        if fewest < 2:
            return []
        splitter = StratifiedGroupKFold(min(most, fewest), shuffle=True, random_state=seed % 2**32)
        return [held_out for _, held_out in splitter.split(photos, truth, units)]

    def without(self, photos: Indices, held_out: Indices) -> Trial:
        """Return the trial that trains on some photos, except those at some positions, and tests on these."""
        return replace(self, train=np.delete(photos, held_out), test=photos[held_out])


def numbered_people(dataset: Dataset, groups: Indices) -> Indices:
    """Return a number for each photo (photos,), the same for photos of one person, or of one group if unknown."""
    names = [item.person or group for item, group in zip(dataset.items, groups.tolist(), strict=True)]
    numbers = {name: number for number, name in enumerate(dict.fromkeys(names))}
    return np.array([numbers[name] for name in names], dtype=np.intp)


def photos_used(dataset: Dataset, targets: Iterable[str], settings: Settings) -> dict[str, Indices]:
    """Return the photos that take part in each target's trials, sorted indices into the whole data set.

    Raises:
        FacebenchError: the data set lacks the partition that an official split needs.
    """
    return {
        target: participants(dataset, target, settings.seed, settings.strangers, settings.split) for target in targets
    }


def make_trials(screening: Screening, settings: Settings, photos: Mapping[str, Indices]) -> list[Trial]:
    """Return the trials of each target with the photos that take part; repeat r is the split of seed + r."""
    splits = (
        split(
            screening.dataset,
            target,
            settings.seed + repeat,
            photos=chosen,
            groups=screening.groups,
            times=screening.times,
            rule=settings.split,
        )
        for target, chosen in photos.items()
        for repeat in range(settings.repeats_for(len(photos)))
    )
    people = numbered_people(screening.dataset, screening.groups)
    return [Trial.of(parts, screening.dataset, screening.groups, people) for parts in splits]
