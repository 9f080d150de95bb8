"""The contents of a folder: photos at any depth, and the files that are passed over."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from ...errors import FacebenchError
from .._dataset import Item
from .._names import as_text, spelled_out
from ..decoding import ENOUGH, RAW, SUFFIXES, surely
from ._layout import Rules

#: Folders of thumbnails, waste and archives that systems, network storage and programs make among photos.
_OF_SYSTEMS = {
    "@eadir",
    "#recycle",
    "#snapshot",
    "@recycle",
    "@recently-snapshot",
    ".@__thumb",
    "__macosx",
    "$recycle.bin",
    "system volume information",
    "lost+found",
    ".thumbnails",
}


def directory(path: str | Path, option: str) -> Path:
    """Return the path of a folder, "~" resolved.

    Raises:
        FacebenchError: it is not a folder; the message names the option.
    """
    path = Path(path)
    try:
        path = path.expanduser()
        what = "" if path.is_dir() else "is a file" if path.exists() else "does not exist"
    except (OSError, RuntimeError) as error:  # RuntimeError: "~name" of an unknown user
        what = f"cannot be read ({error})"
    if what:
        raise FacebenchError(f"{option} {path} {what}: give a folder of photos.")
    return path


def photos_below(root: Path, rules: Rules) -> tuple[list[Item], Counter[str]]:
    """List the photos below root by name; a photo's person is the first folder below root, None directly in it.

    Folders that systems make are passed over, their files counted. Hidden files and folders are not looked at. Names
    are in Unicode's form NFC, whatever made the folders. By the first version of the
    rules neither is so.

    Raises:
        OSError: a folder cannot be read.
    """
    text = spelled_out if rules.version == 1 else as_text
    items, skipped = [], Counter[str]()
    for folder, names in _files(root, skipped, rules.version):
        parts = [text(part) for part in folder.relative_to(root).parts]
        with os.scandir(folder) as entries:  # knows of most what they are, without a look at each
            there = {entry.name: entry.path for entry in entries if entry.is_file()}
        if names:
            (folder / names[0]).is_file()  # raises where a folder may be listed, but not entered
        for name in names:
            if kind := why_no_photo(name, there.get(name), rules):
                skipped[kind] += 1
            elif name not in there:
                skipped["broken links"] += 1
            else:
                items.append(Item(there[name], "/".join([*parts, text(name)]), parts[0] if parts else None))
    return sorted(with_unique_names(items, root), key=lambda item: item.name), skipped


def with_unique_names(items: list[Item], root: Path) -> list[Item]:
    """Return photos of which those that share a name are called as their files are: two forms of one name are two."""
    sharing = Counter(item.name for item in items)
    return [
        item if sharing[item.name] == 1 else replace(item, name=spelled_out(item.path.relative_to(root).as_posix()))
        for item in items
    ]


def ending_of_no_photo(name: str) -> str:
    """Return the extension under which a file that is not a photo is counted; "" for a photo."""
    dot = name.rfind(".")
    ending = name[dot:].lower() if 0 < dot < len(name) - 1 else ""
    return "" if ending in SUFFIXES else ending or "no ending"


def why_no_photo(name: str, file: str | None, rules: Rules) -> str:
    """Return the kind under which a file is counted that is passed over; "" for a photo.

    Args:
        name: of the file.
        file: its path; None if it is not there.
        rules: by which folders are listed.
    """
    ending = ending_of_no_photo(name)
    if not ending or file is None or ending in RAW:
        return ending
    try:
        with open(file, "rb") as opened:  # noqa: PTH123 (making a Path takes as long as the reading)
            content = surely(opened.read(ENOUGH))
    except OSError:
        return ending
    if content and rules.any_name:
        return ""
    return f"{content} pictures by their content: --any-name takes them" if content else ending


def what_was_skipped(skipped: Counter[str]) -> str:
    """Return a remark for a message; "" if nothing was skipped."""
    if not skipped:
        return ""
    return f" (skipped: {', '.join(f'{count} {ending}' for ending, count in skipped.most_common(5))})"


def is_of_a_system(name: str) -> bool:
    """Return whether a folder is called as those that systems make among photos: nobody's photos are in it."""
    return name.casefold() in _OF_SYSTEMS


def _files(root: Path, skipped: Counter[str], version: int) -> Iterator[tuple[Path, list[str]]]:
    """Yield each searched folder, and the names of the files in it; count those in folders that are passed over."""

    def refuse(error: OSError) -> None:
        raise error

    seen = set[object]()  # links may be circular
    for folder, below, files in os.walk(root, onerror=refuse, followlinks=True):
        path = Path(folder)
        status = path.stat()
        place = (status.st_dev, status.st_ino)
        # A folder linked into two people's is listed in both: as one person's it would be mislabelled.
        person = path.relative_to(root).parts[:1]
        if {(person, place), ((), place)} & seen:
            below.clear()
            continue
        seen.add((person, place))
        for name in filter(is_of_a_system, below if version > 1 else ()):
            skipped[f"in {name}"] += sum(len(names) for _, _, names in os.walk(path / name))
        below[:] = sorted(
            name for name in below if not name.startswith(".") and (version == 1 or not is_of_a_system(name))
        )
        yield path, [name for name in sorted(files) if not name.startswith(".")]
