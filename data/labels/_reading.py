"""A table of labels, as a program wrote it or a spreadsheet saved it again."""

from __future__ import annotations

import re
from difflib import get_close_matches
from pathlib import Path

from ...errors import FacebenchError, printable
from ...text import plain_text
from .._problems import Problem, refuse
from .._tables import read_table
from ..decoding import Box
from ._draw import Draw
from ._label import COLUMNS, OPTIONAL, STATES, Label, Labels

_BOX = re.compile(r"(-?\d{1,6}) +(-?\d{1,6}) +(-?\d{1,6}) +(-?\d{1,6})", re.ASCII)
_NEEDED = set(COLUMNS) - OPTIONAL
#: A name as like as this to that of a column is a slip of the pen, and no column of one's own.
_NEARLY = 0.75
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
    labels = read_with_own_columns(file)
    if labels.own:  # whoever writes the labels again would lose them
        raise FacebenchError(
            f"{file} has columns besides, {printable(', '.join(labels.own))}: {_TABLE}. Delete them here, and keep "
            "your own in a table for bench run --slices."
        )
    return labels


def read_with_own_columns(file: str | Path) -> Labels:
    """Return the labels of a CSV that may have columns of one's own besides.

    Raises:
        FacebenchError: as `read_labels`; a column has no name, or nearly one that is known.
    """
    path = Path(file)
    rows = read_table(path, "--labels", "labels")
    _, header = next(rows, (1, []))
    columns = [cell.lower() if cell.lower() in COLUMNS else cell for cell in map(str.strip, header)]
    own = [column for column in columns if column not in COLUMNS]
    if not header:
        raise FacebenchError(f"{path} is empty: {_TABLE}.")
    if len(set(columns)) < len(columns) or not set(columns) >= _NEEDED or not all(columns):
        raise FacebenchError(f"{path} has the columns {printable(', '.join(columns))}: {_TABLE}.")
    for column in own:
        if meant := get_close_matches(column.lower(), COLUMNS, 1, _NEARLY):
            raise FacebenchError(f"{path} has a column {printable(column)}: did you mean {meant[0]}? {_TABLE}.")
    labels, lines, besides = [], [], []
    problems: list[Problem] = []
    for line, row in rows:
        try:
            labels.append(_label(columns, row))
            lines.append(line)
            besides.append([plain_text(row[columns.index(column)].strip()) for column in own])
        except ValueError as error:
            problems.append((line, str(error)))
    refuse(path, problems)
    values = zip(*besides, strict=True) if besides else [()] * len(own)
    return Labels(
        path.expanduser(),
        tuple(labels),
        tuple(lines),
        dict(zip(map(plain_text, own), map(tuple, values), strict=True)),
    )


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
