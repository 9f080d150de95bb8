"""Predictions in memory: held by column, with a row made when it is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from ._line import Prediction

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Column = NDArray[np.object_]
    Chosen = slice | NDArray[np.bool_] | NDArray[np.intp]

COLUMNS = Prediction.columns


class Predictions(Sequence[Prediction]):
    """Rows of predictions.csv, in less memory than a list of them, and chosen by column.

    Args:
        columns: the values of every field of `Prediction`, as many of each; none for no rows.

    >>> rows = Predictions(**{name: ["me", "other"] for name in COLUMNS})
    >>> [row.path for row in rows.where(truth="other")]
    ['other']
    """

    def __init__(self, **columns: Sequence[Any] | NDArray[Any]) -> None:
        self._columns: dict[str, Column] = {name: np.asarray(columns.get(name, ()), dtype=object) for name in COLUMNS}

    @classmethod
    def of(cls, rows: Iterable[Prediction]) -> Predictions:
        """Return rows, held by column."""
        if isinstance(rows, Predictions):
            return rows
        cells = zip(*map(attrgetter(*COLUMNS), rows), strict=True)
        return cls(**dict(zip(COLUMNS, cells, strict=False)))  # without a row there are no cells

    @classmethod
    def joined(cls, parts: Sequence[Predictions]) -> Predictions:
        """Return the rows of all parts, one after the other."""
        return cls(**{name: np.concatenate([part.column(name) for part in parts]) for name in COLUMNS})

    def column(self, name: str) -> Column:
        """Return the values of one field, (rows,)."""
        return self._columns[name]

    def where(self, **values: object) -> Predictions:
        """Return the rows whose fields have these values."""
        chosen: NDArray[np.bool_] = np.logical_and.reduce([self.column(name) == values[name] for name in values])
        return self[chosen]

    def with_values(self, **columns: Sequence[Any] | NDArray[Any]) -> Predictions:
        """Return the rows with other values in some fields."""
        return Predictions(**{**self._columns, **columns})

    def cells(self) -> Iterator[tuple[Any, ...]]:
        """Yield the values of each row, in the order of the fields."""
        return zip(*self._columns.values(), strict=True)

    def __len__(self) -> int:
        return len(self.column("path"))

    def __iter__(self) -> Iterator[Prediction]:
        return (Prediction.unchecked(*cells) for cells in self.cells())

    @overload
    def __getitem__(self, chosen: int) -> Prediction: ...

    @overload
    def __getitem__(self, chosen: Chosen) -> Predictions: ...

    def __getitem__(self, chosen: int | Chosen) -> Prediction | Predictions:
        if isinstance(chosen, int):
            return Prediction.unchecked(*(column[chosen] for column in self._columns.values()))
        return Predictions(**{name: column[chosen] for name, column in self._columns.items()})

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]  # it holds arrays

    def __repr__(self) -> str:
        return f"Predictions.of({list(self)})"
