"""Photos of others that show a picture of the target: refused, or left out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from ...data import Dataset, refusal_of_shared
from ...errors import FacebenchError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Indices = NDArray[np.intp]


def refuse_shared(dataset: Dataset, targets: list[str], shared: Iterable[tuple[int, int]]) -> None:
    """Refuse pairs of photos that show one picture, of which one is a target's and the other somebody else's.

    Crops of one photo show two people.

    Raises:
        FacebenchError: with the paths of the first pair, and the number of pairs.
    """
    wanted = set(targets)
    people = [item.person for item in dataset.items]
    pairs = [
        tuple(dataset.items[index] for index in sorted(pair, key=lambda index: people[index] not in wanted))
        for pair in shared
        if people[pair[0]] != people[pair[1]]
        and {people[index] for index in pair} & wanted
        and not dataset.items[pair[0]].is_beside(dataset.items[pair[1]])
    ]
    if pairs:
        raise refusal_of_shared([(mine, other) for mine, other in pairs], targets, "show the same picture")


def refuse_many_targets(targets: Sequence[str]) -> None:
    """Refuse to leave photos of others out where several people are the target in turn.

    Raises:
        FacebenchError: there are several.
    """
    if len(targets) > 1:
        raise FacebenchError(
            "--drop-shared needs one --target NAME, or --me DIR or labels of me: the photos of others are left out."
        )


def shared_by_others(
    dataset: Dataset, target: str, shared: Iterable[tuple[int, int]], hashes: Sequence[str]
) -> dict[int, int]:
    """Return the photos of others that show a picture of the target, each with a photo of the target that does.

    Args:
        dataset: the photos.
        target: whose pictures they are.
        shared: pairs of photos that show the same picture.
        hashes: (n,) sha256 of the photos' bytes; equal files are found by these, however many there are.
    """
    mine = np.array([item.person == target for item in dataset.items])
    first = {hashes[index]: index for index in np.flatnonzero(mine)[::-1].tolist()}
    found = {index: first[hashes[index]] for index in np.flatnonzero(~mine).tolist() if hashes[index] in first}
    for pair in shared:
        for one, other in (pair, pair[::-1]):
            if mine[one] and not mine[other] and not dataset.items[one].is_beside(dataset.items[other]):
                found.setdefault(other, one)
    return dict(sorted(found.items()))
