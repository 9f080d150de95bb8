"""predictions.csv: a row per test photo and pairing, written for spreadsheets and read back."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from pathlib import Path
from types import GenericAlias
from typing import Any

import numpy as np
from pydantic import TypeAdapter

from ....errors import FacebenchError
from ....text import plain_text, spreadsheet_safe
from ._line import Prediction
from ._rows import COLUMNS, Predictions

PREDICTIONS = "predictions.csv"
#: Columns without text.
_NUMBERS = ("split_seed", "score")
#: Rows that are checked together, few enough to stay in the processor's cache.
_TOGETHER = 200


def read_predictions(path: Path, texts: Texts | None = None) -> Predictions:
    """Read the rows of a run's predictions.csv; columns that a newer facebench has added are passed over.

    Args:
        path: folder of the run.
        texts: of other runs that are read beside it, which name the same photos and people.

    Raises:
        FacebenchError: not readable or damaged.
    """
    file = path / PREDICTIONS
    try:
        with file.open(encoding="utf-8", newline="") as stream:
            return _read(stream, Texts() if texts is None else texts)
    except (OSError, ValueError, csv.Error) as error:  # ValueError: also of pydantic, and of bytes that are no text
        raise FacebenchError(f"{file} cannot be read or is damaged: delete the folder {path}.") from error


def _read(stream: Iterable[str], texts: Texts) -> Predictions:
    lines = csv.reader(stream, strict=True)
    header = next(lines, [])
    if [name for name in header if name in COLUMNS] != list(COLUMNS):
        raise ValueError("other columns")
    checks: dict[str, TypeAdapter[list[Any]]] = {
        name: TypeAdapter(GenericAlias(list, (field.annotation,)))  # type: ignore[arg-type]
        for name, field in Prediction.model_fields.items()
        if field.annotation is not str  # which every cell is
    }
    columns: dict[str, list[Any]] = {name: [] for name in COLUMNS}
    while some := list(islice(lines, _TOGETHER)):
        for name, cells in zip(header, zip(*some, strict=True), strict=True):  # rows of another length: ValueError
            if name in columns:
                of_all = cells.count(cells[0]) == len(cells)  # most columns hold the same for hundreds of rows
                values = _values(name, cells[:1] if of_all else cells, texts)
                values = checks[name].validate_python(values) if name in checks else values
                columns[name] += values * len(cells) if of_all else values
    return Predictions(**{name: np.fromiter(values, object, len(values)) for name, values in columns.items()})


def _values(name: str, cells: Sequence[str], texts: Texts) -> list[str | None]:
    return [cell or None for cell in cells] if name == "score" else list(map(texts.__getitem__, cells))


class _Once(dict[str, str]):
    """What is made of texts, once for each; it stands once in memory, in however many rows it is."""

    def __init__(self, make: Callable[[str], str]) -> None:
        self._make = make

    def __missing__(self, text: str) -> str:
        self[text] = made = self._make(text)
        return made


class Texts(_Once):
    """The texts that cells stand for."""

    def __init__(self) -> None:
        super().__init__(plain_text)


def predictions_csv(predictions: Iterable[Prediction]) -> bytes:
    """Return predictions.csv; no cell is a formula to a spreadsheet."""
    content = io.BytesIO()
    with io.TextIOWrapper(content, encoding="utf-8", newline="") as stream:
        # All text in quotes: Python 3.11 would leave a carriage return in a file's name without them.
        writer = csv.writer(stream, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
        writer.writerow(COLUMNS)
        rows, cells = Predictions.of(predictions), _Once(spreadsheet_safe)
        columns = {name: rows.column(name) for name in COLUMNS}
        texts = {name: map(cells.__getitem__, columns[name]) for name in COLUMNS if name not in _NUMBERS}
        writer.writerows(zip(*{**columns, **texts}.values(), strict=True))
        stream.flush()
        return content.getvalue()
