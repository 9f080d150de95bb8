"""Paths that are shortened to a column, in cells of a terminal: some characters take two, some none."""

from __future__ import annotations

from pathlib import PurePath

from rich.cells import cell_len, chop_cells

_MARK = "…"


def shortened(path: str, width: int) -> str:
    """Return a path with "…" in the place of its middle if it is wider than a column; its file name stays whole.

    A third of what is left is the path's beginning, the rest its end, which tells one photo from the next. A name that
    is wider than the column loses its own middle.

    Args:
        path: that a terminal shows as it is (`printable`).
        width: of the column in cells, 3 or more.

    >>> shortened("/home/ann/Pictures/2019/Summer holiday/beach/IMG_0001.JPG", 40)
    '/home/ann/Pic…holiday/beach/IMG_0001.JPG'
    >>> shortened("Pictures/Screenshot of a conversation.png", 20)
    'Screens…ersation.png'
    """
    if cell_len(path) <= width:
        return path
    room = width - cell_len(_MARK)
    name = PurePath(path).name
    if cell_len(name) > width:
        return _without_middle(name, room, room * 2 // 3)
    if cell_len(name) >= room:
        return name
    return _without_middle(path, room, max(room * 2 // 3, cell_len(name) + 1))


def _without_middle(text: str, room: int, end: int) -> str:
    """Return the beginning and the end of a text that fit into some cells, `end` of which are for the end."""
    return f"{_first(text, room - end)}{_MARK}{_first(text[::-1], end)[::-1]}"


def _first(text: str, cells: int) -> str:
    return chop_cells(text, cells)[0] if cells else ""
