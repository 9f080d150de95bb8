"""Small pictures of faces and photos, as text that a page holds."""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING

from PIL import Image

from ..data import Box

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

#: Of the longer side of a face's box, added on each side: hair and chin help to know somebody.
_MARGIN = 0.25
_QUALITY = 72


def tile_of(pixels: Pixels, box: Box, side: int) -> str:
    """Return a face with a margin around it as a JPEG in base64.

    Args:
        pixels: of the upright photo.
        box: of the face; may reach over the photo's edges.
        side: of the square in pixels; a smaller face is not enlarged, and at an edge the square is cut.
    """
    left, top, right, bottom = _square_around(box)
    height, width, _ = pixels.shape
    # A box beside the photo would leave nothing: one pixel remains.
    left, top = min(max(left, 0), width - 1), min(max(top, 0), height - 1)
    part = pixels[top : max(bottom, top + 1), left : max(right, left + 1)]
    return _jpeg(Image.fromarray(part), side)


def preview_of(pixels: Pixels, side: int) -> str:
    """Return a whole photo, `side` pixels on its long side or smaller, as a JPEG in base64."""
    return _jpeg(Image.fromarray(pixels), side)


def _square_around(box: Box) -> Box:
    left, top, right, bottom = box
    half = round(max(right - left, bottom - top) * (0.5 + _MARGIN))
    across, down = (left + right) // 2, (top + bottom) // 2
    return across - half, down - half, across + half, down + half


def _jpeg(image: Image.Image, side: int) -> str:
    image.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=2)
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=_QUALITY)
    return base64.b64encode(stream.getvalue()).decode()
