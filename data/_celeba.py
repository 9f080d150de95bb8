"""CelebA as downloaded: all photos in one folder, with lists of celebrities and of the official partition beside it.

Liu, Luo, Wang and Tang, "Deep learning face attributes in the wild", ICCV 2015.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from pathlib import Path

from ..errors import FacebenchError
from ._dataset import Item, Part
from ._lines import numbered_lines
from ._listing import as_text, ending_of_no_photo

#: The folders of the aligned photos, and of the original ones.
IMAGES = ("img_align_celeba", "img_celeba")
IDENTITIES, PARTITION = "identity_CelebA", "list_eval_partition"
_PARTS: dict[str, Part] = {"0": "train", "1": "validation", "2": "test"}

#: The value beside a photo's name in a list.
_VALUES = {
    IDENTITIES: (re.compile("[0-9]+"), "the number of a celebrity"),
    PARTITION: (re.compile("[012]"), "0, 1 or 2 (train, validation, test)"),
}


def celeba_photos(folder: Path) -> tuple[list[Item], Counter[str]] | None:
    """List the photos of CelebA by name, each with its celebrity's number and its official part.

    The folder of photos lies in `folder`, in its `Img/`, or is `folder` itself; the lists lie beside it, or in `Anno/`
    and `Eval/` there. Photos that are not in the list of celebrities are skipped and counted, and so are
    its lines without a photo. Without that list nobody is known: accepted only if the folder of photos itself is given.

    Returns:
        Photos, and what was skipped; None if `folder` is not CelebA's.

    Raises:
        FacebenchError: no list of celebrities, a damaged list, or both folders of photos.
        OSError: a folder cannot be read.
    """
    images = _images(folder)
    if images is None:
        return None
    root = folder.absolute()
    while root.name in (*IMAGES, "Img"):
        root = root.parent
    people, parts = _values(root, IDENTITIES), _values(root, PARTITION) or {}
    if people is None and folder.absolute().name not in IMAGES:
        raise FacebenchError(
            f"{root / IDENTITIES}.txt is missing: without it nobody knows which photos show the same celebrity, who "
            "could then be trained on and tested on. Put it there (CelebA has it in its folder Anno), or go on without "
            f"it and give {images}: photos of people who are not known."
        )
    names, skipped = _photo_names(images)
    if people is not None:
        skipped["photos without an identity"] = len(names - people.keys())
        skipped["listed, but absent"] = len(people.keys() - names)
        names &= people.keys()
    items = [
        Item(str(images / name), as_text(name), people[name] if people else None, _PARTS.get(parts.get(name, "")))
        for name in sorted(names)
    ]
    return items, +skipped


def _images(folder: Path) -> Path | None:
    """Return the folder that contains the photos themselves; None if there is none."""
    if folder.absolute().name in IMAGES:
        found = [folder]
    else:
        found = [path for place in (folder, folder / "Img") for name in IMAGES if (path := place / name).is_dir()]
    if len(found) > 1:
        raise FacebenchError(f"{folder} holds the photos of CelebA twice: give {' or '.join(map(str, found))}.")
    if not found:
        return None
    nested = found[0] / found[0].absolute().name  # some archives pack the folder into another of its name
    return nested if nested.is_dir() else found[0]


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


def _values(root: Path, name: str) -> dict[str, str] | None:
    """Return the value of each photo in a list; None if there is no such list."""
    places = (root, root / "Anno", root / "Eval")
    files = (place / f"{name}{ending}" for place in places for ending in (".txt", ".csv"))
    file = next((file for file in files if file.is_file()), None)
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
        if values.setdefault(photo, value) != value:
            raise FacebenchError(
                f"{file}, line {number}: {photo} is {value} here and {values[photo]} before. Delete one of the lines."
            )
    return values
