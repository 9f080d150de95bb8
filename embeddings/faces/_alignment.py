"""From a face's box to its aligned chip: dlib's 5 landmarks brought to their places."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .._dlib_files import dlib_file
from .._outcome import Box

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

#: Side of the chip in pixels, and its margin as a share of the face: what dlib's network was trained on.
CHIP = 150
PADDING = 0.25
LANDMARKS_SHA256 = "c4b1e9804792707d3a405c2c16a80a20269e6675021f64a41d30fffafbc41888"
_local = threading.local()


def landmarks_file() -> Path:
    """Return the file of dlib's predictor of 5 landmarks, verified.

    Raises:
        FacebenchError: it is missing or is not the expected one.
    """
    return dlib_file("shape_predictor_5_face_landmarks.dat", LANDMARKS_SHA256)


def align(pixels: Pixels, box: Box) -> Pixels:
    """Return the chip, uint8 (150, 150, 3), of the face in a box of an upright RGB photo, uint8 (height, width, 3)."""
    import dlib

    landmarks = _predictor()(pixels, dlib.rectangle(*box))
    chip: Pixels = dlib.get_face_chip(pixels, landmarks, CHIP, PADDING)
    return chip


def _predictor() -> Any:
    """Return the thread's own predictor of landmarks: dlib's objects are not shared between threads."""
    if not hasattr(_local, "predictor"):
        import dlib

        _local.predictor = dlib.shape_predictor(str(landmarks_file()))
    return _local.predictor
