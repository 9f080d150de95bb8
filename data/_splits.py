"""Train, validation and test for one target: photos of me by group, impostors (other people) by person."""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from ..errors import FacebenchError, some_of
from ._dataset import Dataset

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Indices: TypeAlias = NDArray[np.intp]

#: Which photos of others take part: all, or a random sample of as many as there are photos of the target.
Strangers = Literal["all", "equal"]
#: How photos are split: at random, the target's by time (old ones to train on, new ones to test), or the others as by
#: the data set's authors.
SplitRule = Literal["random", "time", "official"]

#: Shares of validation and test; the rest is for training.
SHARE = 0.2
#: With fewer other people than this, a split by person would depend on one or two of them.
MIN_STRANGERS = 10
#: Three parts need as many groups.
MIN_GROUPS = 3
_PARTS = ("train", "validation", "test")


@dataclass(frozen=True)
class Split:
    """One target's photos in three parts, as indices into `dataset.items`, each sorted.

    Attributes:
        target: the person who is "me".
        seed: of the split.
        train, validation, test: disjoint index arrays.
        strangers_by_person: whether no impostor of the test was seen in training.
        by_group: whether doubles and moments of the target stay in one part; not if there are fewer than 3 groups.
    """

    target: str
    seed: int
    train: Indices
    validation: Indices
    test: Indices
    strangers_by_person: bool
    by_group: bool

    @property
    def photos(self) -> Indices:
        """All photos that take part, sorted."""
        return np.sort(np.concatenate([self.train, self.validation, self.test]))


def participants(
    dataset: Dataset, target: str, seed: int = 0, strangers: Strangers = "all", rule: SplitRule = "random"
) -> Indices:
    """Return the photos that take part in the split of a target, sorted indices.

    Args:
        dataset: the photos.
        target: the person who is "me".
        seed: of the random choice.
        strangers: "all", or "equal": as many photos of others as of the target, drawn at random: one of each person as
            far as that goes, then a second.
        rule: "official" leaves out others whom the authors of the data set assigned to no part.

    Raises:
        FacebenchError: "official", and the data set has no such partition.
    """
    mine = [index for index, item in enumerate(dataset.items) if item.person == target]
    others = [index for index, item in enumerate(dataset.items) if item.person != target]
    if rule == "official":
        others = _with_part(dataset, others)
    if strangers == "equal":
        people, rng = [item.person for item in dataset.items], np.random.default_rng([*_seeds(target, seed), 1])
        others = _in_turns(_grouped(rng.permutation(others).tolist(), people), rng)[: len(mine)]
    return np.sort(np.array([*mine, *others], dtype=np.intp))


def split(
    dataset: Dataset,
    target: str,
    seed: int = 0,
    *,
    photos: Iterable[int] | None = None,
    groups: Indices | None = None,
    times: NDArray[np.float64] | None = None,
    rule: SplitRule = "random",
) -> Split:
    """Split 60/20/20: the target's photos by group, everybody else's by person if people are known.

    Other people who are unknown, or fewer than ten, are split by group. The same seed gives the same split; each
    target has its own.

    Args:
        dataset: the photos.
        target: the person who is "me".
        seed: of every random choice.
        photos: indices of those that take part; default: all.
        groups: (photos of the data set,) numbers of `group_photos`; default: each photo is a group of its own.
        times: (photos of the data set,) seconds, NaN if unknown; needed by "time".
        rule: "random"; "time": the target's oldest groups for training, the newest for the test, and undated ones for
            training; "official": others are split as by the data set's authors, and left out if they assigned none.

    Raises:
        FacebenchError: "official", and the data set has no such partition; "time", and most photos are undated.

    >>> from facebench.data import orl_faces
    >>> parts = split(orl_faces(), "s1")
    >>> len(parts.train), len(parts.validation), len(parts.test)
    (236, 82, 82)
    """
    rng = np.random.default_rng(_seeds(target, seed))
    people = [item.person for item in dataset.items]
    chosen = participants(dataset, target, seed, rule=rule) if photos is None else photos
    mine = [index for index in chosen if people[index] == target]
    others = [index for index in chosen if people[index] != target]
    together = np.arange(len(people)) if groups is None else groups

    my_groups = _grouped(mine, together)
    by_group = len(my_groups) >= MIN_GROUPS
    if not by_group:
        my_groups = [[index] for index in mine]
    my_parts = _by_time(my_groups, times, target, dataset) if rule == "time" else _parts(my_groups, rng)
    if rule == "official":
        by_person, their_parts = True, _official(dataset, others)
    else:
        known = {people[index] for index in others}
        by_person = None not in known and len(known) >= MIN_STRANGERS
        their_parts = _parts(_grouped(others, people if by_person else together), rng)
    train, validation, test = (np.sort(np.concatenate(pair)) for pair in zip(my_parts, their_parts, strict=True))
    return Split(target, seed, train, validation, test, by_person, by_group)


