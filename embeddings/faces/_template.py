"""From five landmarks to the aligned chip that ArcFace's descendants take: a similarity transform to a template."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ._detection import Landmarks

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

#: Side of the chip in pixels, and where on it both eyes, the nose and the corners of the mouth are to be, the left one
#: on the picture first.
SIDE = 112
TEMPLATE = np.array(
    [(38.2946, 51.6963), (73.5318, 51.5014), (56.0252, 71.7366), (41.5493, 92.3655), (70.7299, 92.2041)]
)


def template_chip(pixels: Pixels, landmarks: Landmarks) -> Pixels:
    """Return the chip, uint8 (112, 112, 3), of the face with landmarks on an upright RGB photo (height, width, 3).

    A face that is more than twice as large as the chip is reduced in area first: bilinear pixels alone would leave out
    most of it. What lies outside the photo is black.

    Source: Deng et al., "ArcFace", CVPR 2019, for the template; Umeyama, PAMI 1991, for the transform.
    """
    import cv2

    factor, shift = similarity(np.array(landmarks), TEMPLATE)
    reduced, corner, times = _reduced(pixels, factor, shift)
    # A pixel's middle is at whole numbers: so many pixels together have theirs between them.
    factor, shift = factor * times, shift + factor * complex(corner[0] + (times - 1) / 2, corner[1] + (times - 1) / 2)
    matrix = np.array([[factor.real, -factor.imag, shift.real], [factor.imag, factor.real, shift.imag]])
    return np.asarray(cv2.warpAffine(reduced, matrix, (SIDE, SIDE), flags=cv2.INTER_LINEAR), np.uint8)


def similarity(points: NDArray[np.float64], places: NDArray[np.float64]) -> tuple[complex, complex]:
    """Return a and b such that a z + b brings points (n, 2) nearest to places (n, 2), all as complex numbers.

    >>> similarity(np.array([(0, 0), (1, 0)]), np.array([(2, 3), (2, 5)]))
    (2j, (2+3j))
    """
    ours, theirs = points @ (1, 1j), places @ (1, 1j)
    off = ours - ours.mean()
    factor = complex((off.conj() @ (theirs - theirs.mean())) / (off.conj() @ off).real)
    return factor, complex(theirs.mean() - factor * ours.mean())


def _reduced(pixels: Pixels, factor: complex, shift: complex) -> tuple[Pixels, tuple[int, int], int]:
    """Return the part of a photo that a chip shows, made smaller, its first column and row, and how many times."""
    import cv2

    times = int(1 / abs(factor))
    if times < 2:
        return pixels, (0, 0), 1
    height, width = pixels.shape[:2]
    corners = [(corner - shift) / factor for corner in (0, SIDE, SIDE * 1j, SIDE * (1 + 1j))]
    left, right = _within([corner.real for corner in corners], width, times)
    top, bottom = _within([corner.imag for corner in corners], height, times)
    size = (right - left) // times, (bottom - top) // times
    if 0 in size:
        return pixels, (0, 0), 1
    reduced = cv2.resize(pixels[top:bottom, left:right], size, interpolation=cv2.INTER_AREA)
    return np.asarray(reduced, np.uint8), (left, top), times


def _within(edges: list[float], side: int, times: int) -> tuple[int, int]:
    """Return the first pixel and the one after the last between some edges: in the photo, and a multiple."""
    first, last = max(0, int(min(edges)) - times), min(side, int(max(edges)) + 2 * times)
    return first, max(first, last - (last - first) % times)
