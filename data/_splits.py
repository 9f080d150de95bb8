"""Train, validation and test for one target: photos of me by photo, strangers by person."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from ..errors import FacebenchError
from ._dataset import Dataset

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Indices: TypeAlias = NDArray[np.intp]

#: Which photos of others take part: all, or a random choice, as many as there are photos of the target.
Strangers = Literal["all", "equal"]
#: How photos of others are split: at random, or as the data set's authors did.
Partition = Literal["random", "official"]

#: Shares of validation and test; training has the rest.
SHARE = 0.2
#: With fewer strangers than this, a split by person would rest on one or two of them.
MIN_STRANGERS = 10
_PARTS = ("train", "validation", "test")


@dataclass(frozen=True)
class Split:
    """One target's photos in three parts, as indices into `dataset.items`, each sorted.

    Attributes:
        target: the person who is "me".
        train, validation, test: disjoint index arrays.
        strangers_by_person: whether no stranger of the test was seen in training.
    """

    target: str
    train: Indices
    validation: Indices
    test: Indices
    strangers_by_person: bool

    @property
    def photos(self) -> Indices:
        """All photos that take part, sorted."""
        return np.sort(np.concatenate([self.train, self.validation, self.test]))

    def within(self, photos: Indices) -> Split:
        """Return this split of the data set that holds only these photos (sorted, its own among them)."""
        train, validation, test = (np.searchsorted(photos, part) for part in (self.train, self.validation, self.test))
        return Split(self.target, train, validation, test, self.strangers_by_person)


def split(
    dataset: Dataset,
    target: str,
    seed: int = 0,
    *,
    strangers: Strangers = "all",
    partition: Partition = "random",
) -> Split:
    """Split 60/20/20: the target's photos by photo, everybody else's by person where persons are known.

    Strangers whose person is not known, and strangers who are fewer than ten, are split by photo.
    The same seed gives the same split; each target has its own.

    Args:
        dataset: the photos.
        target: the person who is "me".
        seed: of every random choice.
        strangers: "all", or "equal": as many photos of others as of the target, person by person at random.
        partition: "random", or "official": others are where the data set's authors put them; those whom they put
            nowhere are left out.

    Raises:
        FacebenchError: "official", and the data set has no such partition, or "equal" left a part of it empty.

    >>> from facebench.data import orl_faces
    >>> parts = split(orl_faces(), "s1")
    >>> len(parts.train), len(parts.validation), len(parts.test)
    (236, 82, 82)
    """
    name = int.from_bytes(hashlib.sha256(target.encode()).digest()[:8], "big")
    rng = np.random.default_rng([seed, name])
    mine = [index for index, item in enumerate(dataset.items) if item.person == target]
    others = [index for index, item in enumerate(dataset.items) if item.person != target]
    if partition == "official":
        others = _with_part(dataset, others)
    if strangers == "equal":
        others = _sample(dataset, others, len(mine), np.random.default_rng([seed, name, 1]))
    my_parts = _parts([[index] for index in mine], rng)
    if partition == "official":
        by_person, their_parts = True, _official(dataset, others)
        if not all(map(len, their_parts)):
            raise FacebenchError(
                f"The {len(others)} photos of others drawn for {target} leave a part of the official partition empty: "
                f"leave out --strangers equal, or add photos of {target}."
            )
    else:
        people = {dataset.items[index].person for index in others}
        by_person = None not in people and len(people) >= MIN_STRANGERS
        groups = _by_person(dataset, others) if by_person else [[index] for index in others]
        their_parts = _parts(groups, rng)
    pairs = zip(my_parts, their_parts, strict=True)
    train, validation, test = (np.sort(np.concatenate(pair)) for pair in pairs)
    return Split(target, train, validation, test, by_person)


def _by_person(dataset: Dataset, photos: list[int]) -> list[list[int]]:
    """Group photos by person; one whose person is not known is a group of its own."""
    groups: dict[object, list[int]] = {}
    for index in photos:
        groups.setdefault(dataset.items[index].person or index, []).append(index)
    return list(groups.values())


def _sample(dataset: Dataset, photos: list[int], count: int, rng: np.random.Generator) -> list[int]:
    """Return `count` photos of people taken at random, all photos of each but the last; fewer if there are."""
    groups = _by_person(dataset, photos)
    drawn = [index for group in rng.permutation(len(groups)) for index in groups[group]]
    return sorted(drawn[:count])


def _with_part(dataset: Dataset, photos: list[int]) -> list[int]:
    """Return the photos that the authors of the data set put somewhere."""
    if not all(map(len, _official(dataset, photos))):
        raise FacebenchError(
            f"{dataset.title} has no official partition of the photos of others: put list_eval_partition.txt of "
            "CelebA beside its photos, or leave out --partition official."
        )
    return [index for index in photos if dataset.items[index].part is not None]


def _official(dataset: Dataset, photos: list[int]) -> list[Indices]:
    return [
        np.array([index for index in photos if dataset.items[index].part == part], dtype=np.intp) for part in _PARTS
    ]


def _parts(groups: list[list[int]], rng: np.random.Generator) -> list[Indices]:
    """Deal whole groups into train, validation and test; the latter two get at least one group each."""
    order = rng.permutation(len(groups))
    held_out = max(1, int(SHARE * len(groups) + 0.5))
    cuts = np.split(order, [len(groups) - 2 * held_out, len(groups) - held_out])
    return [np.array([index for group in cut for index in groups[group]], dtype=np.intp) for cut in cuts]
