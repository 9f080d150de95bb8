"""LFW's lists of pairs: photos of the same person and of two people, in folds for cross-validation."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from ...errors import FacebenchError
from ._lfw import lfw_people, lfw_photo
from ._lines import numbered_lines
from ._listing import directory

_NUMBER = re.compile("[0-9]{1,6}")
_ADVICE = "it says which photos to compare; give LFW's pairs.txt, or a list of your own in its format."
_SAME, _DIFFERENT = "a pair of one person: Name 1 2", "a pair of two people: Name 1 Another_Name 1"


@dataclass(frozen=True)
class Pair:
    """Two photos, whether they show the same person (a genuine pair, else an impostor pair), and their fold."""

    first: Path
    second: Path
    same: bool
    fold: int


def read_pairs(file: str | Path, root: str | Path) -> list[Pair]:
    """Return the pairs of a list in the format of LFW's `pairs.txt`, in its order.

    The first line holds the number of folds (left out: one, as in `pairsDevTrain.txt`) and the number n of pairs of
    each kind in a fold. Each fold has n lines `Name 1 2`, then n lines `Name 1 Another_Name 1`. Fields are separated by
    tabs, or by spaces in a line without tabs.

    Args:
        file: the list.
        root: LFW, or the folder that contains it; a photo is Name/Name_0001.jpg in it.

    Raises:
        FacebenchError: a file or folder that cannot be read, a damaged list, or a photo that is not there.
    """
    people = lfw_people(directory(root, "--data"))
    file = Path(file)
    (number, header), *lines = numbered_lines(file, _ADVICE) or [(1, "")]
    sizes = _fields(header)
    if len(sizes) not in (1, 2) or not all(_NUMBER.fullmatch(size) and int(size) for size in sizes):
        raise FacebenchError(
            f"{file}, line {number}: '{header[:80]}' should be the number of folds and of pairs of each kind in a "
            "fold, such as '10 300'."
        )
    folds, size = map(int, ["1", *sizes][-2:])
    if len(lines) != folds * 2 * size:
        raise FacebenchError(
            f"{file} announces {folds} x {size} pairs of one person and as many of two people, {folds * 2 * size} "
            f"lines, and holds {len(lines)}: correct its first line, or fetch the whole file."
        )
    pairs = []
    for index, (number, line) in enumerate(lines):
        same = index % (2 * size) < size
        photos = _photos(line, same, people)
        if photos is None:
            expected = _SAME if same else _DIFFERENT
            raise FacebenchError(f"{file}, line {number}: '{line[:80]}' should be {expected}.")
        for photo in photos:
            if not _is_file(photo):
                raise FacebenchError(
                    f"{file}, line {number}: there is no photo {photo}: give with --data the photos of this list."
                )
        pairs.append(Pair(*photos, same, index // (2 * size)))
    return pairs


def _photos(line: str, same: bool, people: Path) -> tuple[Path, Path] | None:
    """Return the photos of a line; None if it is not the expected kind of pair."""
    match _fields(line):
        case [name, first, second] if same and first != second:
            photos = ((name, first), (name, second))
        case [name, first, other, second] if not same and name != other:
            photos = ((name, first), (other, second))
        case _:
            return None
    for name, number in photos:
        if not _NUMBER.fullmatch(number) or Path(name).name != name:  # no way out of the folder
            return None
    return lfw_photo(people, *photos[0]), lfw_photo(people, *photos[1])


def _fields(line: str) -> list[str]:
    return [field.strip() for field in line.split("\t" if "\t" in line else None)]


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name too long, or with a zero byte
        return False
