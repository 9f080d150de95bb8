"""Pixels: three colours packed into an integer, and dlib's bilinear resizing, bit for bit.

A pixel is red, green and blue in the lowest 24 bits of an int32, from the lowest on: one number to fetch, not three.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import float32, float64, int32, int64, types, uint8, void

from ._compiled import compiled, part
from ._pyramid import resizing

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Photo = NDArray[np.uint8]
    Pixels = NDArray[np.int32]


@compiled(void(types.Array(uint8, 3, "C", readonly=True), int32[:, ::1]))
def pack(photo, pixels):
    """Pack a photo (rows, columns, 3) into pixels (rows, columns)."""
    for row in range(pixels.shape[0]):
        for column in range(pixels.shape[1]):
            red, green, blue = photo[row, column]
            pixels[row, column] = int32(red) | (int32(green) << 8) | (int32(blue) << 16)


def resize_into(target: Pixels, pixels: Pixels) -> None:
    """Resize pixels (rows, columns) to the size of a target."""
    how = resizing(pixels.shape[:2], target.shape[:2])
    resize(pixels, target, how.left, how.right, how.share, how.exact, how.split, how.top, how.down)


@part
def _fetch(row, left, right, lefts, rights):
    """Fetch the pixels to the left and to the right of each column of a resized row."""
    for x in range(len(left)):
        lefts[x] = row[np.uint64(left[x])]
        rights[x] = row[np.uint64(right[x])]


@part
def _blend(top_left, top_right, left, right, share, down, target, split):
    """Blend four pixels in single precision, in dlib's order of operations."""
    below, above = float32(down), float32(1 - down)
    for x in range(split):
        a, b, c, d = top_left[x], top_right[x], left[x], right[x]
        to_right = share[x]
        to_left = float32(1) - to_right
        of_a, of_b, of_c, of_d = above * to_left, above * to_right, below * to_left, below * to_right
        of_above = of_a * float32(a & 255) + of_b * float32(b & 255)
        red = (of_above + of_c * float32(c & 255)) + of_d * float32(d & 255)
        of_above = of_a * float32((a >> 8) & 255) + of_b * float32((b >> 8) & 255)
        green = (of_above + of_c * float32((c >> 8) & 255)) + of_d * float32((d >> 8) & 255)
        of_above = of_a * float32(a >> 16) + of_b * float32(b >> 16)
        blue = (of_above + of_c * float32(c >> 16)) + of_d * float32(d >> 16)
        target[x] = int32(red) | (int32(green) << 8) | (int32(blue) << 16)


@part
def _blend_exactly(top_left, top_right, left, right, exact, down, target, split):
    """Blend the last columns in double precision, as dlib has them."""
    for x in range(split, len(target)):
        share = exact[x]
        target[x] = int32(0)
        for shift in (int32(0), int32(8), int32(16)):
            above = (1 - share) * ((top_left[x] >> shift) & 255) + share * ((top_right[x] >> shift) & 255)
            below = (1 - share) * ((left[x] >> shift) & 255) + share * ((right[x] >> shift) & 255)
            target[x] |= int32((1 - down) * above + down * below) << shift


_PIXELS, _PLACES = int32[:, ::1], int32[::1]


@compiled(void(_PIXELS, _PIXELS, _PLACES, _PLACES, float32[::1], float64[::1], int64, _PLACES, float64[::1]))
def resize(source, target, left, right, share, exact, split, top, down):
    """Resize pixels as `Resizing` says; each row of the source is fetched once."""
    lefts, rights = np.empty((2, target.shape[1]), np.int32), np.empty((2, target.shape[1]), np.int32)
    fetched = np.full(2, -1, np.int64)
    for row in range(target.shape[0]):
        above = int(top[row])
        below = min(above + 1, source.shape[0] - 1)
        for needed in range(above, below + 1):
            if fetched[needed & 1] != needed:
                _fetch(source[needed], left, right, lefts[needed & 1], rights[needed & 1])
                fetched[needed & 1] = needed
        a, b = above & 1, below & 1
        _blend(lefts[a], rights[a], lefts[b], rights[b], share, down[row], target[row], split)
        _blend_exactly(lefts[a], rights[a], lefts[b], rights[b], exact, down[row], target[row], split)
