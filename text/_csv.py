"""CSV that people open in spreadsheets: no cell becomes a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from ..errors import printable

#: A cell that begins so is a formula to a spreadsheet; the apostrophe itself is added so that it can be taken off.
_FORMULA = frozenset("=+-@\t\r'")


def spreadsheet_safe(text: str) -> str:
    """Return text that no spreadsheet takes for a formula: an apostrophe before it where it would.

    >>> spreadsheet_safe("=1+1.jpg"), spreadsheet_safe("me.jpg")
    ("'=1+1.jpg", 'me.jpg')
    """
    return f"'{text}" if text[:1] in _FORMULA else text


def plain_text(cell: str) -> str:
    """Return the text that `spreadsheet_safe` made a cell of."""
    return cell[1:] if cell.startswith("'") else cell


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a header and rows as CSV, without a line end after the last; text is made printable and safe.

    >>> print(csv_text(["photo", "score"], [["=1+1.jpg", -0.5]]))
    photo,score
    '=1+1.jpg,-0.5
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([spreadsheet_safe(printable(cell)) if isinstance(cell, str) else cell for cell in row])
    return stream.getvalue().rstrip("\n")
