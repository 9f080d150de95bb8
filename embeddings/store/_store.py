"""The store of vectors: one private SQLite file, so that no photo is embedded twice."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TypeVar

from ...errors import FacebenchError
from .._cache import cache_directory
from .._extractor import Identity
from .._outcome import Outcome
from ..faces import Detections
from ._detections import DETECTIONS, insert_detections, select_detections
from ._forgetting import Forgotten, delete_photos
from ._outcomes import EMBEDDINGS, insert_outcomes, select_outcomes
from ._rows import IDENTITIES, count_photos, transaction
from ._speeds import SPEEDS, insert_speed, select_speed
from ._version_1 import take_over

#: The file's name in the cache directory.
STORE = "vectors.sqlite"
#: Raised whenever older code would misread the file.
VERSION = 2
_WAIT = 60  # seconds for another run to finish its batch

T = TypeVar("T")


class StoreError(FacebenchError):
    """The store cannot be used or written; vectors can be computed without it."""


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
        self.path = path or cache_directory() / STORE
        #: What a user should be told: set when a damaged file was set aside.
        self.warning = ""
        self._connection: sqlite3.Connection | None = None
        self._with_connection(lambda _: None)

    def get(self, identity: Identity, photos: Sequence[str]) -> dict[str, Outcome]:
        """Return the stored outcomes of photos, by the sha256 of their bytes; those not stored are left out.

        Raises:
            StoreError: the file cannot be read.
        """
        return self._with_connection(lambda connection: dict(select_outcomes(connection, identity, photos)))

    def put(self, identity: Identity, outcomes: Iterable[tuple[str, Outcome]]) -> None:
        """Store outcomes by the sha256 of their photos, all or none.

        Photos that cannot be decoded are left out: a library installed later may be able to.

        Raises:
            StoreError: the disk is full, or the file cannot be written.
        """
        batch = list(outcomes)
        self._with_connection(lambda connection: insert_outcomes(connection, identity, batch))

    def detections(self, identity: Identity, photos: Sequence[str]) -> dict[str, Detections]:
        """Return a detector's stored detections on photos, by the sha256 of their bytes.

        Raises:
            StoreError: the file cannot be read.
        """
        return self._with_connection(lambda connection: dict(select_detections(connection, identity, photos)))

    def put_detections(self, identity: Identity, detections: Iterable[tuple[str, Detections]]) -> None:
        """Store what a detector found on photos, by the sha256 of their bytes, all or nothing.

        Raises:
            StoreError: the disk is full, or the file cannot be written.
        """
        batch = list(detections)
        self._with_connection(lambda connection: insert_detections(connection, identity, batch))

    def speed(self, identity: Identity, photos: Sequence[str]) -> float | None:
        """Return the seconds a photo, wall clock, that an extractor took; None if that was measured on none of these.

        The mean over those of the photos whose extraction was measured, each at the speed of its own extraction.

        Raises:
            StoreError: the file cannot be read.
        """
        return self._with_connection(lambda connection: select_speed(connection, identity, photos))

    def put_speed(self, identity: Identity, photos: Sequence[str], seconds: float) -> None:
        """Store how many seconds an extractor took for photos, by the sha256 of their bytes.

        Raises:
            StoreError: the disk is full, or the file cannot be written.
        """
        self._with_connection(lambda connection: insert_speed(connection, identity, photos, seconds))

    def forget(self, photos: Iterable[str]) -> Forgotten:
        """Remove all that is stored of photos, by the sha256 of their bytes: under every extractor and detector.

        Raises:
            StoreError: the file cannot be written.
        """
        wanted = list(photos)
        return self._with_connection(lambda connection: delete_photos(connection, wanted))

    def counts(self) -> dict[str, int]:
        """Return how many outcomes are stored, by extractor and parameters.

        Raises:
            StoreError: the file cannot be read.
        """
        return self._with_connection(lambda connection: count_photos(connection, EMBEDDINGS))

    def close(self) -> None:
        """Close the file."""
        if self._connection:
            self._connection.close()
        self._connection = None

    def __del__(self) -> None:
        with suppress(AttributeError, sqlite3.Error):  # never opened
            self.close()

    def _with_connection(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do some work; where the file turns out to be damaged, do it with a new one."""
        try:
            try:
                return work(self._connect())
            except (sqlite3.Error, UnicodeDecodeError) as error:
                if not is_damage(error):
                    raise
                self._set_aside(error)
                return work(self._connect())
        except (sqlite3.Error, OSError) as error:
            raise StoreError(f"{self.path} cannot be used ({error}): set FACEBENCH_CACHE to another folder.") from error

    def _connect(self) -> sqlite3.Connection:
        if self._connection:
            return self._connection
        # SQLite itself would make it readable to all. What is there is not opened: closing it would drop others' locks.
        self.path.touch(mode=0o600)
        self._inode = self.path.stat().st_ino
        # Whichever thread collects garbage closes it; SQLite itself lets one at a time in.
        connection = sqlite3.connect(self.path, timeout=_WAIT, isolation_level=None, check_same_thread=False)
        try:
            self._prepare(connection)
        except BaseException:
            connection.close()
            raise
        self._connection = connection
        return connection

    def _prepare(self, connection: sqlite3.Connection) -> None:
        connection.text_factory = partial(str, encoding="utf-8", errors="replace")  # what is damaged is not served
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version > VERSION:
            raise StoreError(
                f"{self.path} is of a newer facebench: install that one, or set FACEBENCH_CACHE to another folder."
            )
        _use_wal(connection)
        connection.execute("PRAGMA synchronous = NORMAL")
        if version != VERSION:
            with transaction(connection):
                _make_tables(connection)
        connection.execute(SPEEDS)  # an older facebench made none, and does without

    def _set_aside(self, error: Exception) -> None:
        """Keep a damaged file under another name, unless another run has already done so."""
        self.close()
        if not self.path.exists() or self.path.stat().st_ino != self._inode:
            return
        aside = self.path.with_name(f"{self.path.name}.damaged")
        self.path.replace(aside)
        for suffix in ("-wal", "-shm", "-journal"):
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)
        self.warning = f"The store of vectors was damaged ({error}): it is kept as {aside}, and a new one is begun"


def _make_tables(connection: sqlite3.Connection) -> None:
    """Make the tables of a new file, or of an older one, unless another run has just done so."""
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version == VERSION:
        return
    for statement in (IDENTITIES, *EMBEDDINGS.statements, *DETECTIONS.statements):
        connection.execute(statement)
    if version == 1:
        take_over(connection)
    connection.execute(f"PRAGMA user_version = {VERSION}")


def is_damage(error: Exception) -> bool:
    """Return whether a file is damaged, rather than busy or not writable.

    UnicodeDecodeError is among it: Python cannot read SQLite's message that quotes a damaged name.
    """
    if isinstance(error, sqlite3.OperationalError):
        return getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR  # a table or a column is not there
    return not isinstance(error, sqlite3.ProgrammingError | sqlite3.InterfaceError)


def _use_wal(connection: sqlite3.Connection) -> None:
    """Let others read while one writes."""
    deadline = time.monotonic() + _WAIT
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:  # SQLite itself does not wait for others that begin the same file
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.02)
