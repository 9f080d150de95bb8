"""Train, validation and test for one target: photos of me by photo, strangers by person."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from ._dataset import Dataset

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Indices: TypeAlias = NDArray[np.intp]

#: Shares of validation and test; training has the rest.
SHARE = 0.2
#: With fewer strangers than this, a split by person would rest on one or two of them.
MIN_STRANGERS = 10


@dataclass(frozen=True)
class Split:
    """One target's photos in three parts, as indices into `dataset.items`, each sorted.

    Attributes:
        target: the person who is "me".
        train, validation, test: disjoint index arrays that cover the data set.
        strangers_by_person: whether no stranger of the test was seen in training.
    """

    target: str
    train: Indices
    validation: Indices
    test: Indices
    strangers_by_person: bool


def split(dataset: Dataset, target: str, seed: int = 0) -> Split:
    """Split 60/20/20: the target's photos by photo, everybody else's by person where persons are known.

    Strangers whose person is not known, and strangers who are fewer than ten, are split by photo.
    The same seed gives the same split; each target has its own.

    >>> from facebench.data import orl_faces
    >>> parts = split(orl_faces(), "s1")
    >>> len(parts.train), len(parts.validation), len(parts.test)
    (236, 82, 82)
    """
    name = hashlib.sha256(target.encode()).digest()
    rng = np.random.default_rng([seed, int.from_bytes(name[:8], "big")])
    mine = [index for index, item in enumerate(dataset.items) if item.person == target]
    others = [index for index, item in enumerate(dataset.items) if item.person != target]
    people = {dataset.items[index].person for index in others}
    by_person = None not in people and len(people) >= MIN_STRANGERS

    groups: dict[object, list[int]] = {}
    for index in others:
        groups.setdefault(dataset.items[index].person if by_person else index, []).append(index)
    parts = zip(_parts([[i] for i in mine], rng), _parts(list(groups.values()), rng), strict=True)
    train, validation, test = (np.sort(np.concatenate(pair)) for pair in parts)
    return Split(target, train, validation, test, by_person)


def _parts(groups: list[list[int]], rng: np.random.Generator) -> list[Indices]:
    """Deal whole groups into train, validation and test; the latter two get at least one group each."""
    order = rng.permutation(len(groups))
    held_out = max(1, int(SHARE * len(groups) + 0.5))
    cuts = np.split(order, [len(groups) - 2 * held_out, len(groups) - held_out])
    return [np.array([index for group in cut for index in groups[group]], dtype=np.intp) for cut in cuts]
