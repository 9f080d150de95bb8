"""Removal of photos from the store: of their rows, those of variants and crops, and their keys in the lists."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ...data import OF_FILE
from ._detections import DETECTIONS
from ._outcomes import EMBEDDINGS
from ._rows import Table, transaction
from ._speeds import blank_speeds

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Forgotten:
    """What was removed from the store.

    Attributes:
        photos: of those asked for, how many there was something of.
        outcomes: vectors, those of augmented variants and of crops too, and reasons why there is none.
        detections: searches for faces.
    """

    photos: int
    outcomes: int
    detections: int


def delete_photos(connection: sqlite3.Connection, photos: Iterable[str]) -> Forgotten:
    """Remove all rows of photos, by their sha256, under every extractor and detector; what stood there is zeroed."""
    connection.execute("PRAGMA secure_delete = ON")
    listed = list(photos)
    with transaction(connection):
        connection.execute("CREATE TEMP TABLE forgotten AS SELECT value AS photo FROM json_each(?)", (_listed(listed),))
        removed = [_delete_from(connection, table) for table in (EMBEDDINGS, DETECTIONS)]
        connection.execute("DROP TABLE forgotten")
        blank_speeds(connection, listed)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # the log has pages as they were
    (of_outcomes, outcomes), (of_detections, detections) = removed
    return Forgotten(len(of_outcomes | of_detections), outcomes, detections)


def _listed(photos: Iterable[str]) -> str:
    # Keys of augmented variants and of crops begin likewise.
    return json.dumps(sorted({photo[:OF_FILE] for photo in photos if photo}))


def _delete_from(connection: sqlite3.Connection, table: Table) -> tuple[set[str], int]:
    """Return the photos that there were rows of, and the number of rows."""
    query = f"SELECT id, photo FROM {table.name} WHERE substr(photo, 1, {OF_FILE}) IN (SELECT photo FROM forgotten)"
    rows = connection.execute(query).fetchall()
    connection.executemany(f"DELETE FROM {table.name} WHERE id = ?", [(number,) for number, _ in rows])
    _blank_keys(connection, table, np.array(sorted(number for number, _ in rows), np.int64))
    return {photo[:OF_FILE] for _, photo in rows}, len(rows)


def _blank_keys(connection: sqlite3.Connection, table: Table, numbers: NDArray[np.int64]) -> None:
    """Write zeros in place of the keys of rows, by their sorted numbers; the others keep their places.

    A list without any key left goes: the next rows may get its numbers.
    """
    if not len(numbers):
        return
    for identity, first, keys in connection.execute(f"SELECT identity, first, keys FROM {table.name}_keys").fetchall():
        blank = np.frombuffer(keys, "<u8").copy()
        start, end = np.searchsorted(numbers, [first, first + len(blank)])
        blank[numbers[start:end] - first] = 0
        place = (identity, first)
        if not blank.any():
            connection.execute(f"DELETE FROM {table.name}_keys WHERE identity = ? AND first = ?", place)
        elif end > start:
            update = f"UPDATE {table.name}_keys SET keys = ? WHERE identity = ? AND first = ?"
            connection.execute(update, (blank.tobytes(), *place))
