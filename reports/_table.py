"""The comparison table as the page shows it: each cell with its value, its uncertainty, and what it is sorted by."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ..benchmarks.charts import label_of
from ..benchmarks.comparison import COLUMNS, MAIN_COLUMNS, Cell, Row, best_value, cell_of

#: Length of the scale on which intervals are drawn, in units.
WIDTH = 110


@dataclass(frozen=True)
class Figure:
    """One cell: its text, what stands below it in small print, the value it is sorted by, whether it is best."""

    text: str
    small: str
    value: str
    best: bool


@dataclass(frozen=True)
class Whisker:
    """An interval on a scale of `WIDTH` units, as much of it as is there: its mean and its ends."""

    at: float
    low: float
    high: float


@dataclass(frozen=True)
class TableRow:
    """One row: its names, the drawn interval where it has one, and its cells."""

    name: str
    competes: bool
    whisker: Whisker | None
    cells: list[Figure]


@dataclass(frozen=True)
class Table:
    """The table.

    Attributes:
        titles: of the columns after the first, with the order in which a column is best read: "descending" or
            "ascending".
        rows: best first.
        scale: the ends of the scale of intervals, as text; None where there are no intervals.
    """

    titles: list[tuple[str, str]]
    rows: list[TableRow]
    scale: tuple[str, str] | None


def table_of(rows: Sequence[Row]) -> Table:
    """Return the table of a group's rows."""
    rows = list(rows)
    best = {name: best_value(rows, name) for name in MAIN_COLUMNS if name != "rank"}  # a rank says it itself
    scale = _scale(rows)
    return Table(
        [
            (COLUMNS[name].title, "descending" if COLUMNS[name].best == "highest" else "ascending")
            for name in MAIN_COLUMNS
        ],
        [
            TableRow(
                label_of(row),
                row.competes,
                _whisker(row, scale),
                [
                    _figure(cell_of(row, name), row.competes and cell_of(row, name).value == best.get(name))
                    for name in MAIN_COLUMNS
                ],
            )
            for row in rows
        ],
        (f"{100 * scale[0]:.0f}", f"{100 * scale[1]:.0f}") if scale else None,
    )


def _figure(cell: Cell, is_best: bool) -> Figure:
    text, bracket, rest = cell.text.partition(" (")
    small = f"({rest}" if bracket else ""
    value = "" if cell.value is None else repr(cell.value)
    return Figure(text, small, value, is_best and cell.value is not None)


def _scale(rows: list[Row]) -> tuple[float, float] | None:
    """Return the ends of the scale: whole steps of 5 points around the intervals of all rows that compete."""
    cells = [cell_of(row, "balanced") for row in rows if row.competes]
    lows = [cell.low for cell in cells if cell.low is not None]
    highs = [cell.high for cell in cells if cell.high is not None]
    if not lows or not highs:
        return None
    low, high = math.floor(min(lows) * 20) / 20, math.ceil(max(highs) * 20) / 20
    return (low, high) if low < high else None


def _whisker(row: Row, scale: tuple[float, float] | None) -> Whisker | None:
    cell = cell_of(row, "balanced")
    if scale is None or cell.value is None or cell.low is None or cell.high is None or cell.value < scale[0]:
        return None
    low, high = scale

    def place(value: float) -> float:
        return round((max(value, low) - low) / (high - low) * WIDTH, 1)

    return Whisker(place(cell.value), place(cell.low), place(cell.high))
