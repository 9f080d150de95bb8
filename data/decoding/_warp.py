"""One random transform of a photo's pixels: a single affine map about their middle, and a flip."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]
    Matrix = NDArray[np.float64]


class Transform(NamedTuple):
    """One variant: points are (column, row), angles radians, zooms above 1 make the photo smaller."""

    middle: tuple[float, float]
    rotation: float
    shift: tuple[float, float]
    shear: float
    zoom: tuple[float, float]
    flipped: bool

    def matrix(self, width: int) -> Matrix:
        """Return the map from a variant's points (column, row, 1) to those of the photo of this width, (3, 3)."""
        turn, lean = self.rotation, self.shear
        rotation = np.array([[np.cos(turn), -np.sin(turn), 0], [np.sin(turn), np.cos(turn), 0], [0, 0, 1]])
        shear = np.array([[1, -np.sin(lean), 0], [0, np.cos(lean), 0], [0, 0, 1]])
        to_middle = _shift(*self.middle)
        matrix: Matrix = rotation @ _shift(*self.shift) @ shear @ np.diag([*self.zoom, 1.0])
        matrix = to_middle @ matrix @ np.linalg.inv(to_middle)
        return matrix @ np.array([[-1, 0, width - 1], [0, 1, 0], [0, 0, 1]]) if self.flipped else matrix


def _shift(x: float, y: float) -> Matrix:
    return np.array([[1, 0, x], [0, 1, y], [0, 0, 1]])


def warp(pixels: Pixels, transform: Transform) -> Pixels:
    """Return uint8 (height, width, 3) transformed."""
    import cv2

    height, width = pixels.shape[:2]
    warped = cv2.warpAffine(
        cv2.cvtColor(pixels, cv2.COLOR_RGB2RGBA),  # OpenCV warps four channels faster than three
        transform.matrix(width)[:2],
        (width, height),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    variant: Pixels = cv2.cvtColor(warped, cv2.COLOR_RGBA2RGB)  # type: ignore[assignment]
    return variant
