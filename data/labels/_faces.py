"""The confirmed faces of a table of labels, and what is wrong with them."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from ...errors import printable
from .._dataset import ME
from .._names import as_text
from .._problems import Problem, refuse
from .._targets import ALL
from ..decoding import Box, PhotoError, box_text, upright_size
from ._label import Labels


@dataclass(frozen=True)
class Face:
    """A face that takes part.

    Attributes:
        line: of the table.
        file: the photo's, absolute.
        person: None: somebody else whom nobody has named.
        box: around the face; None: there is none.
        size: width and height of the upright photo; None without a box, or where it cannot be read.
        in_company: whether other faces have boxes on the photo, confirmed or not reviewed yet.
    """

    line: int
    file: str
    person: str | None
    box: Box | None
    size: tuple[int, int] | None
    in_company: bool


def confirmed_faces(labels: Labels) -> list[Face]:
    """Return the confirmed faces, each once, in the order of the table.

    Raises:
        FacebenchError: a photo is not there, a person has an unusable name, a box lies outside of its photo, or a face
            is two people's: the first of these, with their lines.
    """
    place, size = cache(labels.file_of), cache(_size)
    boxes = _boxes(labels, place)
    faces: dict[tuple[str, Box | None, str | None], Face] = {}
    for line, row in zip(labels.lines, labels.rows, strict=True):
        if row.state == "confirmed":
            file, person = place(row.path), _person(row.person)
            of_photo = size(file) if row.box else None
            face = Face(line, file, person, row.box, of_photo, len(boxes.get(file, ())) > 1)
            faces.setdefault((file, row.box, person), face)
    found = list(faces.values())
    refuse(labels.file, [*(problem for face in found for problem in _wrong(face)), *_of_two_people(found)])
    return found


def _boxes(labels: Labels, place: Callable[[str], str]) -> dict[str, set[Box]]:
    """Return the boxes of faces on each photo."""
    boxes: dict[str, set[Box]] = defaultdict(set)
    for row in labels.rows:
        if row.box and row.state != "rejected":
            boxes[place(row.path)].add(row.box)
    return boxes


def _size(file: str) -> tuple[int, int] | None:
    try:
        return upright_size(file)
    except PhotoError:  # it will count as an unreadable photo
        return None


def _person(text: str) -> str | None:
    name = as_text(text.strip())
    return ME if name.casefold() == ME else name or None


def _wrong(face: Face) -> Iterator[Problem]:
    """Yield what is wrong with a face, seen by itself."""
    if not os.path.isfile(face.file):  # noqa: PTH113 (also of a name too long, or with a zero byte)
        yield face.line, f"there is no photo {face.file}: correct the path, or delete the row"
    if face.person and (face.person.casefold() == ALL or printable(face.person) != face.person):
        yield face.line, f"'{face.person}' cannot be a person's name: write another"
    if face.box and face.size and not _overlaps(face.box, face.size):
        width, height = face.size
        what = f"the box {box_text(face.box)} lies outside of {face.file}, which has {width}x{height} pixels"
        yield face.line, f"{what} once upright: correct the box"


def _overlaps(box: Box, size: tuple[int, int]) -> bool:
    left, top, right, bottom = box
    return left < size[0] and top < size[1] and right > 0 and bottom > 0


def _of_two_people(faces: Iterable[Face]) -> Iterator[Problem]:
    """Yield where one face is two people's, or one of several people on a photo has no box."""
    first: dict[tuple[str, Box | None], Face] = {}
    on_photo: dict[str, list[Face]] = defaultdict(list)
    for face in faces:
        other = first.setdefault((face.file, face.box), face)
        if other is not face and face.box:
            yield (
                face.line,
                f"the face {box_text(face.box)} of {face.file} is {_called(other)} in line {other.line} and "
                f"{_called(face)} here: correct one of them",
            )
        on_photo[face.file].append(face)
    for together in on_photo.values():
        people = {face.person for face in together}
        for face in together if len(people) > 1 else ():
            if not face.box:
                other = next(other for other in together if other.person != face.person)
                yield (
                    face.line,
                    f"{face.file} shows {_called(face)}, and in line {other.line} {_called(other)}: give each a box",
                )


def _called(face: Face) -> str:
    return face.person or "somebody without a name"
