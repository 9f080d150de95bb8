"""dlib's convolutional detector."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .._dlib_files import dlib_file
from .._extractor import Identity
from ._detection import Detection, Detector, DetectorCard
from ._searched import factors, in_photo, resized

if TYPE_CHECKING:
    from numpy.typing import NDArray

MMOD_SHA256 = "4cb19393e2fbaf2b1609a9319ad5386618c886a6234ec1b971f3e87c85d87fe6"
#: Small photos are enlarged to this side in pixels; large ones are searched at the other one unless they say so.
_LEAST, _MOST = 240, 640
#: Narrower pictures get a black border: the network is not made for them.
_NARROWEST = 80


class Mmod(Detector):
    """dlib's convolutional detector with max-margin training: what the library calls the model "cnn".

    It finds faces that HOG misses, and takes two seconds of a core for a photo of a phone.

    Args:
        side: in pixels; the longer side of larger photos is brought to it for the search, to find smaller faces on
            them in more time (16 seconds at 1600).

    Source: King, "Max-Margin Object Detection", 2015; mmod_human_face_detector.dat of dlib-models.
    """

    card = DetectorCard(
        name="mmod",
        architecture="convolutional network, max-margin object detection",
        weights_sha256=MMOD_SHA256,
        licence="CC0-1.0",
        training_data="6,975 faces (ImageNet, AFLW, Pascal VOC, VGG, WIDER FACE, FaceScrub)",
        citation="King, Max-Margin Object Detection, 2015",
    )

    def __init__(self, side: int = _MOST) -> None:
        if isinstance(side, bool) or not isinstance(side, int) or not _LEAST <= side <= 4000:
            raise ValueError(f"side is a number of pixels from {_LEAST} to 4000, not {side!r}")
        self.identity = Identity(
            f"mmod(side={side})", f"1: {MMOD_SHA256}, long side {_LEAST} to side, area or bilinear"
        )
        self._side = side
        self._local = threading.local()  # as HOG's, not to be shared by threads

    def detect(self, pixels: NDArray[np.uint8]) -> list[Detection]:
        """Return the faces of an upright RGB photo, uint8 (height, width, 3), the surest first."""
        picture = resized(pixels, min(max(*pixels.shape[:2], _LEAST), self._side))
        scale = factors(pixels, picture)
        padding = [(0, max(0, _NARROWEST - side)) for side in picture.shape[:2]]
        if padding != [(0, 0), (0, 0)]:
            picture = np.pad(picture, [*padding, (0, 0)])
        faces = [(face.rect, float(face.confidence)) for face in self._detector(picture, 0)]
        return [
            Detection(in_photo((box.left(), box.top(), box.right(), box.bottom()), scale), score)
            for box, score in sorted(faces, key=lambda face: -face[1])
        ]

    @property
    def _detector(self) -> Any:
        """The thread's own detector."""
        if not hasattr(self._local, "detector"):
            import dlib

            self._local.detector = dlib.cnn_face_detection_model_v1(str(mmod_file()))
        return self._local.detector


def mmod_file() -> Path:
    """Return the file of the network, verified.

    Raises:
        FacebenchError: it is missing or is not the expected one.
    """
    return dlib_file("mmod_human_face_detector.dat", MMOD_SHA256)
