"""The rows of the store: appended in the order they come, found by an index of their keys, each with a checksum.

A row in the order of its key would fall on another page each time, and SQLite writes whole pages. So a batch of rows
is followed by one row that lists their keys, eight bytes each, and whoever looks for photos reads these lists.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from .._extractor import Identity

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: What SQLite keeps of a photo, less its key: bytes, text or nothing each.
Values: TypeAlias = tuple[Any, ...]
#: Rows that are read in one go.
_READ_TOGETHER = 10_000

IDENTITIES = "CREATE TABLE IF NOT EXISTS identities (id INTEGER PRIMARY KEY, key TEXT UNIQUE NOT NULL, title TEXT)"


@dataclass(frozen=True)
class Table:
    """A table of rows by identity and photo, and beside it the one that lists their keys.

    Attributes:
        name: of the table.
        columns: what is kept of a photo.
    """

    name: str
    columns: tuple[str, ...]

    @property
    def names(self) -> str:
        """The names of the columns, without their types."""
        return ", ".join(column.split()[0] for column in self.columns)

    @property
    def statements(self) -> tuple[str, str]:
        """What makes both tables."""
        columns = ", ".join(self.columns)
        return (
            f"CREATE TABLE IF NOT EXISTS {self.name} (id INTEGER PRIMARY KEY, "
            f"identity INTEGER NOT NULL, photo TEXT NOT NULL, {columns}, checksum BLOB NOT NULL)",
            f"CREATE TABLE IF NOT EXISTS {self.name}_keys (identity INTEGER, first INTEGER, keys BLOB, "
            "PRIMARY KEY (identity, first)) WITHOUT ROWID",
        )


def append_rows(connection: sqlite3.Connection, table: Table, identity: Identity, rows: Mapping[str, Values]) -> None:
    """Append rows by photo in one transaction; of two rows of one photo the later counts."""
    key = identity.key
    with transaction(connection):
        connection.execute("INSERT OR IGNORE INTO identities (key, title) VALUES (?, ?)", (key, identity.title))
        number = _number_of(connection, key)
        of_row = [(number, photo, *values, checksum(key, photo, *values)) for photo, values in rows.items()]
        append_with_checksums(connection, table, of_row)


def append_with_checksums(connection: sqlite3.Connection, table: Table, rows: Sequence[tuple[object, ...]]) -> None:
    """Append rows of one identity, each its number, photo, values and checksum, inside a transaction."""
    if not rows:
        return
    last = connection.execute(f"SELECT ifnull(max(id), 0) FROM {table.name}").fetchone()[0]
    if not 0 <= last < 2**62:
        raise sqlite3.DatabaseError(f"a row of {table.name} has the number {last}")
    marks = ", ".join("?" * (len(rows[0]) + 1))
    numbered = ((last + position, *row) for position, row in enumerate(rows, 1))
    connection.executemany(f"INSERT INTO {table.name} VALUES ({marks})", numbered)
    keys = keys_of(str(row[1]) for row in rows)
    connection.execute(f"INSERT INTO {table.name}_keys VALUES (?, ?, ?)", (rows[0][0], last + 1, keys.tobytes()))


def find_rows(
    connection: sqlite3.Connection, table: Table, identity: Identity, photos: Iterable[str]
) -> Iterator[tuple[str, Values]]:
    """Yield (photo, values) of the photos that are stored, the last of one photo last.

    A row whose checksum does not match is left out, and deleted.
    """
    wanted, key = set(photos), identity.key
    keys, ids = _index(connection, table, _number_of(connection, key))
    sought = np.append(np.sort(keys_of(wanted)), np.uint64(0))  # one more, for keys that are larger than all
    found = ids[sought[np.searchsorted(sought[:-1], keys)] == keys].tolist()
    query = (
        f"SELECT id, photo, {table.names}, checksum FROM {table.name} "
        "WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id"
    )
    wrong: list[tuple[int]] = []
    for start in range(0, len(found), _READ_TOGETHER):
        some = json.dumps(found[start : start + _READ_TOGETHER])
        for number, photo, *values, stored in connection.execute(query, (some,)):
            if stored != checksum(key, photo, *values):
                wrong.append((number,))
            elif photo in wanted:  # and not another one with the same eight bytes
                yield photo, tuple(values)
    if wrong:
        with transaction(connection):
            connection.executemany(f"DELETE FROM {table.name} WHERE id = ?", wrong)


def count_photos(connection: sqlite3.Connection, table: Table) -> dict[str, int]:
    """Return how many photos are stored, by the titles of identities, sorted."""
    counts: dict[str, int] = {}
    for number, title in connection.execute("SELECT id, title FROM identities ORDER BY title").fetchall():
        keys = np.unique(_index(connection, table, number)[0])
        if photos := np.count_nonzero(keys):  # zeros stand for photos that were forgotten
            counts[title] = counts.get(title, 0) + int(photos)
    return counts


def count_rows(connection: sqlite3.Connection, table: Table) -> tuple[int, int]:
    """Return how many rows there are, and how many of them have a checksum that does not match."""
    query = f"SELECT key, photo, {table.names}, checksum FROM {table.name} JOIN identities ON identity = identities.id"
    return count_wrong(connection.execute(query))


def count_wrong(rows: Iterable[tuple[bytes | str | None, ...]]) -> tuple[int, int]:
    """Return how many of some rows there are, each with its checksum last, and how many checksums do not match."""
    count = wrong = 0
    for *values, stored in rows:
        count += 1
        wrong += stored != checksum(*values)
    return count, wrong


def _number_of(connection: sqlite3.Connection, key: str) -> int:
    """Return the number that rows have in place of an identity's key; -1 where there are none."""
    row = connection.execute("SELECT id FROM identities WHERE key = ?", (key,)).fetchone()
    if row and not isinstance(row[0], int):
        raise sqlite3.DatabaseError("an identity has no number")
    return row[0] if row else -1


def _index(connection: sqlite3.Connection, table: Table, identity: int) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Return the keys (n,) and the numbers (n,) of an identity's rows, in the order they came."""
    query = (
        f"SELECT first, keys FROM {table.name}_keys "
        "WHERE identity = ? AND typeof(first) = 'integer' AND typeof(keys) = 'blob' ORDER BY first"
    )
    firsts, lists = [], []
    for first, keys in connection.execute(query, (identity,)):
        firsts.append(first)
        lists.append(keys[: len(keys) // 8 * 8])
    counts = [len(keys) // 8 for keys in lists]
    offsets = np.arange(sum(counts)) - np.repeat(np.cumsum([0, *counts])[:-1], counts)
    return np.frombuffer(b"".join(lists), "<u8"), np.repeat(np.array(firsts, np.int64), counts) + offsets


def keys_of(photos: Iterable[str]) -> NDArray[np.uint64]:
    """Return eight bytes for each photo, by which lists name it."""
    digests = (hashlib.blake2b(photo.encode(), digest_size=8).digest() for photo in photos)
    return np.frombuffer(b"".join(digests), "<u8")


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


def checksum(*values: bytes | str | None) -> bytes:
    """Return eight bytes that no other values have."""
    contents = [value if isinstance(value, bytes) else _text(value) for value in values]
    return hashlib.blake2b(b"".join([b"%d %b" % (len(each), each) for each in contents]), digest_size=8).digest()


def _text(value: str | None) -> bytes:
    return b"None" if value is None else repr(value).encode()
