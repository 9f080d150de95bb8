"""An album from the faces that were seen on its photos, and from what was found out about each of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

import numpy as np

from ..data import FAULTS
from ..embeddings import Embedding, Failure
from ..registry import parse_call
from ._album import Album, AlbumFace, AlbumPhoto, Band
from ._people import EXTRACTOR, group_people

#: The faces of one photo, or why it has none.
Seen: TypeAlias = list[Embedding] | Failure


def judged_album(
    root: Path,
    photos: Sequence[AlbumPhoto],
    seen: Sequence[Seen],
    judged: Sequence[tuple[float, Band]],
    extractor: str,
) -> Album:
    """Return an album; faces that are not proposed are grouped into people, or stand alone where that is not known.

    Args:
        root: folder of the photos.
        photos: in a fixed order.
        seen: of each photo, its faces from left to right, each with a box, or why it has none.
        judged: of each face, in this order, its likeness and its band.
        extractor: whose vectors these are, its call string: the groups are made for those of one.
    """
    where = [position for position, faces in enumerate(seen) if not isinstance(faces, Failure) for _ in faces]
    found = each_of(seen)
    faces = [
        AlbumFace(photo, face.box or (0, 0, 0, 0), likeness, band)
        for photo, face, (likeness, band) in zip(where, found, judged, strict=True)
    ]
    others = [position for position, face in enumerate(faces) if face.band == "surely not"]
    for position, person in zip(others, _people([found[position] for position in others], extractor), strict=True):
        faces[position] = replace(faces[position], person=person)
    failed = {position: faces.reason for position, faces in enumerate(seen) if isinstance(faces, Failure)}
    faceless = tuple(position for position, reason in failed.items() if reason not in FAULTS)
    return Album(root, tuple(photos), tuple(faces), faceless, dict(Counter(failed.values())), extractor)


def each_of(seen: Sequence[Seen]) -> list[Embedding]:
    """Return all faces, photo by photo."""
    return [face for faces in seen if not isinstance(faces, Failure) for face in faces]


def _people(faces: Sequence[Embedding], extractor: str) -> list[int]:
    """Return the number of each face's group."""
    if not faces or parse_call(extractor)[0] != EXTRACTOR:
        return list(range(len(faces)))
    return [int(number) for number in group_people(np.stack([face.vector for face in faces]))]
