"""Who can be "me": people with enough photos; and checks that a target's two classes are disjoint."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from ..errors import FacebenchError, counted
from ..registry import suggestion
from ._dataset import Dataset, Item
from ._names import as_text
from .decoding import PhotoError

#: `--target all` takes each person in turn.
ALL = "all"


def choose_targets(
    dataset: Dataset, target: str = ALL, *, min_photos: int = 5, max_targets: int = 50, seed: int = 0
) -> list[str]:
    """Return the people to take as "me", sorted: one by name, or all with at least `min_photos` photos.

    If there are more than `max_targets` such people, a seeded sample is taken.

    Raises:
        FacebenchError: unknown name, too few photos of the target, or too few of others.

    >>> from facebench.data import orl_faces
    >>> len(choose_targets(orl_faces())), choose_targets(orl_faces(), "s7")
    (40, ['s7'])
    """
    people = dataset.people
    if dataset.me is not None:
        target = dataset.me
    if target == ALL:
        chosen = [person for person, photos in people.items() if photos >= min_photos]
        if not chosen:
            raise FacebenchError(
                f"Nobody in {_folder(dataset.items, dataset)} has {min_photos} photos "
                f"(the most is {max(people.values(), default=0)}): "
                "add photos, or give bench run a lower --min-photos."
            )
        if len(chosen) > max_targets:
            chosen = np.random.default_rng(seed).choice(chosen, max_targets, replace=False).tolist()
    else:
        target = target if target in people else as_text(target)
        if target not in people:
            raise FacebenchError(f"Nobody in {dataset.title} is named '{target}'. {suggestion(target, list(people))}")
        chosen = [target]
    for person in chosen:
        if not min_photos <= people[person] <= len(dataset.items) - min_photos:
            raise _too_few(person, dataset, min_photos)
    return sorted(chosen)


def refuse_shared_files(dataset: Dataset, targets: list[str]) -> dict[Item, str]:
    """Refuse a data set in which one file is both a photo of a target and a photo of somebody else.

    Only files of equal size are read.

    Returns:
        The key of each photo that was read.

    Raises:
        FacebenchError: with the paths of the first two, and how many pairs there are.
    """
    keys, pairs = shared_files(dataset, targets)
    if pairs:
        raise refusal_of_shared(pairs, targets, "are the same file")
    return keys


def shared_files(dataset: Dataset, targets: list[str]) -> tuple[dict[Item, str], list[tuple[Item, Item]]]:
    """Return the keys of photos whose files have an equal size, and pairs of equal ones, one a target's alone."""
    same_size = defaultdict(list)
    for item in dataset.items:
        same_size[item.size].append(item)
    wanted = set(targets)
    keys: dict[Item, str] = {}
    pairs: list[tuple[Item, Item]] = []
    for items in same_size.values():
        people = {item.person for item in items}
        if len(people) == 1 or not people & wanted:
            continue
        first_with: dict[str, Item] = {}
        for item in items:
            try:
                photo = item.photo()
                digest = photo.sha256
            except PhotoError:
                continue  # it will count as an unreadable photo
            keys[item] = photo.key
            other = first_with.setdefault(digest, item)
            if other.person != item.person and {other.person, item.person} & wanted:
                pairs.append((other, item))
    return keys, pairs


def refusal_of_shared(pairs: Sequence[tuple[Item, Item]], targets: list[str], what: str) -> FacebenchError:
    """Return the refusal of pairs of photos, of a target and of somebody else, that are or show the same."""
    first, second = pairs[0]
    others = f" {len(pairs)} pairs were found, of which this is the first." if len(pairs) > 1 else ""
    dropping = ", or leave those of others out with --drop-shared" if len(targets) == 1 else ""
    people = f"once as {first.person or 'a stranger'} and once as {second.person or 'a stranger'}"
    if first.file == second.file:
        shown = f"{first.path} is labelled {people}, and the same part of it would be seen both times"
        return FacebenchError(f"{shown}: leave --view photo out, reject one of the labels{dropping}.{others}")
    return FacebenchError(f"{first.path} and {second.path} {what}, {people}: delete one of them{dropping}.{others}")


def _too_few(person: str, dataset: Dataset, min_photos: int) -> FacebenchError:
    items, whose = [item for item in dataset.items if item.person == person], f"of {person}"
    if len(items) >= min_photos:
        items = [item for item in dataset.items if item.person != person]
        whose = f"of people other than {person}"
    return FacebenchError(
        f"{_folder(items, dataset)} holds {counted(len(items), 'photo')} {whose}; {min_photos} are needed: "
        "add photos, or give bench run a lower --min-photos."
    )


def _folder(items: Sequence[Item], dataset: Dataset) -> str:
    """Return the folder that holds all these photos; the data set's title is only the last part of a path."""
    return os.path.commonpath([item.path.parent for item in items]) if items else dataset.title
