"""How long extraction took: a run that finds its vectors in the store still knows the extractor's speed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from ...data import OF_FILE
from .._extractor import Identity
from ._rows import keys_of, transaction

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: A row per extraction: the extractor's identity, seconds of wall clock, and the keys of its photos' files.
SPEEDS = "CREATE TABLE IF NOT EXISTS speeds (identity TEXT NOT NULL, seconds REAL NOT NULL, keys BLOB NOT NULL)"
#: Fewer photos say more about the start than about the speed.
_MEASURABLE = 10


def insert_speed(connection: sqlite3.Connection, identity: Identity, photos: Sequence[str], seconds: float) -> None:
    """Store how many seconds the extraction of photos took; nothing where they are too few."""
    if len(photos) >= _MEASURABLE:
        with transaction(connection):
            row = identity.key, float(seconds), _files(photos).tobytes()
            connection.execute("INSERT INTO speeds VALUES (?, ?, ?)", row)


def select_speed(connection: sqlite3.Connection, identity: Identity, photos: Iterable[str]) -> float | None:
    """Return the mean of seconds a photo over those whose extraction was measured; None where none was."""
    wanted = _files(photos)
    total, measured = 0.0, 0
    query = "SELECT seconds, keys FROM speeds WHERE identity = ? AND typeof(seconds) = 'real'"
    for seconds, blob in connection.execute(query, (identity.key,)):
        keys = _read(blob)
        these = int(np.isin(keys, wanted).sum())
        total += seconds * these / max(len(keys), 1)
        measured += these
    return total / measured if measured else None


def blank_speeds(connection: sqlite3.Connection, photos: Iterable[str]) -> None:
    """Write zeros in place of the keys of photos, inside a transaction."""
    forgotten = _files(photos)
    for row, blob in connection.execute("SELECT rowid, keys FROM speeds").fetchall():
        keys = _read(blob)
        if (gone := np.isin(keys, forgotten)).any():
            blank = np.where(gone, np.uint64(0), keys).astype("<u8").tobytes()
            connection.execute("UPDATE speeds SET keys = ? WHERE rowid = ?", (blank, row))


def _files(photos: Iterable[str]) -> NDArray[np.uint64]:
    return keys_of(photo[:OF_FILE] for photo in photos if photo)


def _read(blob: object) -> NDArray[np.uint64]:
    """Return the keys of a row; none where it is damaged."""
    return np.frombuffer(blob[: len(blob) // 8 * 8] if isinstance(blob, bytes) else b"", "<u8")
