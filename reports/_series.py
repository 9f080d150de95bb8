"""Pairings as lines: what each is called, and the hue and dash by which it is known in every chart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..benchmarks.charts import DASHES, HUES, looks_of
from ..benchmarks.comparison import Row


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
    return Series("", label, f"hue{number % HUES} dash{(number + 1) % DASHES}")


def series_of(rows: Sequence[Row]) -> dict[Series, Row]:
    """Return the pairings among rows, in their order, and the row of each; the majority is none."""
    return {
        Series(str(number), look.label, f"hue{look.hue} dash{look.dash}"): look.row
        for number, look in enumerate(looks_of(rows))
    }
