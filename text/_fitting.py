"""How a table fits a terminal: names break only where one reads on easily, and columns that do not fit follow below."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from rich.cells import cell_len

#: Of a call string or of words: up to an opening bracket or a space.
_PIECE = re.compile(r"[^(\s]*(?:\(|\s+|$)")


def widest(texts: Iterable[str]) -> int:
    """Return the cells that the widest of some texts takes; 0 where there is none."""
    return max(map(cell_len, texts), default=0)


def least_width(name: str) -> int:
    """Return the cells that a name takes at least, broken wherever it may.

    >>> least_width("mlp(hidden=(64, 128), batch_norm=True)")
    16
    """
    return widest(piece.rstrip() for piece in _pieces(name))


def broken(name: str, width: int) -> str:
    """Return a name in lines of at most so many cells; a piece that is wider by itself stays whole.

    >>> print(broken("face_recognition(detector='yunet')", 20))
    face_recognition(
    detector='yunet')
    """
    lines = [""]
    for piece in _pieces(name):
        if lines[-1] and cell_len((lines[-1] + piece).rstrip()) > width:
            lines.append("")
        lines[-1] += piece
    return "\n".join(line.rstrip() for line in lines)


def side_by_side(widths: Sequence[int], room: int) -> list[range]:
    """Return which columns stand side by side in a room, and which in the next table below; at least one in each.

    >>> side_by_side([10, 10, 5], 20)
    [range(0, 2), range(2, 3)]
    """
    tables, start, used = [], 0, 0
    for column, width in enumerate(widths):
        if column > start and used + width > room:
            tables.append(range(start, column))
            start, used = column, 0
        used += width
    return [*tables, range(start, len(widths))]


def _pieces(name: str) -> list[str]:
    return [piece for piece in _PIECE.findall(name) if piece] or [""]
