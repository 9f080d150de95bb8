"""What dlib's frontal face detector knows, read from what dlib itself saves: weights, as filters too, and rules."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from ....errors import FacebenchError
from ..._dlib_numbers import read_float, read_integer

if TYPE_CHECKING:
    from numpy.typing import NDArray

Number = TypeVar("Number", int, float)

#: Of the file that every dlib-bin so far writes (19.24.6 to 20.0.1).
SHA256 = "f3f7aa833fb4a14a46fc48689f45b98d85ef72d6dfaf8bdc012b7d3c522a5426"
#: Numbers of a cell: 18 directed orientations, 9 undirected, 4 for the energy around it.
CHANNELS = 31
#: Cells of the window along each side, and pixels of a cell.
WINDOW, CELL = 10, 8
#: dlib's own numbers: cell, padding, window's sides, levels at most, least sides of a level.
_SCANNER = (CELL, 0, WINDOW * CELL, WINDOW * CELL, 1000, 64, 64)
#: Singular values below these, absolute and as a share of the largest, are left out, as dlib does.
_ABSOLUTE, _RELATIVE = 1e-4, 1e-3


@dataclass(frozen=True, eq=False)
class Model:
    """The detector of five views of a face.

    Attributes:
        weights: of each view, channel, row and column of cells, float64 (views, 31, 10, 10).
        thresholds: of each view: what its score is counted from, float64 (views,).
        overlap: boxes that share more of their union than this are one face.
        covered: and those of which more than this share lies in another box.
    """

    weights: NDArray[np.float64]
    thresholds: NDArray[np.float64]
    overlap: float
    covered: float


def load_model(folder: Path) -> Model:
    """Return the model of the installed dlib; what it saves is kept in a folder, since dlib takes a while to make it.

    Raises:
        FacebenchError: the detector of this dlib is another one, or the folder cannot be written.
    """
    file = folder / f"{SHA256[:16]}.svm"
    data = file.read_bytes() if file.is_file() else b""
    return read_model(data if _digest(data) == SHA256 else _saved_by_dlib(file))


def _saved_by_dlib(file: Path) -> bytes:
    """Have dlib save its detector to a file; return the bytes."""
    import dlib

    try:
        with tempfile.TemporaryDirectory(dir=file.parent) as folder:
            saved = Path(folder, "detector")
            dlib.get_frontal_face_detector().save(str(saved))
            data = saved.read_bytes()
            if _digest(data) != SHA256:
                raise FacebenchError(f"dlib {dlib.__version__} has another detector")
            saved.replace(file)  # at once: another process sees nothing, or all of it
            return data
    except (OSError, RuntimeError) as error:  # RuntimeError: dlib's
        raise FacebenchError(f"{file.parent} cannot be written ({error})") from error


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def read_model(data: bytes) -> Model:
    """Return the model of the bytes of a file that dlib saved.

    Raises:
        ValueError: the file holds another kind of detector, or is damaged.
    """
    reader = _Reader(data)
    # Versions of the detector and of the scanner, an empty picture, the scanner's numbers, a distance, a size.
    if [reader.next(read_integer) for _ in range(4)] != [2, 1, 0, 0]:
        raise ValueError("no detector that this reader knows")
    if tuple(reader.next(read_integer) for _ in _SCANNER) != _SCANNER:
        raise ValueError("a detector with another window")
    reader.next(read_float), reader.next(read_integer)
    overlap, covered = reader.next(read_float), reader.next(read_float)
    views = []
    for _ in range(reader.next(read_integer)):
        count = abs(reader.next(read_integer)) * abs(reader.next(read_integer))
        if count != CHANNELS * WINDOW**2 + 1:
            raise ValueError(f"a view of {count} numbers")
        views.append([reader.next(read_float) for _ in range(count)])
    numbers = np.array(views)
    weights = numbers[:, :-1].reshape(-1, CHANNELS, WINDOW, WINDOW)
    return Model(weights, numbers[:, -1].copy(), overlap, covered)


class _Reader:
    """Reads one number after another."""

    def __init__(self, data: bytes) -> None:
        self._data, self._position = data, 0

    def next(self, read: Callable[[bytes, int], tuple[Number, int]]) -> Number:
        try:
            number, self._position = read(self._data, self._position)
        except IndexError as error:
            raise ValueError("the file ends early") from error
        return number


@dataclass(frozen=True, eq=False)
class Filters:
    """Separable filters of all views, sorted by channel: a view's score is the sum of what its own give.

    Attributes:
        views, channels: which view and which channel each belongs to, int32 (filters,).
        rows, columns: their weights along a row and along a column, float32 (filters, 10).
    """

    views: NDArray[np.int32]
    channels: NDArray[np.int32]
    rows: NDArray[np.float32]
    columns: NDArray[np.float32]


def filters_of(model: Model) -> Filters:
    """Return the filters whose outer products add up to a model's weights."""
    columns, values, rows = np.linalg.svd(model.weights)  # (views, channels, 10, 10), (views, channels, 10)
    largest = values.max(axis=-1, keepdims=True)
    channel, view, rank = np.nonzero((values >= np.maximum(_ABSOLUTE, _RELATIVE * largest)).transpose(1, 0, 2))
    root = np.sqrt(values[view, channel, rank])[:, None]
    return Filters(
        views=view.astype(np.int32),
        channels=channel.astype(np.int32),
        rows=(rows[view, channel, rank] * root).astype(np.float32),
        columns=(columns[view, channel, :, rank] * root).astype(np.float32),
    )
