"""The picture that a network searches: the photo at the size that its faces are looked for in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .._outcome import Box

    Pixels = NDArray[np.uint8]


def resized(pixels: Pixels, side: int) -> Pixels:
    """Return a photo, uint8 (height, width, 3), with a side as its longer one: in area, or enlarged bilinearly."""
    import cv2  # shrinks a photo of 12 megapixels in a quarter of the time that Pillow takes

    height, width = pixels.shape[:2]
    scale = side / max(height, width)
    if scale == 1:
        return pixels
    size = max(1, round(width * scale)), max(1, round(height * scale))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(pixels, size, interpolation=method), np.uint8)


def factors(pixels: Pixels, picture: Pixels) -> tuple[float, float]:
    """Return what leads from the columns and rows of a searched picture back to those of the photo."""
    return pixels.shape[1] / picture.shape[1], pixels.shape[0] / picture.shape[0]


def in_photo(box: tuple[float, float, float, float], scale: tuple[float, float]) -> Box:
    """Return a box of a searched picture in pixels of the photo."""
    left, top, right, bottom = (round(edge * scale[i % 2]) for i, edge in enumerate(box))
    return left, top, right, bottom
