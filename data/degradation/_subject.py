"""What degradations work on: a photo brought to a size at which their strengths mean the same on every photo."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..decoding import Box, Photo

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

#: Pixels of a face's side, at most: networks take chips of 112 to 160, and noise of single pixels would not reach them
#: from a larger face.
FACE_SIDE = 128
#: Pixels of a photo's long side, at most: no detector searches a larger picture. Where no face is known, that of
#: augmented variants.
LONG_SIDE, UNKNOWN_FACE = 1600, 640


@dataclass(frozen=True, eq=False)
class Subject:
    """A photo, reduced where it is large, and the place of its face.

    Attributes:
        pixels: uint8 RGB (height, width, 3).
        face: (left, top, right, bottom) in these pixels; may reach over the edges.
        seed: of whatever is drawn at random, 64 bits: the same for the same file.
    """

    pixels: Pixels
    face: tuple[float, float, float, float]
    seed: int

    @property
    def side(self) -> float:
        """The side of a square as large as the face, in pixels."""
        left, top, right, bottom = self.face
        return max(1.0, math.sqrt((right - left) * (bottom - top)))

    @property
    def middle(self) -> tuple[float, float]:
        """(x, y) of the face's middle."""
        left, top, right, bottom = self.face
        return (left + right) / 2, (top + bottom) / 2


def subject_of(photo: Photo, face: Box | None) -> Subject:
    """Return a photo with its face, reduced to a side of 128 pixels of the face, and to a long side of 1,600.

    Args:
        photo: the photo.
        face: its box; None where it is not known: a square in the middle, half as wide as the photo's shorter side,
            stands for it then, and the long side is reduced to 640 pixels alone.

    Raises:
        PhotoError: the photo gives no pixels.
    """
    pixels = photo.pixels
    height, width = pixels.shape[:2]
    given = Subject(pixels, face or _middle_square(width, height), _seed_of(photo))
    sides = (FACE_SIDE / given.side, LONG_SIDE / max(width, height)) if face else (UNKNOWN_FACE / max(width, height),)
    scale = min(1.0, *sides)
    if scale == 1:
        return given
    reduced = resized(pixels, (max(1, round(width * scale)), max(1, round(height * scale))))
    across, down = reduced.shape[1] / width, reduced.shape[0] / height
    left, top, right, bottom = given.face
    return Subject(reduced, (left * across, top * down, right * across, bottom * down), given.seed)


def resized(pixels: Pixels, size: tuple[int, int]) -> Pixels:
    """Return a photo at a size (width, height): in area where it becomes smaller, enlarged bilinearly."""
    import cv2

    smaller = size[0] * size[1] < pixels.shape[0] * pixels.shape[1]
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA if smaller else cv2.INTER_LINEAR), np.uint8)


def _middle_square(width: int, height: int) -> tuple[float, float, float, float]:
    half = min(width, height) / 4
    return width / 2 - half, height / 2 - half, width / 2 + half, height / 2 + half


def _seed_of(photo: Photo) -> int:
    return int.from_bytes(hashlib.sha256(f"{photo.sha256} degraded".encode()).digest()[:8], "big")
