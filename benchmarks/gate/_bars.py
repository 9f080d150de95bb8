"""What a column has to reach, as it is written on the command line."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import Literal

from ...errors import FacebenchError
from ..comparison import COLUMNS, Cell, Row, cell_of, check_columns

Edge = Literal["", "low", "high"]
_OPTIONS = {"highest": "--fail-under", "lowest": "--fail-over"}


@dataclass(frozen=True)
class Bar:
    """The least, or the most, that a column may show.

    Attributes:
        column: one of `COLUMNS`.
        edge: "" for the value itself, "low" or "high" for its 95 % limit.
        value: in the column's unit: per cent, or what else it shows.
        text: as it was written.
    """

    column: str
    edge: Edge
    value: float
    text: str

    @property
    def is_least(self) -> bool:
        """Whether it is the least, as higher values are better."""
        return COLUMNS[self.column].best == "highest"

    def value_in(self, row: Row) -> float | None:
        """Return what a row has in the column, in its unit; None where it has nothing there."""
        cell: Cell = cell_of(row, self.column)
        found = {"": cell.value, "low": cell.low, "high": cell.high}[self.edge]
        return None if found is None else COLUMNS[self.column].scale * found

    def passes(self, value: float) -> bool:
        """Return whether a value reaches the least, or stays within the most."""
        return value >= self.value if self.is_least else value <= self.value


def read_bar(text: str, option: str) -> Bar:
    """Return the bar that "balanced=95" sets; "balanced_low=90" sets it for the lower 95 % limit.

    Args:
        text: a column of `COLUMNS`, as in CSV, and a number in the unit that the table shows.
        option: that gave it: --fail-under where higher values are better, --fail-over where lower ones are.

    Raises:
        FacebenchError: malformed, an unknown column, or one of the other option.

    >>> read_bar("balanced_low=90", "--fail-under")
    Bar(column='balanced', edge='low', value=90.0, text='balanced_low=90')
    """
    name, _, number = text.partition("=")
    column, edge = _column_of(name.strip())
    check_columns([column])
    try:
        value = float(number)
    except ValueError:
        value = float("nan")
    if not isfinite(value):
        raise FacebenchError(f"{option} {text!r} is not of the form COLUMN=NUMBER, such as balanced=95.")
    best = COLUMNS[column].best
    if column in ("rank", "front") or not best:
        raise FacebenchError(f"{option} {text!r}: {column} is no figure that could be good enough or not.")
    if _OPTIONS[best] != option:
        what = "lower" if best == "lowest" else "higher"
        raise FacebenchError(f"{option} {text!r}: {what} values of {column} are better: {_OPTIONS[best]} {text}.")
    return Bar(column, edge, value, text)


def _column_of(name: str) -> tuple[str, Edge]:
    if name.endswith("_low"):
        return name.removesuffix("_low"), "low"
    if name.endswith("_high"):
        return name.removesuffix("_high"), "high"
    return name, ""
