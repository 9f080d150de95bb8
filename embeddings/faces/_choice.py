"""The choice of one face among several."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, TypeAlias, get_args

import numpy as np

from .._outcome import Box
from ._detection import Detection

#: "largest" (of what the photo shows of it), "center" (nearest to the photo's middle), or "prominent": the largest,
#: where a face in a corner of the photo counts half.
Faces = Literal["largest", "center", "prominent"]
#: (width, height) of a photo in pixels.
Size: TypeAlias = tuple[int, int]


def check_rule(faces: str) -> None:
    """Refuse a rule that does not exist.

    Raises:
        ValueError: with those that do.
    """
    if faces not in get_args(Faces):
        raise ValueError(f"faces is one of {', '.join(get_args(Faces))}, not {faces!r}")


def choose(detections: Sequence[Detection], size: Size, rule: Faces = "largest") -> Detection | None:
    """Return the chosen face of a photo of a size (width, height) in pixels, the first of equals; None without any.

    >>> small, large = Detection((0, 0, 9, 9), 1.0), Detection((20, 20, 59, 59), 0.5)
    >>> choose([small, large], (100, 100)).box
    (20, 20, 59, 59)
    """
    return max(detections, key=lambda face: _RULES[rule](face.box, size), default=None)


def _visible_area(box: Box, size: Size) -> float:
    # HOG's boxes come in few sizes and reach over the edges: the face cut by an edge is the smaller one.
    width = min(box[2], size[0]) - max(box[0], 0)
    height = min(box[3], size[1]) - max(box[1], 0)
    return width * height


def _nearness(box: Box, size: Size) -> float:
    return -float(np.hypot((box[0] + box[2]) / 2 - size[0] / 2, (box[1] + box[3]) / 2 - size[1] / 2))


def _prominence(box: Box, size: Size) -> float:
    """Return the side of the visible face, halved in a corner of the photo.

    The detector's score has no part in it: HOG's would choose the wrong face eight times as often (docs/detectors.md).
    """
    x, y = ((box[i] + box[i + 2]) / size[i] - 1 for i in (0, 1))
    return float(max(0.0, _visible_area(box, size)) ** 0.5 * 0.5 ** ((x * x + y * y) / 2))


_RULES: dict[str, Callable[[Box, Size], float]] = {
    "largest": _visible_area,
    "center": _nearness,
    "prominent": _prominence,
}
