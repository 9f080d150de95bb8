"""The sizes of a photo that are searched, where a resized pixel comes from, and where a window lies in the photo.

All of it in dlib's own arithmetic, single precision where dlib has it: pixels are to equal dlib's bit for bit.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from ._model import CELL, WINDOW

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: (rows, columns) in pixels.
Size = tuple[int, int]
#: left, top, right, bottom in pixels.
Box = tuple[int, int, int, int]

#: A level has to have this many pixels along each side for another one to be made.
_LEAST = 64
#: Columns that dlib works on at once, in single precision; the rest of a row it does in double precision.
_LANES = 4


@dataclass(frozen=True, eq=False)
class Resizing:
    """Where each pixel of a resized picture comes from.

    Attributes:
        left, right: of each column, the source's columns to its left and to its right, int32 (columns,).
        share: how far it lies from the one to the other, float32 (columns,).
        exact: the same share in double precision, for the columns from `split` on.
        split: columns in single precision.
        top, down: of each row, the source's row above it and the share, int32 and float64 (rows,).
    """

    left: NDArray[np.int32]
    right: NDArray[np.int32]
    share: NDArray[np.float32]
    exact: NDArray[np.float64]
    split: int
    top: NDArray[np.int32]
    down: NDArray[np.float64]


@lru_cache(maxsize=256)  # of ten photo sizes; most people's have two
def resizing(source: Size, target: Size) -> Resizing:
    """Return how a picture is resized from one size to another."""
    left, share, exact, split = _columns(source[1], target[1])
    top, down = _rows(source[0], target[0])
    right = np.minimum(left + np.int32(1), np.int32(source[1] - 1))
    return Resizing(left, right, share, exact, split, top, down)


def _columns(source: int, target: int) -> tuple[NDArray[np.int32], NDArray[np.float32], NDArray[np.float64], int]:
    step = (source - 1) / max(target - 1, 1)
    left, share, exact = np.zeros(target, np.int32), np.zeros(target, np.float32), np.zeros(target)
    lanes = np.array([-_LANES * step + lane * step for lane in range(_LANES)], np.float32)
    forward = np.float32(_LANES * step)
    split = 0
    while True:
        lanes = lanes + forward
        whole = lanes.astype(np.int32)
        if whole[-1] + 1 >= source:
            break
        left[split : split + _LANES], share[split : split + _LANES] = whole, lanes - whole.astype(np.float32)
        split += _LANES
    position = split * step - step
    for column in range(split, target):
        position += step
        left[column] = math.floor(position)
        exact[column] = position - left[column]
    return left, share, exact, split


def _rows(source: int, target: int) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    step = (source - 1) / max(target - 1, 1)
    top, down = np.zeros(target, np.int32), np.zeros(target)
    position = -step
    for row in range(target):
        position += step
        top[row] = math.floor(position)
        down[row] = position - top[row]
    return top, down


def doubled(size: Size) -> Size:
    """Return the size of a picture after one upsampling."""
    rows, columns = size
    return rounded((rows - 1 + 0.75) * 2) + 1, rounded((columns - 1 + 1.25) * 2) + 1


def smaller_sizes(size: Size) -> list[Size]:
    """Return the sizes of a picture's further levels, each five sixths of the one before."""
    left, top, right, bottom = 0, 0, size[1] - 1, size[0] - 1
    sizes: list[Size] = []
    while True:
        left, top, right, bottom = (rounded((edge - 0.3) * (5 / 6)) for edge in (left, top, right, bottom))
        if right - left + 1 < _LEAST or bottom - top + 1 < _LEAST:
            return sizes
        size = 5 * size[0] // 6, 5 * size[1] // 6
        sizes.append(size)


def box_of(row: int, column: int, level: int) -> Box:
    """Return the box, in pixels of the first level, of the window that begins in a row and column of a level."""
    left, top, right, bottom = (
        _on_first_level(edge, level) for edge in (column, row, column + WINDOW - 1, row + WINDOW - 1)
    )
    return left, top, right, bottom


def _on_first_level(cell: int, level: int) -> int:
    pixel = (cell - 3) * CELL + 1
    place = float(pixel + (4 if pixel >= 0 else -4))
    for _ in range(level):
        place = place * (6 / 5) + 0.3
    return rounded(place)


def in_photo(box: Box, upsamplings: int) -> Box:
    """Return a box of the first level in pixels of the photo, which was doubled before."""
    left, top, right, bottom = map(float, box)
    for _ in range(upsamplings):
        left, right = left / 2 - 1.25, right / 2 - 1.25
        top, bottom = top / 2 - 0.75, bottom / 2 - 0.75
    return rounded(left), rounded(top), rounded(right), rounded(bottom)


def rounded(number: float) -> int:
    """Return the nearest integer, halves away from zero."""
    return int(math.copysign(math.floor(abs(number) + 0.5), number))
