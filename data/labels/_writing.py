"""Labels to a table that a spreadsheet opens and saves again without loss."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from pathlib import Path

from ...files import write_private
from ...text import spreadsheet_safe
from .._names import spelled_out
from ..decoding import box_text
from ._label import COLUMNS, Label

#: What a spreadsheet takes for a number, a date or a time, and writes otherwise when it saves: 007 as 7.
_NUMBER = re.compile(r"[\d.,][\d.,:/eE+-]*|\d{1,3}(?: \d{3})+")


def write_labels(file: Path, labels: Iterable[Label], option: str = "--labels") -> None:
    """Write labels as a CSV with mode 0600, in the place of what was there; a reader sees the old or the new one.

    `read_labels` gives the same labels back, whatever the letters of their paths and people; bytes of a name that are
    not UTF-8 are spelled out, and the photo is found all the same. The column of draws is left out where
    there are none.

    Args:
        file: to be written.
        labels: in the order of the rows.
        option: that named the file, for the message.

    Raises:
        FacebenchError: it cannot be written.
    """
    stream = io.StringIO()
    writer = csv.writer(stream)  # ends lines as spreadsheets do, and so puts a return in a name into quotes
    rows = list(labels)
    drawn = any(label.draw for label in rows)
    writer.writerow(COLUMNS if drawn else COLUMNS[:-1])
    for label in rows:
        cells = [*map(_cell, (label.path, label.person, box_text(label.box))), label.state]
        writer.writerow([*cells, _cell(str(label.draw or ""))] if drawn else cells)
    write_private(file, stream.getvalue().encode(), option)


def _cell(text: str) -> str:
    """Return a cell of which `plain_text` makes the text again."""
    safe = spreadsheet_safe(spelled_out(text))
    return f"'{safe}" if _NUMBER.fullmatch(safe) else safe
