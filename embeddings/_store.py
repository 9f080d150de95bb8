"""The store of vectors: one private SQLite file, so that no photo is embedded twice."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..data import FAULTS
from ..errors import FacebenchError
from ._cache import cache_directory
from ._extractor import Box, Embedding, Failure, Outcome

#: Raised whenever older code would misread the file.
VERSION = 1
_TABLES = """
CREATE TABLE IF NOT EXISTS extractors (identity TEXT PRIMARY KEY, title TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS outcomes (
    identity TEXT NOT NULL, photo TEXT NOT NULL,
    vector BLOB, box TEXT, reason TEXT, detail TEXT, checksum BLOB NOT NULL,
    PRIMARY KEY (identity, photo)
) WITHOUT ROWID;
"""
_WAIT = 60  # seconds for another run to finish its batch


class StoreError(FacebenchError):
    """The store cannot be used or written; vectors can be computed without it."""


@dataclass(frozen=True)
class Identity:
    """What a vector depends on besides the photo.

    Attributes:
        title: extractor and parameters, for people.
        facts: all the rest, as text.
    """

    title: str
    facts: str

    @property
    def key(self) -> str:
        """sha256 of both."""
        return hashlib.sha256(f"{self.title}\n{self.facts}".encode()).hexdigest()


class VectorStore:
    """Outcomes by extractor and photo, safe to share between runs.

    Every `put` is one transaction: a killed run loses at most the batch it was writing. Each row carries a checksum;
    one that does not match is not served. A damaged file is set aside and a new one begun.

    Args:
        path: of the file; default: `vectors.sqlite` in the cache directory.

    Raises:
        StoreError: the file cannot be opened, or was written by a newer facebench.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or cache_directory() / "vectors.sqlite"
        #: What a user should be told: set when a damaged file was set aside.
        self.warning = ""
        try:
            self._connection = self._connect()
        except sqlite3.DatabaseError as error:
            self._set_aside(error)

    def get(self, identity: Identity, photos: Sequence[str]) -> dict[str, Outcome]:
        """Return the stored outcomes of photos, by the sha256 of their bytes; those not stored are left out."""
        try:
            return {photo: outcome for photo, outcome in self._rows(identity.key, photos) if photo}
        except sqlite3.DatabaseError as error:
            self._set_aside(error)
            return {}

    def put(self, identity: Identity, outcomes: Iterable[tuple[str, Outcome]]) -> None:
        """Store outcomes by the sha256 of their photos, all or none.

        Photos that cannot be decoded are left out: a library installed later may be able to.

        Raises:
            StoreError: the disk is full, or the file cannot be written.
        """
        rows = [_row(identity.key, photo, outcome) for photo, outcome in outcomes if _worth_storing(photo, outcome)]
        try:
            self._insert(identity, rows)
        except sqlite3.OperationalError as error:
            raise StoreError(f"{self.path} cannot be written ({error}): vectors are not kept from here on.") from error
        except sqlite3.DatabaseError as error:
            self._set_aside(error)
            self._insert(identity, rows)

    def counts(self) -> dict[str, int]:
        """Return how many outcomes are stored, by extractor and parameters."""
        query = "SELECT title, count(*) FROM outcomes JOIN extractors USING (identity) GROUP BY identity ORDER BY 1"
        return dict(self._connection.execute(query).fetchall())

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def _connect(self) -> sqlite3.Connection:
        try:
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))  # SQLite itself would make it readable to all
        except OSError as error:
            raise StoreError(f"{self.path} cannot be opened ({error.strerror}): set FACEBENCH_CACHE.") from error
        connection = sqlite3.connect(self.path, timeout=_WAIT, isolation_level=None)
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version > VERSION:
            connection.close()
            raise StoreError(
                f"{self.path} is of a newer facebench: install that one, or set FACEBENCH_CACHE to another folder."
            )
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        with _transaction(connection):
            for statement in _TABLES.split(";"):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {VERSION}")
        return connection

    def _rows(self, identity: str, photos: Sequence[str]) -> Iterator[tuple[str, Outcome]]:
        query = (
            "SELECT photo, vector, box, reason, detail, checksum FROM outcomes "
            "WHERE identity = ? AND photo IN (SELECT value FROM json_each(?))"
        )
        for photo, *values, checksum in self._connection.execute(query, (identity, json.dumps(list(photos)))):
            if checksum == _checksum(identity, photo, *values):
                yield photo, _outcome(*values)

    def _insert(self, identity: Identity, rows: list[tuple[object, ...]]) -> None:
        with _transaction(self._connection):
            self._connection.execute("INSERT OR IGNORE INTO extractors VALUES (?, ?)", (identity.key, identity.title))
            self._connection.executemany("INSERT OR REPLACE INTO outcomes VALUES (?, ?, ?, ?, ?, ?, ?)", rows)

    def _set_aside(self, error: sqlite3.DatabaseError) -> None:
        """Keep a damaged file under another name and begin a new one; a busy or unwritable file is an error."""
        if isinstance(error, sqlite3.OperationalError):
            raise StoreError(f"{self.path} cannot be used ({error}): set FACEBENCH_CACHE to another folder.") from error
        if hasattr(self, "_connection"):
            self._connection.close()
        aside = self.path.with_name(f"{self.path.name}.damaged")
        self.path.replace(aside)
        for suffix in ("-wal", "-shm"):
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)
        self.warning = f"The store of vectors was damaged ({error}): it is kept as {aside}, and a new one is begun"
        self._connection = self._connect()


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
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
        values: tuple[bytes | str | None, ...] = (None, None, outcome.reason, outcome.detail)
    else:
        box = " ".join(map(str, outcome.box)) if outcome.box else None
        values = (outcome.vector.astype("<f4").tobytes(), box, None, None)
    return (identity, photo, *values, _checksum(identity, photo, *values))


def _outcome(vector: bytes | None, box: str | None, reason: str | None, detail: str | None) -> Outcome:
    if vector is None:
        return Failure(reason or "", detail or "")
    left_top_right_bottom: Box | None = tuple(map(int, box.split())) if box else None  # type: ignore[assignment]
    return Embedding(np.frombuffer(vector, "<f4").astype(np.float32), left_top_right_bottom)


def _checksum(*values: bytes | str | None) -> bytes:
    digest = hashlib.blake2b(digest_size=8)
    for value in values:
        content = value if isinstance(value, bytes) else repr(value).encode()
        digest.update(b"%d " % len(content) + content)
    return digest.digest()
