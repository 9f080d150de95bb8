"""A terminal's tables, and the one way to print what may be such a table or text for a pipe."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import Literal

from rich.console import Console, RenderableType
from rich.table import Column, Table
from rich.text import Text

from ..errors import printable

#: How a result is shown: as something that rich prints on a terminal, or as text for pipes.
Format = Literal["table", "md", "csv", "json"]
#: The same of what is no list of records.
TextFormat = Literal["table", "md", "json"]
#: More cells than any table has: for a pipe, which has no width.
UNBOUNDED = 1_000_000

#: Characters between the columns of a terminal's table.
GAP = 2


def terminal_table(columns: Sequence[Column], rows: Iterable[Sequence[str | Text]]) -> Table:
    """Return a table without lines; its cells show as they are.

    Args:
        columns: their titles and how they give way; without any title there is no line of titles.
        rows: cells, plain text, or `Text` where a cell has a style of its own.
    """
    titled = any(column.header for column in columns)
    table = Table(*columns, box=None, padding=(0, GAP, 0, 0), header_style="bold", show_header=titled)
    for row in rows:
        table.add_row(*(cell if isinstance(cell, Text) else Text(printable(cell)) for cell in row))
    return table


def present(shown: str | RenderableType, width: int | None = None) -> None:
    """Print text as it is, anything else by rich, on standard output.

    Args:
        shown: text, or what rich prints.
        width: in cells; None: that of the terminal.
    """
    if isinstance(shown, str):
        print(shown)
    else:
        Console(width=width).print(shown)


def terminal_width() -> int | None:
    """Return the width in cells of the terminal that standard output is; None where it is none, a pipe, say."""
    return Console().width if sys.stdout.isatty() else None
