"""Pairings as lines: what each is called, and the hue and dash by which it is known in every chart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ..benchmarks.comparison import Row

#: How many of each the style sheet has.
_HUES, _DASHES = 7, 6


@dataclass(frozen=True)
class Series:
    """A pairing.

    Attributes:
        key: its number in the comparison, by which the page finds its lines; "" where it has none.
        label: its name, with the run where two rows have the same one.
        css: classes: the hue is the extractor's, the dash is the head's.
        swatch: the path by which a legend shows it, 36 by 10 units.
    """

    key: str
    label: str
    css: str
    swatch: str = "M1 5H35"

    @property
    def mark(self) -> dict[str, str]:
        """The attribute by which the page finds its lines."""
        return {"data-series": self.key}


def another_series(label: str, number: int) -> Series:
    """Return a pairing that is in no row, the `number`th of them."""
    return Series("", label, f"hue{number % _HUES} dash{(number + 1) % _DASHES}")


def label_of(row: Row) -> str:
    """Return a row's name; an audit's says so."""
    return f"audit: {row.title}" if row.pairing.audit else row.title


def series_of(rows: Sequence[Row]) -> dict[Series, Row]:
    """Return the pairings among rows, in their order, and the row of each; the majority is none."""
    pairings = [row for row in rows if not row.is_majority and row.pairing.targets]
    # In order of names: another ranking leaves the colours as they are.
    hues = sorted({(row.pairing.audit, row.pairing.extractor) for row in pairings})
    dashes = sorted({row.pairing.head for row in pairings})
    names = Counter(map(label_of, pairings))
    return {
        Series(
            str(number),
            label_of(row) + (f" (run {row.run})" if names[label_of(row)] > 1 else ""),
            f"hue{hues.index((row.pairing.audit, row.pairing.extractor)) % _HUES} "
            f"dash{dashes.index(row.pairing.head) % _DASHES}",
        ): row
        for number, row in enumerate(pairings)
    }
