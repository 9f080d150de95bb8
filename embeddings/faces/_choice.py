"""The choice of one face among several."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

import numpy as np

from .._outcome import Box
from ._detection import Detection

#: "largest" (of what the photo shows of it) or "center" (nearest to the photo's middle).
Faces = Literal["largest", "center"]


def check_rule(faces: str) -> None:
    """Refuse a rule that does not exist.

    Raises:
        ValueError: with those that do.
    """
    if faces not in get_args(Faces):
        raise ValueError(f"faces is one of {', '.join(get_args(Faces))}, not {faces!r}")


def choose(detections: Sequence[Detection], size: tuple[int, int], rule: Faces = "largest") -> Detection | None:
    """Return the chosen face of a photo of a size (width, height) in pixels, the first of equals; None without any.

    >>> small, large = Detection((0, 0, 9, 9), 1.0), Detection((20, 20, 59, 59), 0.5)
    >>> choose([small, large], (100, 100)).box
    (20, 20, 59, 59)
    """
    if rule == "largest":
        return max(detections, key=lambda face: _visible_area(face.box, size), default=None)
    x, y = size[0] / 2, size[1] / 2
    return min(
        detections,
        key=lambda face: np.hypot((face.box[0] + face.box[2]) / 2 - x, (face.box[1] + face.box[3]) / 2 - y),
        default=None,
    )


def _visible_area(box: Box, size: tuple[int, int]) -> int:
    # HOG's boxes come in few sizes and reach over the edges: the face cut by an edge is the smaller one.
    width = min(box[2], size[0]) - max(box[0], 0)
    height = min(box[3], size[1]) - max(box[1], 0)
    return width * height
