"""predictions.csv: a row per test photo and pairing, written for spreadsheets and read back."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from types import GenericAlias
from typing import Any

from pydantic import TypeAdapter

from ...errors import FacebenchError
from ...text import plain_text, spreadsheet_safe
from ._line import Prediction
from ._rows import COLUMNS, Predictions

PREDICTIONS = "predictions.csv"
#: Rows that are checked together.
_TOGETHER = 1000


def read_predictions(path: Path) -> Predictions:
    """Read the rows of a run's predictions.csv; columns that a newer facebench has added are passed over.

    Raises:
        FacebenchError: not readable or damaged.
    """
    file = path / PREDICTIONS
    try:
        with file.open(encoding="utf-8", newline="") as stream:
            return _read(stream)
    except (OSError, ValueError, csv.Error) as error:  # ValueError: also of pydantic, and of bytes that are no text
        raise FacebenchError(f"{file} cannot be read or is damaged: delete the folder {path}.") from error


def _read(stream: Iterable[str]) -> Predictions:
    lines = csv.reader(stream, strict=True)
    header = next(lines, [])
    if [name for name in header if name in COLUMNS] != list(COLUMNS):
        raise ValueError("other columns")
    checks: dict[str, TypeAdapter[list[Any]]] = {
        name: TypeAdapter(GenericAlias(list, (field.annotation,)))  # type: ignore[arg-type]
        for name, field in Prediction.model_fields.items()
    }
    columns: dict[str, list[Any]] = {name: [] for name in COLUMNS}
    texts = _Texts()
    while some := list(islice(lines, _TOGETHER)):
        for name, cells in zip(header, zip(*some, strict=True), strict=True):  # rows of another length: ValueError
            if name in columns:
                of_all = cells.count(cells[0]) == len(cells)  # most columns hold the same for hundreds of rows
                values = _values(name, cells[:1] if of_all else cells, texts)
                columns[name] += checks[name].validate_python(values) * (len(cells) if of_all else 1)
    return Predictions(**columns)


def _values(name: str, cells: Sequence[str], texts: _Texts) -> list[str | None]:
    return [cell or None for cell in cells] if name == "score" else list(map(texts.__getitem__, cells))


class _Texts(dict[str, str]):
    """What cells hold; a text stands once in memory, in however many rows it is."""

    def __missing__(self, cell: str) -> str:
        self[cell] = text = plain_text(cell)
        return text


def predictions_csv(predictions: Iterable[Prediction]) -> bytes:
    """Return predictions.csv; no cell is a formula to a spreadsheet."""
    content = io.BytesIO()
    with io.TextIOWrapper(content, encoding="utf-8", newline="") as stream:
        # All text in quotes: Python 3.11 would leave a carriage return in a file's name without them.
        writer = csv.writer(stream, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
        writer.writerow(COLUMNS)
        for cells in Predictions.of(predictions).cells():
            writer.writerow([spreadsheet_safe(cell) if isinstance(cell, str) else cell for cell in cells])
        stream.flush()
        return content.getvalue()
