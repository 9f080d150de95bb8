"""One table for every reader: Markdown for pipes; for a terminal as many columns side by side as it has room for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rich.console import Group as Stack
from rich.console import RenderableType
from rich.table import Column, Table
from rich.text import Text

from ..errors import printable
from ._fitting import broken, least_width, side_by_side, widest
from ._markdown import escaped, markdown_table
from ._terminal import GAP, terminal_table


@dataclass(frozen=True)
class Grid:
    """A table.

    Attributes:
        titles: of the columns; one that is to break in certain places has its lines.
        rows: cells, plain text; for a terminal also `Text`, with lines and a style of its own.
        left: columns of names, the first ones; the others hold numbers.
    """

    titles: Sequence[str]
    rows: Sequence[Sequence[str | Text]]
    left: int = 1


def as_markdown(parts: Sequence[str | Grid]) -> str:
    """Return paragraphs and tables as Markdown.

    >>> print(as_markdown(["Photos:", Grid(["head", "AUC"], [["svm", "0.98"]])]))
    Photos:
    <BLANKLINE>
    | head | AUC |
    | --- | --: |
    | svm | 0.98 |
    """
    return "\n\n".join(_markdown(part) if isinstance(part, Grid) else escaped(part) for part in parts)


def laid_out(parts: Sequence[str | Grid], style: Literal["table", "md"], width: int) -> str | Stack:
    """Return paragraphs and tables as Markdown, or for "table" for a terminal of a width."""
    return as_markdown(parts) if style == "md" else as_terminal(parts, width)


def as_terminal(parts: Sequence[str | Grid], width: int) -> Stack:
    """Return paragraphs and tables for a terminal of a width: no name and no number breaks."""
    shown: list[RenderableType] = []
    for part in parts:
        for block in tables_of(part, width) if isinstance(part, Grid) else [Text(printable(part))]:
            shown += [Text(), block]
    return Stack(*shown)


def tables_of(grid: Grid, width: int) -> list[Table]:
    """Return a table for a terminal; where it is too wide, several with the same names."""
    columns = [[row[number] for row in grid.rows] for number in range(len(grid.titles))]
    named = [[title, *map(str, cells)] for title, cells in zip(grid.titles, columns, strict=True)][: grid.left]
    figures = [figure_width(title, cells) for title, cells in zip(grid.titles, columns, strict=True)][grid.left :]
    names = name_widths(named, width - sum(figures))
    if sum(names) + sum(figures) > width:
        names = name_widths(named, max(width // 2, width - sum(figures)))
    parts = side_by_side(figures, width - sum(names))
    return [_table(grid, names, figures, part) for part in parts]


def name_widths(names: Sequence[Sequence[str]], room: int) -> list[int]:
    """Return the widths of columns of names with their gaps: less than the names need where a room asks for it."""
    widths = [widest(column) + GAP for column in names]
    for number, column in enumerate(names):
        over = max(0, sum(widths) - room)
        widths[number] = max(max(map(least_width, column)) + GAP, widths[number] - over)
    return widths


def figure_width(title: str, cells: Sequence[str | Text]) -> int:
    """Return the width of a column of numbers with its gap; its title breaks where it is to, or else at its spaces."""
    lines = [line for cell in cells for line in str(cell).split("\n")]
    return widest([*(title.split("\n") if "\n" in title else title.split()), *lines]) + GAP


def _table(grid: Grid, names: list[int], figures: list[int], part: range) -> Table:
    widths = dict(enumerate(names)) | {grid.left + number: figures[number] for number in part}
    columns = [
        Column(grid.titles[place], justify="left" if place < grid.left else "right", width=width - GAP, overflow="fold")
        for place, width in widths.items()
    ]
    rows = [
        [_name(row[place], width) if place < grid.left else row[place] for place, width in widths.items()]
        for row in grid.rows
    ]
    return terminal_table(columns, rows)


def _name(cell: str | Text, width: int) -> Text:
    return cell if isinstance(cell, Text) else Text(broken(printable(cell), width - GAP))


def _markdown(grid: Grid) -> str:
    titles = [title.replace("\n", " ") for title in grid.titles]
    return markdown_table(titles, [[str(cell) for cell in row] for row in grid.rows], left=grid.left)
