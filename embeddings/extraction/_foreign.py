"""Vectors that were not made here: read from a file, and given to the photos of a data set."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from os.path import normpath, realpath
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ...data import Dataset, Item, as_text, parts_of_key
from ...errors import FacebenchError, counted, printable
from .._extractor import Card
from .._outcome import Box, Failure
from ..vector_files import read_vectors
from ._vectors import Vectors

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: The reason of a photo that a file has no vector of, where the file itself gives none.
NO_VECTOR = "no_vector"
_REASON = re.compile(r"(?!embedded$)[a-z_]{1,40}")
#: Doubles of one photo agree to this share of the largest component: one network may round otherwise in another batch.
_SAME = 1e-4


class ForeignVectors:
    """The vectors in a file, for the photos of a data set that it knows.

    A row with a sha256 is of the photos with these bytes. Any other is of the photo at its path: absolute, or as the
    data set names its photos, relative to their folder. A crop is found by its name or its own sha256, never as the
    photo it is of.

    Args:
        file: .npz or .parquet, as `export_vectors` writes them, or with paths and vectors alone.

    Attributes:
        name: what takes the place of an extractor's call string.

    Raises:
        FacebenchError: as `read_vectors`.
    """

    def __init__(self, file: Path) -> None:
        self._table, self._origin = read_vectors(file)
        self.name = f"vectors({self._origin.name})"
        self._there: NDArray[np.bool_] = ~np.isnan(self._table.vectors[:, 0])  # a row has all components, or none
        self._by_hash: defaultdict[str, list[int]] = defaultdict(list)
        self._by_path: defaultdict[str, list[int]] = defaultdict(list)
        for row, (path, sha256) in enumerate(zip(self._table.path, self._table.sha256, strict=True)):
            if sha256:
                self._by_hash[sha256].append(row)
            elif path:
                self._by_path[_place(path)].append(row)

    def of(self, dataset: Dataset, keys: Sequence[str]) -> Vectors:
        """Return a vector per photo, or the file's reason why there is none.

        Args:
            dataset: the photos.
            keys: (n,) their keys, which hold their hashes.

        Raises:
            FacebenchError: the file knows none of them, or has two different vectors of one.
        """
        count, dimension = len(keys), self._table.vectors.shape[1]
        matrix = np.zeros((count, dimension), dtype=np.float32)
        embedded = np.zeros(count, dtype=bool)
        boxes: dict[int, Box] = {}
        failures: dict[int, Failure] = {}
        rows = [self._row_of(item, parts_of_key(key)[0]) for item, key in zip(dataset.items, keys, strict=True)]
        if all(row is None for row in rows):
            raise FacebenchError(self._of_others(dataset))
        for photo, row in enumerate(rows):
            if row is None or not self._there[row]:
                failures[photo] = self._failure(row)
                continue
            matrix[photo], embedded[photo] = self._table.vectors[row], True
            if box := self._table.box[row]:
                left, top, right, bottom = map(int, box.split())
                boxes[photo] = (left, top, right, bottom)
        return Vectors(
            extractor=self.name,
            card=Card(name=self.name, dimension=dimension, view="not known"),
            keys=list(keys),
            matrix=matrix,
            embedded=embedded,
            stored=np.zeros(count, dtype=bool),
            boxes=boxes,
            failures=failures,
            origin=self._origin,
        )

    def _row_of(self, item: Item, sha256: str) -> int | None:
        """Return the row of a photo, of several equal ones that with its name; their order does not matter."""
        rows: list[int] = [*self._by_hash.get(sha256, ())]
        if self._by_path:  # links are followed on disk
            rows += self._by_path.get(item.name, ())
            rows += self._by_path.get(realpath(item.file), ()) if item.crop is None else ()
        if len(rows) < 2:
            return rows[0] if rows else None
        table = self._table
        rows.sort(key=lambda row: (table.path[row] != item.name, table.path[row], table.vectors[row].tobytes()))
        for row in rows[1:]:
            if not self._agree(rows[0], row):
                one, other = sorted((rows[0] + 1, row + 1))
                raise FacebenchError(
                    f"{self._origin.name} has two different vectors of {printable(item.name)}, in rows {one} and "
                    f"{other}: leave one out."
                )
        return rows[0]

    def _agree(self, one: int, other: int) -> bool:
        if not (self._there[one] and self._there[other]):
            return bool(self._there[one] == self._there[other])
        ours, theirs = (self._table.vectors[row].astype(np.float64) for row in (one, other))
        return bool(np.abs(ours - theirs).max() <= _SAME * np.abs(ours).max())

    def _failure(self, row: int | None) -> Failure:
        said = "" if row is None else self._table.outcome[row]
        return Failure(said if _REASON.fullmatch(said) else NO_VECTOR, f"no vector in {self._origin.name}")

    def _of_others(self, dataset: Dataset) -> str:
        theirs, ours = next(filter(None, self._table.path), "one without a path"), dataset.items[0].name
        return (
            f"{self._origin.name} has {counted(len(self._table.path), 'row')}, and none is of a photo of "
            f"{dataset.title}. Photos are found by the sha256 of their bytes where a row has one, else by their path; "
            f"the first row is {printable(theirs)}, the first photo {printable(ours)}."
        )


def _place(path: str) -> str:
    """Return a path as photos are found by it: where it leads if it is absolute, else as data sets name photos."""
    if not Path(path).is_absolute():
        return as_text(normpath(path))
    try:
        return realpath(path)
    except ValueError:  # letters that no file system has
        return path
