"""predictions.csv: a row per test photo and pairing, written for spreadsheets and read back."""

from __future__ import annotations

import csv
import io
from operator import attrgetter
from pathlib import Path

from ...errors import FacebenchError
from ...text import plain_text, spreadsheet_safe
from ._schema import Prediction

PREDICTIONS = "predictions.csv"


def read_predictions(path: Path) -> list[Prediction]:
    """Read the rows of a run's predictions.csv; columns that a newer facebench has added are passed over.

    Raises:
        FacebenchError: not readable or damaged.
    """
    file = path / PREDICTIONS
    try:
        with file.open(encoding="utf-8", newline="") as stream:
            lines = csv.reader(stream, strict=True)
            columns = next(lines, [])
            known = [place for place, column in enumerate(columns) if column in Prediction.model_fields]
            if [columns[place] for place in known] != list(Prediction.model_fields):
                raise ValueError("other columns")
            texts = _Texts()
            return [_row(len(columns), [texts[cell] for cell in line], known) for line in lines]
    except (OSError, ValueError, csv.Error) as error:  # ValueError: also of pydantic, and of bytes that are no text
        raise FacebenchError(f"{file} cannot be read or is damaged: delete the folder {path}.") from error


class _Texts(dict[str, str]):
    """What cells hold; a text stands once in memory, in however many rows it is."""

    def __missing__(self, cell: str) -> str:
        self[cell] = text = plain_text(cell)
        return text


def _row(columns: int, cells: list[str], known: list[int]) -> Prediction:
    """Return the row that cells hold; columns that a newer facebench has added are passed over."""
    if len(cells) != columns:
        raise ValueError("a row of another length")
    row: dict[str, str | None] = dict(zip(Prediction.model_fields, [cells[place] for place in known], strict=True))
    row["score"] = row["score"] or None
    return Prediction.unchecked(*Prediction.model_validate(row).__dict__.values())


def predictions_csv(predictions: list[Prediction]) -> bytes:
    """Return predictions.csv; no cell is a formula to a spreadsheet."""
    content = io.BytesIO()
    with io.TextIOWrapper(content, encoding="utf-8", newline="") as stream:
        # All text in quotes: Python 3.11 would leave a carriage return in a file's name without them.
        writer = csv.writer(stream, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
        columns = list(Prediction.model_fields)
        writer.writerow(columns)
        cells = attrgetter(*columns)
        for row in predictions:
            writer.writerow([spreadsheet_safe(cell) if isinstance(cell, str) else cell for cell in cells(row)])
        stream.flush()
        return content.getvalue()
