"""Categories that somebody has given photos in a table, such as glasses, beard or child: a column each."""

from __future__ import annotations

import os
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from ..errors import FacebenchError, printable
from ..text import plain_text
from ._dataset import Dataset
from ._problems import Problem, refuse
from ._tables import read_table

#: Values that a column has at most: what has more is no category.
MOST_VALUES = 20
_PHOTO = "photo"
_TABLE = "a table of slices has a column photo, and a column for each category, such as glasses"


def with_categories(dataset: Dataset, file: Path) -> Dataset:
    """Return a data set with the categories of a table.

    A photo is named as the run lists it, or by its file, absolute or in the folder of the table. Photos that the table
    leaves out, or whose cells are empty, have none. A row of a photo that is there but takes no part is passed over.

    Args:
        dataset: the photos.
        file: CSV with a column `photo` and a column for each category.

    Raises:
        FacebenchError: the table cannot be read or has other columns, a column has too many values, or a photo is not
            there or has several rows.
    """
    rows = read_table(file, "--slices", "photos and their categories")
    _, header = next(rows, (1, []))
    columns = _columns(file, [plain_text(cell.strip()) for cell in header])
    named = _items_by_name(dataset, file)
    lines: dict[str, int] = {}
    found: dict[str, dict[str, str]] = {column: {} for column in columns if column != _PHOTO}
    problems: list[Problem] = []
    for line, row in rows:
        try:
            cells = _cells(columns, row)
            items = _items(named, cells.pop(_PHOTO), file)
            for item in items:
                if item in lines:
                    raise ValueError(f"{item} is in line {lines[item]}, too: delete one of them")
                lines[item] = line
                for column, value in cells.items():
                    found[column][item] = value
        except ValueError as error:
            problems.append((line, str(error)))
    refuse(file, problems)
    return replace(dataset, categories={**dataset.categories, **categories_of(found, file)})


def categories_of(found: Mapping[str, Mapping[str, str]], file: Path) -> dict[str, dict[str, str]]:
    """Return categories by column and name of the photo, without empty ones.

    Raises:
        FacebenchError: a column has none, or too many values.
    """
    given = {column: {photo: value for photo, value in of.items() if value} for column, of in found.items()}
    for column, of_photos in given.items():
        values = len(set(of_photos.values()))
        if not values or values > MOST_VALUES:
            has = f"{values} different values, and {MOST_VALUES} at most make slices" if values else "no value"
            raise FacebenchError(
                f"{file}: the column {printable(column)} has {has}: write a category into it, or delete it."
            )
    return given


def _columns(file: Path, columns: list[str]) -> list[str]:
    if not columns:
        raise FacebenchError(f"{file} is empty: {_TABLE}.")
    told = printable(", ".join(columns))
    if _PHOTO not in columns or len(columns) < 2 or not all(columns) or len({*columns}) < len(columns):
        raise FacebenchError(f"{file} has the columns {told}: {_TABLE}, each with a name of its own.")
    return columns


def _cells(columns: Sequence[str], row: Sequence[str]) -> dict[str, str]:
    if len(row) != len(columns):
        raise ValueError(f"{len(row)} cells, and {len(columns)} columns: put a cell that holds a separator into quotes")
    return {column: plain_text(cell).strip() for column, cell in zip(columns, row, strict=True)}


def _items_by_name(dataset: Dataset, file: Path) -> dict[str, list[str]]:
    """Return the names of photos by all that they may be called in the table: several are crops of one photo."""
    folder = file.expanduser().resolve().parent
    named: dict[str, list[str]] = defaultdict(list)
    for item in dataset.items:
        place = os.path.realpath(item.file)
        for name in {item.name, item.file, place, os.path.relpath(place, folder)}:
            named[_normal(name)].append(item.name)
    return named


def _items(named: Mapping[str, list[str]], photo: str, file: Path) -> list[str]:
    if not photo:
        raise ValueError("no photo: add its path, or delete the row")
    if found := named.get(_normal(photo)):
        return found
    if os.path.isfile(file.expanduser().resolve().parent / photo):  # noqa: PTH113 (also of a name too long)
        return []
    [known, *_] = next(iter(named.values()))
    raise ValueError(f"there is no photo {photo}: write it as the run lists it, such as {known}, or its path")


def _normal(path: str) -> str:
    # Spreadsheets and file systems may have its letters in another form.
    return unicodedata.normalize("NFC", os.path.normpath(path))
