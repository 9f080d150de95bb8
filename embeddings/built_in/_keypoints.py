"""Keypoints of a photo for finding it again cropped, framed, straightened or in a screenshot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from ...data import KEYPOINTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    import cv2
    from numpy.typing import NDArray

#: Area of the grey picture on which keypoints are found, as the side of a square; small photos are enlarged a little.
_SIDE, _ENLARGED = 128, 1.3
#: A smaller photo, with this side if it were square, has no keypoints: too few are on it to tell a crop from chance.
_SMALLEST = 70
#: A row or column belongs to a border if this share of it is within so many grey levels of its median.
_EVEN, _LEVELS = 0.8, 12
#: At most this share of a side is taken for a border.
_BORDER = 0.45
#: Several keypoints may be at one place, so more are asked for than are kept: as many as mostly do, then plenty.
_ASKED = (5 * KEYPOINTS // 4, 2 * KEYPOINTS)
#: Every other one of eight directions: those that stay such if a photo is mirrored.
_DIRECTIONS = slice(None, None, 2)


def keypoints(image: Image.Image) -> tuple[NDArray[np.float64], NDArray[np.bool_], tuple[int, int]]:
    """Return the strongest keypoints (SIFT) of a grey picture without its borders.

    Of a thumbnail there are none.

    Returns:
        (k, 4) x, y, diameter and angle in degrees; (k, 64) their descriptors, halved and binary: above their median;
        and height and width of the picture on which they are.
    """
    import cv2

    none = np.empty((0, 4)), np.empty((0, 64), dtype=bool)
    if image.width * image.height < _SMALLEST**2:
        return *none, (image.height, image.width)
    picture = _without_borders(image)
    for asked in _ASKED:
        finder = cv2.SIFT.create(nfeatures=asked, contrastThreshold=0.01, edgeThreshold=12)
        found, descriptors = finder.detectAndCompute(picture, None)
        first = _strongest(found)
        if len(first) == KEYPOINTS or len(found) < asked:
            break
    if not first:
        return *none, picture.shape
    values = np.array([(*found[i].pt, found[i].size, found[i].angle) for i in first])
    halved = descriptors[first].reshape(-1, 16, 8)[..., _DIRECTIONS].reshape(-1, 64)
    return values, halved > np.median(halved, axis=1, keepdims=True), picture.shape


def _strongest(found: Sequence[cv2.KeyPoint]) -> list[int]:
    """Return which keypoints are the strongest, one at each place."""
    strongest: dict[tuple[float, ...], int] = {}
    for index in sorted(range(len(found)), key=lambda i: (-found[i].response, found[i].pt, found[i].angle)):
        strongest.setdefault(tuple(found[index].pt), index)
    return list(strongest.values())[:KEYPOINTS]


def _without_borders(image: Image.Image) -> NDArray[np.uint8]:
    whole = _resized(image, (0.0, 0.0, *image.size))
    top, bottom = _inside(whole)
    left, right = _inside(whole[top:bottom].T)
    height, width = whole.shape
    if (top, left, bottom, right) == (0, 0, height, width):
        return whole
    x, y = image.width / width, image.height / height
    return _resized(image, (left * x, top * y, right * x, bottom * y))


def _resized(image: Image.Image, box: tuple[float, float, float, float]) -> NDArray[np.uint8]:
    width, height = box[2] - box[0], box[3] - box[1]
    scale = min(_SIDE / (width * height) ** 0.5, _ENLARGED)
    size = max(8, round(width * scale)), max(8, round(height * scale))
    method = Image.Resampling.LANCZOS if scale < 1 else Image.Resampling.BICUBIC
    return np.asarray(image.resize(size, method, box, reducing_gap=3))


def _inside(picture: NDArray[np.uint8]) -> tuple[int, int]:
    """Return the first row that does not belong to a border, and the one after the last.

    What stands on a border, as the clock and the buttons on that of a screenshot, belongs to it: the longest run of
    rows that are not even is the picture.
    """
    levels = picture.astype(np.int16)
    even = (np.abs(levels - np.median(levels, axis=1, keepdims=True)) <= _LEVELS).mean(axis=1) >= _EVEN
    edges = np.flatnonzero(np.diff(np.concatenate([[True], even, [True]])))
    starts, ends = edges[::2], edges[1::2]
    if not len(starts):
        return 0, len(even)
    longest = (ends - starts).argmax()
    start, end = int(starts[longest]), int(ends[longest])
    most = _BORDER * len(even)
    return (start, end) if start <= most and len(even) - end <= most else (0, len(even))
