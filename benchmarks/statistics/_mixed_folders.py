"""Folders of people that show the people of other folders: a folder of crops, a folder of friends."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Pairs = Iterable[tuple[int, int]]

#: A folder is mixed if it shows so many others (all others if there are fewer, but two) in this share of its photos,
#: by pictures that are the same, or by faces.
_OTHERS, _SAME_PICTURES, _SAME_FACES = 3, 0.25, 0.4
#: Of the similarities of faces to the next one of their own folder, so many are lower than what counts as the same.
_FAR = 0.25
#: Comparing all faces takes time with the square of their number.
MOST_FACES = 20_000
#: Faces that are compared with all others at a time.
_TOGETHER = 512


def mixed_by_pictures(people: Sequence[str | None], pairs: Pairs) -> dict[str, list[str]]:
    """Return people whose photos show the same pictures as those of several others, and these others.

    Args:
        people: (n,) who is in each photo; None: unknown.
        pairs: of photos that show the same picture.

    >>> mixed_by_pictures(["crops", "crops", "anna", "bob"], [(0, 2), (1, 3)])
    {'crops': ['anna', 'bob']}
    """
    both_ways = [way for first, second in pairs for way in ((first, second), (second, first))]
    return _Shown.of(people, both_ways, _SAME_PICTURES).mixed()


def mixed_by_faces(people: Sequence[str | None], vectors: NDArray[np.float32]) -> dict[str, list[str]]:
    """Return people many of whose faces are those of several others, and these others.

    Faces of two folders are of one person if they are as near to each other as three quarters of all faces are to the
    next one of their own folder. Nobody is found among more than `MOST_FACES` faces.

    Args:
        people: (n,) whose face each is; None: unknown.
        vectors: (n, d) of faces.
    """
    known = np.array([index for index, person in enumerate(people) if person is not None], dtype=np.intp)
    if not 3 <= len(known) <= MOST_FACES:
        return {}
    numbers = np.unique([people[index] or "" for index in known], return_inverse=True)[1]
    lengths = np.linalg.norm(vectors[known], axis=1, keepdims=True)
    faces: NDArray[np.floating] = vectors[known] / np.maximum(lengths, 1e-9)
    own, others, nearest = _nearest(faces, numbers)
    if np.isinf(own).all():
        return {}  # nobody has two
    shown = np.flatnonzero(others > np.quantile(own[np.isfinite(own)], _FAR))
    pairs = [(int(known[face]), int(known[nearest[face]])) for face in shown]
    return _Shown.of(people, pairs, _SAME_FACES).mixed_or_albums()


def _nearest(
    faces: NDArray[np.floating], numbers: NDArray[np.intp]
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.intp]]:
    """Return each face's greatest similarity to one of the same number, to one of another, and that one's index."""
    own, others = (np.full(len(faces), -np.inf, dtype=np.float32) for _ in range(2))
    nearest = np.zeros(len(faces), dtype=np.intp)
    for start in range(0, len(faces), _TOGETHER):
        here = np.arange(start, min(start + _TOGETHER, len(faces)))
        similarity = faces[here] @ faces.T
        same = numbers[here, None] == numbers
        apart = np.where(same, -np.inf, similarity)
        nearest[here], others[here] = apart.argmax(axis=1), apart.max(axis=1)
        similarity[np.arange(len(here)), here] = -np.inf
        own[here] = np.where(same, similarity, -np.inf).max(axis=1)
    return own, others, nearest


@dataclass(frozen=True)
class _Shown:
    """What folders show of others.

    Attributes:
        amounts: photos of each person.
        photos: by person, and by other person: those that show the other.
        share: of a person's photos that have to.
    """

    amounts: Counter[str]
    photos: dict[str, dict[str, set[int]]]
    share: float

    @classmethod
    def of(cls, people: Sequence[str | None], pairs: Pairs, share: float) -> _Shown:
        photos: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
        for photo, same in pairs:
            person, other = people[photo], people[same]
            if person is not None and other is not None and person != other:
                photos[person][other].add(photo)
        return cls(Counter(person for person in people if person is not None), photos, share)

    def others(self, person: str, but: Iterable[str]) -> list[str]:
        """Return whom enough photos of a person show, except some."""
        others = {other: among for other, among in self.photos[person].items() if other not in set(but)}
        enough = len(set().union(*others.values())) >= self.share * self.amounts[person]
        return sorted(others) if enough else []

    def mixed(self) -> dict[str, list[str]]:
        """Return mixed folders, those with most others first: to be in one makes nobody else mixed."""
        needed = max(2, min(_OTHERS, len(self.amounts) - 1))
        found: dict[str, list[str]] = {}
        for person in sorted(self.photos, key=lambda person: (-len(self.photos[person]), person)):
            if len(others := self.others(person, found)) >= needed:
                found[person] = others
        return found

    def mixed_or_albums(self) -> dict[str, list[str]]:
        """Return mixed folders, and those that show each other without them where that makes most of all folders."""
        found = self.mixed()
        left = [person for person in sorted(self.photos) if person not in found]
        rest = {person: others for person in left if (others := self.others(person, found))}
        return found | rest if are_albums(len(found) + len(rest), len(self.amounts)) else found


def are_albums(mixed: int, folders: int) -> bool:
    """Return whether so many folders are mixed that they are albums, and not people and a folder of crops."""
    return mixed > folders / 2


def mixed_folders(found: Mapping[str, Sequence[str]], people: int, what: str) -> list[tuple[str, str]]:
    """Return in words what mixed folders show, and what to do about it.

    Args:
        found: the others whom each shows.
        people: number of folders of people.
        what: "pictures" or "faces".

    >>> mixed_folders({"cropped": ["anna", "bob"]}, 3, "faces")[0][0]
    "'cropped' shows the faces of 2 others (anna, bob)"
    """
    if are_albums(len(found), people):
        what = f"{_several(list(found))} show the {what} of one another"
        return [(what, "They look like albums of the same people: use --me DIR --others DIR")]
    return [
        (
            f"'{person}' shows the {what} of {len(others)} others ({_several(others)})",
            "It is nobody's folder: move it out",
        )
        for person, others in found.items()
    ]


def _several(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
