"""CelebA as downloaded: all photos in one folder, with lists of celebrities and of the official partition beside it.

Liu, Luo, Wang and Tang, "Deep learning face attributes in the wild", ICCV 2015.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Mapping
from itertools import islice
from pathlib import Path

from ...errors import FacebenchError
from .._dataset import Item, Part
from .._names import as_text
from ._lines import numbered_lines
from ._listing import ending_of_no_photo

#: The folders of the aligned photos, as JPEG and as PNG, and of the original ones.
IMAGES = ("img_align_celeba", "img_align_celeba_png", "img_celeba")
IDENTITIES, PARTITION = "identity_CelebA", "list_eval_partition"
_PARTS: dict[str, Part] = {"0": "train", "1": "validation", "2": "test"}

#: The value beside a photo's name in a list.
_VALUES = {
    IDENTITIES: (re.compile("[0-9]+"), "the number of a celebrity"),
    PARTITION: (re.compile("[012]"), "0, 1 or 2 (train, validation, test)"),
}
#: A folder of another name holds photos of CelebA if so many of its first ones, or more, are in the list.
_FIRST, _LISTED = 100, 0.5


def celeba_photos(folder: Path) -> tuple[list[Item], Counter[str]] | None:
    """List the photos of CelebA by name, each with its celebrity's number and its official part.

    The folder of photos lies in `folder`, in its `Img/`, or is `folder` itself; the lists lie beside it, or in `Anno/`
    and `Eval/` there. It may have any name if its photos are named as in the list of celebrities; endings may differ,
    and it may hold a part of CelebA. Photos that are not in that list are skipped and counted. Without it nobody is
    known: accepted only if CelebA's own folder of photos itself is given.

    Returns:
        Photos, and what was skipped; None if `folder` is not CelebA's.

    Raises:
        FacebenchError: no list of celebrities, a damaged list, or several folders of photos.
        OSError: a folder cannot be read.
    """
    root = _root(folder)
    people = _values(root, IDENTITIES)
    images = _images(folder, people or {})
    if images is None:
        return None
    if people is None and folder.absolute().name not in IMAGES:
        raise FacebenchError(
            f"{root / IDENTITIES}.txt is missing: without it nobody knows which photos show the same celebrity, who "
            "could then be trained on and tested on. Put it there (CelebA has it in its folder Anno), or go on without "
            f"it and give {images}: photos of people who are not known."
        )
    parts = _values(root, PARTITION) or {}
    names, skipped = _photo_names(images)
    if people is not None:
        known = {name for name in names if _stem(name) in people}
        skipped["photos without an identity"] = len(names) - len(known)
        names = known
    items = [
        Item(
            str(images / name),
            as_text(name),
            people[_stem(name)] if people else None,
            _PARTS.get(parts.get(_stem(name), "")),
        )
        for name in sorted(names)
    ]
    return items, +skipped


def _root(folder: Path) -> Path:
    """Return the folder that contains the lists, `Anno/` and `Img/`, if `folder` is CelebA's or its photos'."""
    root = folder.absolute()
    while root.name in (*IMAGES, "Img"):
        root = root.parent
    if _list_in(root, IDENTITIES) is None:  # photos in a folder of another name
        above = root.parent.parent if root.parent.name == "Img" else root.parent
        return above if _list_in(above, IDENTITIES) else root
    return root


def _images(folder: Path, people: Mapping[str, str]) -> Path | None:
    """Return the folder that contains the photos themselves; None if there is none."""
    if folder.absolute().name in IMAGES:
        found = [folder]
    else:
        places = [place for place in (folder, folder / "Img") if place.is_dir()]
        found = [path for place in places for name in IMAGES if (path := place / name).is_dir()]
        if not found and people:
            others = [path for place in places for path in sorted(place.iterdir()) if path.is_dir()]
            found = [path for path in [folder, *others] if _holds(path, people)]
    if len(found) > 1:
        raise FacebenchError(f"{folder} holds the photos of CelebA twice: give {' or '.join(map(str, found))}.")
    if not found:
        return None
    nested = found[0] / found[0].absolute().name  # some archives pack the folder into another of its name
    return nested if nested.is_dir() else found[0]


def _holds(folder: Path, people: Mapping[str, str]) -> bool:
    """Return whether photos in a folder are named as in the list of celebrities."""
    with os.scandir(folder) as entries:
        names = islice((entry.name for entry in entries if not ending_of_no_photo(entry.name)), _FIRST)
        known = [_stem(name) in people for name in names]
    return sum(known) > _LISTED * len(known)


def _stem(name: str) -> str:
    """Return a photo's name without its ending: archives have JPEG files where lists name them so, or PNG."""
    return name.rpartition(".")[0] or name


def _photo_names(folder: Path) -> tuple[set[str], Counter[str]]:
    """List a folder of 200,000 files: the type of each is known from the listing, without opening the file."""
    names, skipped = set[str](), Counter[str]()
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(".") or entry.is_dir():
                continue
            if kind := ending_of_no_photo(entry.name):
                skipped[kind] += 1
            elif not entry.is_file():
                skipped["broken links"] += 1
            else:
                names.add(entry.name)
    return names, skipped


def _list_in(root: Path, name: str) -> Path | None:
    places = (root, root / "Anno", root / "Eval")
    files = (place / f"{name}{ending}" for place in places for ending in (".txt", ".csv"))
    return next((file for file in files if file.is_file()), None)


def _values(root: Path, name: str) -> dict[str, str] | None:
    """Return the value of each photo in a list, by its name without its ending; None if there is no such list."""
    file = _list_in(root, name)
    if file is None:
        return None
    pattern, meaning = _VALUES[name]
    values: dict[str, str] = {}
    for number, line in numbered_lines(file, "check its permissions."):
        photo, value, *_ = [*line.replace(",", " ").split(), "", ""]
        if not values and ending_of_no_photo(photo):
            continue  # a header: names of columns, or a count
        if not pattern.fullmatch(value):
            raise FacebenchError(
                f"{file}, line {number}: '{line[:80]}' should be a photo and {meaning}, such as '000001.jpg 1'. "
                "Correct the line, or delete it."
            )
        before = values.setdefault(_stem(photo), value)
        if before != value:
            raise FacebenchError(
                f"{file}, line {number}: {photo} is {value} here and {before} before. Delete one of the lines."
            )
    return values
