"""The part of a photo that extractors see of one of several faces."""

from __future__ import annotations

from ..decoding import Box

#: Of the longer side of a face's box, on each side of it: what hair, chin and the search for the face need.
MARGIN = 0.5


def crop_around(box: Box, size: tuple[int, int] | None) -> Box:
    """Return the square around the middle of a box with the margin on each side, cut at the photo's edges.

    Args:
        box: of the face.
        size: width and height of the upright photo; None where it cannot be read.

    >>> crop_around((120, 80, 260, 250), (640, 480))
    (20, 0, 360, 335)
    """
    left, top, right, bottom = box
    side = round((1 + 2 * MARGIN) * max(right - left, bottom - top))
    across, down = (left + right - side) // 2, (top + bottom - side) // 2
    width, height = size or (across + side, down + side)
    return max(0, across), max(0, down), min(width, across + side), min(height, down + side)
