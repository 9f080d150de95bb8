"""Outcomes as the store has them: a vector and its box, or a reason."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

import numpy as np

from ...data import FAULTS
from .._extractor import Identity
from .._outcome import Box, Embedding, Failure, Outcome, box_text
from ._rows import Table, Values, append_rows, find_rows

#: Outcomes that are read in one go.
_READ_TOGETHER = 1000
EMBEDDINGS = Table("embeddings", ("vector BLOB", "box TEXT", "reason TEXT", "detail TEXT"))


def select_outcomes(
    connection: sqlite3.Connection, identity: Identity, photos: Sequence[str]
) -> Iterator[tuple[str, Outcome]]:
    """Yield (sha256, outcome) of the photos that are stored; a row whose checksum does not match is left out."""
    rows = find_rows(connection, EMBEDDINGS, identity, photos)
    while some := list(islice(rows, _READ_TOGETHER)):
        # Vectors that are read together stand together in memory: thousands of small arrays would leave holes.
        numbers = np.frombuffer(b"".join(values[0] or b"" for _, values in some), "<f4").astype(np.float32)
        start = 0
        for photo, (vector, box, reason, detail) in some:
            if vector is None:
                yield photo, Failure(reason or "", detail or "")
            else:
                end = start + len(vector) // 4
                yield photo, Embedding(numbers[start:end], _box(box))
                start = end


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


def _box(text: str | None) -> Box | None:
    left_top_right_bottom: Box | None = tuple(map(int, text.split())) if text else None  # type: ignore[assignment]
    return left_top_right_bottom
