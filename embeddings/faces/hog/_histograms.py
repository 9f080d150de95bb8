"""Histograms of oriented gradients: 18 directions in each cell of 8x8 pixels, as dlib counts them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numba import float32, int32, uint8, uint64, void

from ._compiled import compiled, part
from ._model import CELL

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Orientations that know dark from light.
DIRECTIONS = 18
#: Unit vectors of the first half of them, as dlib has rounded them: the others are opposite.
_UNITS = np.array(
    [
        (1.0, 0.0),
        (0.9397, 0.3420),
        (0.7660, 0.6428),
        (0.500, 0.8660),
        (0.1736, 0.9848),
        (-0.1736, 0.9848),
        (-0.5, 0.8660),
        (-0.7660, 0.6428),
        (-0.9397, 0.3420),
    ],
    np.float32,
)
#: Columns and middle of the table of directions: a gradient's place is its index.
_WIDTH, _MIDDLE = 512, 255 * 512 + 255
#: dlib works on eight columns at once, and breaks ties between colours otherwise in what is left of a row.
_LANES = 8


@compiled(uint8[::1](float32[:, ::1]))
def _directions(units):
    table = np.zeros(_WIDTH * _WIDTH, np.uint8)
    for y in range(-255, 256):
        for x in range(-255, 256):
            best = float32(0)
            for unit in range(len(units)):
                along = float32(x) * units[unit, 0] + float32(y) * units[unit, 1]
                if along > best:
                    best = along
                    table[_MIDDLE + y * _WIDTH + x] = unit
                elif -along > best:
                    best = -along
                    table[_MIDDLE + y * _WIDTH + x] = unit + len(units)
    return table


def directions() -> NDArray[np.uint8]:
    """Return the direction, 0 to 17, of each gradient (x, y), -255..255, at y * 512 + x + the middle."""
    table: NDArray[np.uint8] = _directions(_UNITS)
    return table


@part
def _gradients(above, row, below, length, place, first, end):
    """Set the length and the place in the table of each pixel's gradient, in its strongest colour."""
    for x in range(first, end):
        left, right, up, down = row[x - 1], row[x + 1], above[x], below[x]
        rx, ry = (right & 255) - (left & 255), (down & 255) - (up & 255)
        gx, gy = ((right >> 8) & 255) - ((left >> 8) & 255), ((down >> 8) & 255) - ((up >> 8) & 255)
        bx, by = (right >> 16) - (left >> 16), (down >> 16) - (up >> 16)
        red, green, blue = rx * rx + ry * ry, gx * gx + gy * gy, bx * bx + by * by
        reddest = red > green
        x_, y_ = (rx if reddest else gx), (ry if reddest else gy)
        longest = red if reddest else green
        bluest = blue >= longest
        x_, y_ = (bx if bluest else x_), (by if bluest else y_)
        length[x] = np.sqrt(float32(blue if bluest else longest))
        place[x] = y_ * int32(_WIDTH) + x_ + int32(_MIDDLE)


@part
def _last_gradients(above, row, below, length, place, first, end):
    """The same for what is left of a row: of equal colours the first."""
    for x in range(first, end):
        longest, x_, y_ = int32(-1), int32(0), int32(0)
        for colour in (0, 8, 16):
            cx = ((row[x + 1] >> colour) & 255) - ((row[x - 1] >> colour) & 255)
            cy = ((below[x] >> colour) & 255) - ((above[x] >> colour) & 255)
            if cx * cx + cy * cy > longest:
                longest, x_, y_ = cx * cx + cy * cy, cx, cy
        length[x] = np.sqrt(float32(longest))
        place[x] = y_ * int32(_WIDTH) + x_ + int32(_MIDDLE)


@part
def _count(counts, length, place, cell, weights, table, end):
    """Add each pixel of a row to its direction in the four cells around it; their counts lie side by side."""
    one, two, three = uint64(1), uint64(2), uint64(3)
    for x in range(1, end):
        at = uint64(cell[x] + int32(table[uint64(place[x])])) * uint64(4)
        weight = uint64((x & 7) * 4)
        long = length[x]
        a = counts[at] + long * weights[weight]
        b = counts[at + one] + long * weights[weight + one]
        c = counts[at + two] + long * weights[weight + two]
        d = counts[at + three] + long * weights[weight + three]
        counts[at], counts[at + one], counts[at + two], counts[at + three] = a, b, c, d


@part
def _empty(counts, histograms, row):
    """Move the counts of a row of cells into the histograms."""
    four = counts.reshape((-1, DIRECTIONS, 4))
    for cell in range(histograms.shape[1] - 1):
        for direction in range(DIRECTIONS):
            histograms[row, cell, direction] += four[cell, direction, 0]
            histograms[row, cell + 1, direction] += four[cell, direction, 1]
            histograms[row + 1, cell, direction] += four[cell, direction, 2]
            histograms[row + 1, cell + 1, direction] += four[cell, direction, 3]
    counts[:] = float32(0)


@compiled(void(int32[:, ::1], uint8[::1], float32[:, :, ::1]))
def count_directions(pixels, table, histograms):
    """Add up the gradients of pixels in the cells' histograms, each shared among the four cells nearest to it.

    Args:
        pixels: (rows, columns).
        table: of directions.
        histograms: zeros, float32 (rows / 8 + 2, columns / 8 + 2, 18).
    """
    rows, columns = pixels.shape
    last_row = min((histograms.shape[0] - 2) * CELL, rows) - 1
    end = min((histograms.shape[1] - 2) * CELL, columns) - 1
    split = 1 + _LANES * max((end - 1) // _LANES, 0)
    length, place = np.empty(columns, np.float32), np.empty(columns, np.int32)
    cell = np.empty(columns, np.int32)
    for x in range(columns):
        cell[x] = (x + 4) // CELL * DIRECTIONS
    counts = np.zeros(histograms.shape[1] * DIRECTIONS * 4, np.float32)
    weights = np.empty(CELL * 4, np.float32)
    before = -1
    for y in range(1, last_row):
        cells_above = math.floor((y + 0.5) / CELL - 0.5)
        if cells_above != before:
            if y > 1:
                _empty(counts, histograms, before + 1)
            before = cells_above
        lower = float32((y + 0.5) / CELL - 0.5 - cells_above)
        for x in range(CELL):
            right = float32(((x + 4) % CELL + 0.5) / CELL)
            weights[4 * x] = (float32(1) - lower) * (float32(1) - right)
            weights[4 * x + 1] = (float32(1) - lower) * right
            weights[4 * x + 2] = lower * (float32(1) - right)
            weights[4 * x + 3] = lower * right
        _gradients(pixels[y - 1], pixels[y], pixels[y + 1], length, place, 1, split)
        _last_gradients(pixels[y - 1], pixels[y], pixels[y + 1], length, place, split, end)
        _count(counts, length, place, cell, weights, table, end)
    _empty(counts, histograms, before + 1)
