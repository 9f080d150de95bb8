"""Detections as the store has them: the photo's size, and box, score and landmarks of each face."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence

from .._extractor import Identity
from ..faces import Detection, Detections
from ._rows import Table, append_rows, find_rows

DETECTIONS = Table("detections", ("found TEXT",))


def select_detections(
    connection: sqlite3.Connection, identity: Identity, photos: Sequence[str]
) -> Iterator[tuple[str, Detections]]:
    """Yield (sha256, detections) of the photos that are stored; a row whose checksum does not match is left out."""
    for photo, (found,) in find_rows(connection, DETECTIONS, identity, photos):
        yield photo, _read(found)


def insert_detections(
    connection: sqlite3.Connection, identity: Identity, detections: Iterable[tuple[str, Detections]]
) -> None:
    """Store what a detector found on photos, by their sha256, in one transaction."""
    rows = {photo: (_written(found),) for photo, found in detections if photo}
    append_rows(connection, DETECTIONS, identity, rows)


def _written(found: Detections) -> str:
    faces = [[face.box, face.score, face.landmarks] for face in found.faces]
    return json.dumps([found.size, faces], separators=(",", ":"))


def _read(text: str) -> Detections:
    (width, height), faces = json.loads(text)
    return Detections(
        (width, height),
        tuple(
            Detection((left, top, right, bottom), score, marks and tuple((x, y) for x, y in marks))
            for (left, top, right, bottom), score, marks in faces
        ),
    )
