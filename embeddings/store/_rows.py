"""The rows of the store: outcomes as SQLite keeps them, each with a checksum."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

import numpy as np

from ...data import FAULTS
from .._extractor import Identity
from .._outcome import Box, Embedding, Failure, Outcome, box_text

TABLES = """
CREATE TABLE IF NOT EXISTS extractors (identity TEXT PRIMARY KEY, title TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS outcomes (
    identity TEXT NOT NULL, photo TEXT NOT NULL,
    vector BLOB, box TEXT, reason TEXT, detail TEXT, checksum BLOB NOT NULL,
    PRIMARY KEY (identity, photo)
) WITHOUT ROWID;
"""


def select_outcomes(
    connection: sqlite3.Connection, identity: Identity, photos: Sequence[str]
) -> Iterator[tuple[str, Outcome]]:
    """Yield (sha256, outcome) of the photos that are stored; a row whose checksum does not match is left out."""
    query = (
        "SELECT photo, vector, box, reason, detail, checksum FROM outcomes "
        "WHERE identity = ? AND photo IN (SELECT value FROM json_each(?))"
    )
    for photo, *values, checksum in connection.execute(query, (identity.key, json.dumps(list(photos)))):
        if checksum == checksum_of(identity.key, photo, *values):
            yield photo, _outcome(*values)


def count_rows(connection: sqlite3.Connection) -> tuple[int, int]:
    """Return how many outcomes there are, and how many of them have a checksum that does not match."""
    query = "SELECT identity, photo, vector, box, reason, detail, checksum FROM outcomes"
    rows = wrong = 0
    for *values, checksum in connection.execute(query):
        rows += 1
        wrong += checksum != checksum_of(*values)
    return rows, wrong


def insert_outcomes(
    connection: sqlite3.Connection, identity: Identity, outcomes: Iterable[tuple[str, Outcome]]
) -> None:
    """Store outcomes by the sha256 of their photos in one transaction; undecodable photos are left out."""
    rows = [_row(identity.key, photo, outcome) for photo, outcome in outcomes if _worth_storing(photo, outcome)]
    with transaction(connection):
        connection.execute("INSERT OR IGNORE INTO extractors VALUES (?, ?)", (identity.key, identity.title))
        connection.executemany("INSERT OR REPLACE INTO outcomes VALUES (?, ?, ?, ?, ?, ?, ?)", rows)


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Do all of a block or none of it."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _worth_storing(photo: str, outcome: Outcome) -> bool:
    return bool(photo) and not (isinstance(outcome, Failure) and outcome.reason in FAULTS)


def _row(identity: str, photo: str, outcome: Outcome) -> tuple[object, ...]:
    if isinstance(outcome, Failure):
        detail = outcome.detail.encode(errors="backslashreplace").decode()  # may hold a path that is not UTF-8
        values: tuple[bytes | str | None, ...] = (None, None, outcome.reason, detail)
    else:
        box = box_text(outcome.box) or None
        values = (outcome.vector.astype("<f4").tobytes(), box, None, None)
    return (identity, photo, *values, checksum_of(identity, photo, *values))


def _outcome(vector: bytes | None, box: str | None, reason: str | None, detail: str | None) -> Outcome:
    if vector is None:
        return Failure(reason or "", detail or "")
    left_top_right_bottom: Box | None = tuple(map(int, box.split())) if box else None  # type: ignore[assignment]
    return Embedding(np.frombuffer(vector, "<f4").astype(np.float32), left_top_right_bottom)


def checksum_of(*values: bytes | str | None) -> bytes:
    """Return the checksum of a row's values."""
    digest = hashlib.blake2b(digest_size=8)
    for value in values:
        content = value if isinstance(value, bytes) else repr(value).encode()
        digest.update(b"%d " % len(content) + content)
    return digest.digest()
