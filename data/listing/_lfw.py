"""LFW, "Labeled Faces in the Wild", as unpacked: one folder per person, Name/Name_0001.jpg.

Huang, Ramesh, Berg and Learned-Miller, University of Massachusetts, Amherst, technical report 07-49, 2007.
"""

from __future__ import annotations

from pathlib import Path

from ...errors import FacebenchError
from ._listing import is_of_a_system


def lfw_people(folder: Path) -> Path:
    """Return the folder that holds the people of LFW: `folder` itself, or the one `lfw*` folder in it.

    A folder is LFW's when its name begins with "lfw" (`lfw`, `lfw_funneled`, `lfw-deepfunneled`) and its photos are
    named like LFW's; archives may have put it into another such folder. Any other `folder` is returned as it is.

    Raises:
        FacebenchError: there are several, or other folders beside it, whose photos would be passed over.
    """
    found = [people for below in sorted(folder.glob("[lL][fF][wW]*/")) if _is_lfw(people := lfw_people(below))]
    if len(found) > 1:
        raise FacebenchError(f"{folder} holds LFW several times: give one of {', '.join(map(str, found))}.")
    if not found:
        return folder
    beside = [path for path in sorted(folder.iterdir()) if path.is_dir() and path not in (found[0], *found[0].parents)]
    if beside := [path for path in beside if not (path.name.startswith(".") or is_of_a_system(path.name))]:
        raise FacebenchError(f"{folder} holds LFW and {beside[0].name} beside it: give {found[0]} for LFW alone.")
    return found[0]


def lfw_photo(people: Path, name: str, number: str) -> Path:
    """Return the path of a photo as LFW's lists name it.

    >>> lfw_photo(Path("lfw"), "Colin_Powell", "7").as_posix()
    'lfw/Colin_Powell/Colin_Powell_0007.jpg'
    """
    return people / name / f"{name}_{number.zfill(4)}.jpg"


def _is_lfw(folder: Path) -> bool:
    photos = folder.glob("*/*_[0-9][0-9][0-9][0-9].jpg")
    return any(photo.stem[: -len("_0001")] == photo.parent.name for photo in photos)
