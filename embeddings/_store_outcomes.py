"""Outcomes as the store has them: a vector and its box, or a reason."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from ..data import FAULTS
from ._extractor import Box, Embedding, Failure, Outcome, box_text
from ._store_rows import Identity, Table, Values, append_rows, find_rows

EMBEDDINGS = Table("embeddings", ("vector BLOB", "box TEXT", "reason TEXT", "detail TEXT"))


def select_outcomes(
    connection: sqlite3.Connection, identity: Identity, photos: Sequence[str]
) -> Iterator[tuple[str, Outcome]]:
    """Yield (sha256, outcome) of the photos that are stored; a row whose checksum does not match is left out."""
    for photo, values in find_rows(connection, EMBEDDINGS, identity, photos):
        yield photo, _outcome(*values)


def insert_outcomes(
    connection: sqlite3.Connection, identity: Identity, outcomes: Iterable[tuple[str, Outcome]]
) -> None:
    """Store outcomes by the sha256 of their photos in one transaction; undecodable photos are left out."""
    rows = {photo: _values(outcome) for photo, outcome in outcomes if _worth_storing(photo, outcome)}
    append_rows(connection, EMBEDDINGS, identity, rows)


def _worth_storing(photo: str, outcome: Outcome) -> bool:
    return bool(photo) and not (isinstance(outcome, Failure) and outcome.reason in FAULTS)


def _values(outcome: Outcome) -> Values:
    if isinstance(outcome, Failure):
        detail = outcome.detail.encode(errors="backslashreplace").decode()  # may hold a path that is not UTF-8
        return (None, None, outcome.reason, detail)
    return (outcome.vector.astype("<f4").tobytes(), box_text(outcome.box) or None, None, None)


def _outcome(vector: bytes | None, box: str | None, reason: str | None, detail: str | None) -> Outcome:
    if vector is None:
        return Failure(reason or "", detail or "")
    left_top_right_bottom: Box | None = tuple(map(int, box.split())) if box else None  # type: ignore[assignment]
    return Embedding(np.frombuffer(vector, "<f4").astype(np.float32), left_top_right_bottom)
