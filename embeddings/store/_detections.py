"""The detections of the store: a row per detector and photo, with a checksum."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence

from .._extractor import Identity
from ..faces import Detection, Detections
from ._rows import checksum_of, transaction

TABLE = """
CREATE TABLE IF NOT EXISTS detections (
    identity TEXT NOT NULL, photo TEXT NOT NULL, found TEXT NOT NULL, checksum BLOB NOT NULL,
    PRIMARY KEY (identity, photo)
) WITHOUT ROWID
"""


def select_detections(
    connection: sqlite3.Connection, identity: Identity, photos: Sequence[str]
) -> Iterator[tuple[str, Detections]]:
    """Yield (sha256, detections) of the photos that are stored; a row whose checksum does not match is left out."""
    query = (
        "SELECT photo, found, checksum FROM detections WHERE identity = ? AND photo IN (SELECT value FROM json_each(?))"
    )
    for photo, found, written in connection.execute(query, (identity.key, json.dumps(list(photos)))):
        if written == checksum_of(identity.key, photo, found):
            yield photo, _read(found)


def insert_detections(
    connection: sqlite3.Connection, identity: Identity, detections: Iterable[tuple[str, Detections]]
) -> None:
    """Store what a detector found on photos, by their sha256, in one transaction."""
    rows = []
    for photo, found in detections:
        if photo:
            text = _written(found)
            rows.append((identity.key, photo, text, checksum_of(identity.key, photo, text)))
    with transaction(connection):
        connection.executemany("INSERT OR REPLACE INTO detections VALUES (?, ?, ?, ?)", rows)


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
