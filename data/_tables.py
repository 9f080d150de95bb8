"""Tables that people write: CSV as a program wrote it, or a spreadsheet saved it again."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from ..errors import FacebenchError


def read_table(file: Path, option: str, what: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of a table that are not empty, each with the line that it begins in; the header is the first.

    The text is UTF-8, with a byte order mark or without, its cells parted by commas or semicolons.

    Args:
        file: the table.
        option: that named it.
        what: it is.

    Raises:
        FacebenchError: it cannot be read, or is no CSV.
    """
    return _rows(file, _text(file, option, what))


def _text(file: Path, option: str, what: str) -> str:
    try:
        return file.expanduser().read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FacebenchError(f"{file} is not text in UTF-8 ({error}): save it as CSV in UTF-8.") from error
    except (OSError, RuntimeError, ValueError) as error:  # "~name" of an unknown user; a zero byte
        why = getattr(error, "strerror", None) or error
        raise FacebenchError(f"{option} {file} cannot be read ({why}): give a CSV of {what}.") from error


def _rows(file: Path, text: str) -> Iterator[tuple[int, list[str]]]:
    header = next(io.StringIO(text.lstrip(), newline=""), "")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";" if ";" in header else ",", strict=True)
    line = 1
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                yield line, row
            line = reader.line_num + 1
    except csv.Error as error:
        raise FacebenchError(f"{file}, line {line}: this is no row of a CSV ({error}): correct it.") from error
