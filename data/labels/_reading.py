"""A table of labels, as a program wrote it or a spreadsheet saved it again."""

from __future__ import annotations

import re
from pathlib import Path

from ...errors import FacebenchError
from ...text import plain_text
from .._problems import Problem, refuse
from .._tables import read_table
from ..decoding import Box
from ._draw import Draw
from ._label import COLUMNS, OPTIONAL, STATES, Label, Labels

_BOX = re.compile(r"(-?\d{1,6}) +(-?\d{1,6}) +(-?\d{1,6}) +(-?\d{1,6})", re.ASCII)
_NEEDED = set(COLUMNS) - OPTIONAL
_TABLE = "a table of labels has the columns path, person, box, state"  # and drawn, which nobody writes by hand


def read_labels(file: str | Path) -> Labels:
    """Return the labels of a CSV: UTF-8, with a byte order mark or without, its cells parted by commas or semicolons.

    Columns may stand in any order, and those of boxes and draws may be missing. An apostrophe at the beginning of a
    path, a person or a box is taken off: with it a spreadsheet takes them for text. Empty rows are passed over. Whether
    the photos are there is not looked at.

    Raises:
        FacebenchError: it cannot be read, is empty or has other columns; or rows are of another length, lack a path,
            or have an unknown state, or what is no box or no draw: the first of these, with their lines.
    """
    path = Path(file)
    rows = read_table(path, "--labels", "labels")
    _, header = next(rows, (1, []))
    columns = [cell.strip().lower() for cell in header]
    if not header:
        raise FacebenchError(f"{path} is empty: {_TABLE}.")
    if len(set(columns)) < len(columns) or not _NEEDED <= set(columns) <= set(COLUMNS):
        raise FacebenchError(f"{path} has the columns {', '.join(columns)}: {_TABLE}.")
    labels, lines = [], []
    problems: list[Problem] = []
    for line, row in rows:
        try:
            labels.append(_label(columns, row))
            lines.append(line)
        except ValueError as error:
            problems.append((line, str(error)))
    refuse(path, problems)
    return Labels(path.expanduser(), tuple(labels), tuple(lines))


def _label(columns: list[str], row: list[str]) -> Label:
    """Return the label of a row.

    Raises:
        ValueError: it is none; with what to do.
    """
    if len(row) != len(columns):
        raise ValueError(f"{len(row)} cells, and {len(columns)} columns: put a cell that holds a separator into quotes")
    cells = dict(zip(columns, row, strict=True))
    if not (path := plain_text(cells["path"])):
        raise ValueError("no path of a photo: add it, or delete the row")
    state = next((known for known in STATES if known == cells["state"].strip().lower()), None)
    if state is None:
        known = f"{', '.join(STATES[:-1])} or {STATES[-1]}"
        raise ValueError(f"the state '{cells['state']}' is not known: write {known}")
    box, drawn = (plain_text(cells.get(column, "")).strip() for column in ("box", "drawn"))
    return Label(path, plain_text(cells["person"]), _box(box), state, Draw.parse(drawn) if drawn else None)


def _box(text: str) -> Box | None:
    if not text:
        return None
    found = _BOX.fullmatch(text)
    left, top, right, bottom = map(int, found.groups()) if found else (0, 0, 0, 0)
    if left >= right or top >= bottom:
        raise ValueError(f"'{text}' is no box: write left top right bottom in pixels, such as 120 80 260 250")
    return left, top, right, bottom