def _seeds(target: str, seed: int) -> list[int]:
    return [seed, int.from_bytes(hashlib.sha256(target.encode()).digest()[:8], "big")]


def _grouped(photos: Iterable[int], keys: Indices | list[str | None]) -> list[list[int]]:
    """Group photos by key; one whose key is None is a group of its own."""
    groups: dict[Hashable, list[int]] = {}
    for index in photos:
        groups.setdefault((index,) if keys[index] is None else keys[index], []).append(index)
    return list(groups.values())


def _in_turns(people: list[list[int]], rng: np.random.Generator) -> list[int]:
    """Return all photos in the order in which they are drawn: one of each person, then a second of each, and so on.

    What a test is worth depends on how many people it holds, and a few whole people would be a small test.
    """
    turns = [
        (turn, place, photo)
        for place, person in enumerate(rng.permutation(len(people)).tolist())
        for turn, photo in enumerate(people[person])
    ]
    return [photo for *_, photo in sorted(turns)]


def _with_part(dataset: Dataset, photos: list[int]) -> list[int]:
    """Return the photos that the authors of the data set assigned to a part."""
    kept = [index for index in photos if dataset.items[index].part is not None]
    if {dataset.items[index].part for index in kept} != set(_PARTS):
        raise FacebenchError(
            f"{dataset.title} has no official partition of the photos of others: put list_eval_partition.txt of "
            "CelebA beside its photos, or leave out --split official."
        )
    return kept


def _official(dataset: Dataset, photos: list[int]) -> list[Indices]:
    parts = [_flat([[index] for index in photos if dataset.items[index].part == part]) for part in _PARTS]
    if not all(map(len, parts)):
        raise FacebenchError(
            f"The {len(photos)} photos of others that take part leave a part of the official partition "
            "empty: leave out --strangers equal, or add photos."
        )
    return parts


def _by_time(
    groups: list[list[int]], times: NDArray[np.float64] | None, target: str, dataset: Dataset
) -> list[Indices]:
    """Split groups in the order of their first photos; undated ones count as the oldest."""
    if times is None:
        raise ValueError("a split by time needs times")
    first = [np.min(times[group], initial=np.inf, where=~np.isnan(times[group])) for group in groups]
    undated = int(np.isinf(first).sum())
    if undated > (1 - 2 * SHARE) * len(groups):
        without = [dataset.items[photo].name for group in groups for photo in group if np.isnan(times[photo])]
        raise FacebenchError(
            f"--split time needs the dates of photos of {target}, and {undated} of {len(groups)} groups of them have "
            f"none in EXIF or XMP: {some_of(without)}; give photos as the camera wrote them, or leave out --split time."
        )
    return _cut(groups, np.argsort(np.where(np.isinf(first), -np.inf, first), kind="stable"))


def _parts(groups: list[list[int]], rng: np.random.Generator) -> list[Indices]:
    return _cut(groups, rng.permutation(len(groups)))


def _cut(groups: list[list[int]], order: Indices) -> list[Indices]:
    """Split whole groups, in a given order, into train, validation and test; the latter two get at least one each."""
    held_out = max(1, int(SHARE * len(groups) + 0.5))
    cuts = np.split(order, [len(groups) - 2 * held_out, len(groups) - held_out])
    return [_flat([groups[group] for group in cut]) for cut in cuts]


def _flat(groups: list[list[int]]) -> Indices:
    return np.array([index for group in groups for index in group], dtype=np.intp)
