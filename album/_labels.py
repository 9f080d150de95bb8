"""An album as labels: what is proposed, and what somebody decided before."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from ..data import ME
from ..data.labels import Label, Labels
from ..embeddings import Box
from ..embeddings.extraction import key_each
from ._album import Album, AlbumFace
from ._sample import draws_of_faces, draws_of_photos

#: Boxes that share at least half of what both cover are around one face.
_SAME = 0.5


def labels_of(album: Album, before: Labels | None = None) -> list[Label]:
    """Return a label for each face, unreviewed unless it was decided before, and for each photo drawn without a face.

    What was decided about other faces comes last. Paths are absolute: the table may be moved. Faces that are proposed,
    surely or perhaps, are `me`; groups of others are numbered, and faces that are alone in theirs have no name.

    Args:
        album: the faces.
        before: labels that somebody has reviewed; a photo is known again by its bytes, a face by its box.
    """
    decided = _decided(album, before) if before else {}
    drawn, faceless = draws_of_faces(album), draws_of_photos(album)
    labels = []
    for position, face in enumerate(album.faces):
        name, draw = proposed_name(album, face), drawn.get(position)
        label = Label(_path(album, face.photo), name, face.box, "unreviewed", draw)
        labels.append(_with(label, decided.pop(("face", position), None)))
    for photo, draw in faceless.items():
        label = Label(_path(album, photo), "", None, "unreviewed", draw)
        labels.append(_with(label, decided.pop(("photo", photo), None)))
    return [*labels, *_of_other_faces(before, decided)] if before else labels


def proposed_name(album: Album, face: AlbumFace) -> str:
    """Return the name under which a face is proposed."""
    if face.person is None:
        return ME
    return f"person {face.person + 1}" if album.people[face.person] > 1 else ""


def _path(album: Album, photo: int) -> str:
    return os.path.abspath(album.photos[photo].file)  # noqa: PTH100 (a link stays one)


def _with(label: Label, known: Label | None) -> Label:
    """Return a label with what was decided before, and whether whoever did saw it."""
    if known is None:
        return label
    seen = known.draw is None or known.draw.seen
    draw = replace(label.draw, seen=seen) if label.draw else None
    return replace(label, person=known.person, state=known.state, draw=draw)


def _decided(album: Album, before: Labels) -> dict[tuple[str, int], Label]:
    """Return what was decided: by ("face", its position), by ("photo", its position) where no face is found on it now.

    What is left is by ("row", its number). Of copies of a photo that is meant whose path is the same.
    """
    faces: dict[str, list[int]] = defaultdict(list)
    for position, face in enumerate(album.faces):
        photo = album.photos[face.photo]
        faces[photo.key].append(position)
        faces[os.path.abspath(photo.file)].append(position)  # noqa: PTH100
    faceless = {name: photo for photo in album.faceless for name in (album.photos[photo].key, _path(album, photo))}
    rows = [number for number, row in enumerate(before.rows) if row.state != "unreviewed"]
    files = [before.file_of(before.rows[number].path) for number in rows]
    known = {os.path.abspath(photo.file): photo.key for photo in album.photos}  # noqa: PTH100
    decided: dict[tuple[str, int], Label] = {}
    listed = {photo.key for photo in album.photos}
    for number, key, file in zip(rows, key_each(files, known), files, strict=True):
        row = before.rows[number]
        name = file if file in faces or file in faceless else key
        found = _nearest(row.box, faces[name], album.faces)
        if found is not None:
            decided["face", found] = row
        elif row.box is None and name in faceless:
            decided["photo", faceless[name]] = row
        else:
            decided["row", number] = replace(row, draw=None) if key in listed else row
    return decided


def _of_other_faces(before: Labels, decided: dict[tuple[str, int], Label]) -> list[Label]:
    """Return what is left of what was decided, with absolute paths."""
    return [replace(row, path=before.file_of(row.path)) for row in decided.values()]


def _nearest(box: Box | None, positions: Sequence[int], faces: Sequence[AlbumFace]) -> int | None:
    """Return the position of the face that a box is around; without a box that of the only one on the photo."""
    if box is None:
        return positions[0] if len(positions) == 1 else None
    best = max(positions, key=lambda position: overlap(box, faces[position].box), default=None)
    return best if best is not None and overlap(box, faces[best].box) >= _SAME else None


def overlap(one: Box, other: Box) -> float:
    """Return the share of what two boxes cover that they have in common, 0..1.

    >>> overlap((0, 0, 10, 10), (0, 0, 10, 20))
    0.5
    """
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    common = max(0, width) * max(0, height)
    both = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other)) - common
    return common / both if both else 0.0
