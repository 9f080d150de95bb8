"""A store as facebench wrote it first, with rows in the order of their keys: its rows are taken over."""

from __future__ import annotations

import sqlite3

from ._outcomes import EMBEDDINGS
from ._rows import append_with_checksums, count_wrong

#: Rows that are taken over in one go.
_TOGETHER = 1000


def take_over(connection: sqlite3.Connection) -> None:
    """Move all rows to the tables of today, inside a transaction.

    The old table stays, empty: a run of an older facebench that has the file open would take it for damaged without.
    """
    connection.execute("INSERT OR IGNORE INTO identities (key, title) SELECT identity, title FROM extractors")
    for key, number in connection.execute("SELECT key, id FROM identities").fetchall():
        rows = connection.execute(
            "SELECT ?, photo, vector, box, reason, detail, checksum FROM outcomes WHERE identity = ? ORDER BY photo",
            (number, key),
        )
        while some := rows.fetchmany(_TOGETHER):
            append_with_checksums(connection, EMBEDDINGS, some)
    connection.execute("DELETE FROM outcomes")


def count_old_rows(connection: sqlite3.Connection) -> tuple[int, int]:
    """Return how many rows there are, and how many of them have a checksum that does not match."""
    query = "SELECT identity, photo, vector, box, reason, detail, checksum FROM outcomes"
    return count_wrong(connection.execute(query))
