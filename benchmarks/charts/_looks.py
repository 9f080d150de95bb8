"""How pairings look in every chart: what each is called, and the hue and dash by which it is known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ..comparison import Row

#: How many of each there are.
HUES, DASHES = 7, 6


@dataclass(frozen=True)
class Look:
    """How a pairing looks.

    Attributes:
        row: of the pairing.
        label: its name, with the run where two rows have the same one.
        hue: number of its extractor's colour, below `HUES`.
        dash: number of its head's way to dash a line, below `DASHES`; 0: solid.
    """

    row: Row
    label: str
    hue: int
    dash: int


def label_of(row: Row) -> str:
    """Return a row's name; an audit's says so."""
    return f"audit: {row.title}" if row.pairing.audit else row.title


def looks_of(rows: Sequence[Row]) -> list[Look]:
    """Return how the pairings among rows look, in their order; the majority is none, nor is one without a test."""
    pairings = [row for row in rows if not row.is_majority and row.pairing.targets]
    # In order of names: another ranking leaves the colours as they are.
    hues = sorted({(row.pairing.audit, row.pairing.extractor) for row in pairings})
    dashes = sorted({row.pairing.head for row in pairings})
    names = Counter(map(label_of, pairings))
    return [
        Look(
            row,
            label_of(row) + (f" (run {row.run})" if names[label_of(row)] > 1 else ""),
            hues.index((row.pairing.audit, row.pairing.extractor)) % HUES,
            dashes.index(row.pairing.head) % DASHES,
        )
        for row in pairings
    ]
