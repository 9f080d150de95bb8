"""dlib's HOG detector, as the library face_recognition uses it."""

from __future__ import annotations

import threading
from copy import copy
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
from PIL import Image

from .._extractor import Identity
from .._outcome import Box
from ._detection import Detection, Detector, DetectorCard
from .hog import expect, search_for

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

#: Photos are searched for faces at no more than this many pixels on the long side.
SEARCH_SIDE = 1600
#: Pixels of a small photo.
_SMALL = 250 * 250
#: How often a photo is doubled before the search: HOG sees faces of 80 pixels, of 40 in a doubled photo. "auto"
#: doubles only where nothing is found.
Upsample = Literal[0, 1, 2, "auto"]
#: What searches: compiled functions where a process searches many photos, or dlib's own alone; their boxes are equal.
Implementation = Literal["compiled", "dlib"]
#: Raised whenever the same photo gives other detections.
_VERSION = "1: dlib frontal face detector, long side at most 1600 pixels, bilinear"


class Hog(Detector):
    """Histograms of oriented gradients, five views of a face.

    Args:
        upsample: how often the photo is doubled before the search.
        pad: border around the photo for the search, of repeated edge pixels, as a share of its shorter side: HOG does
            not see a face that fills the photo.
        implementation: "compiled" takes over from dlib in a process that searches many photos: the same boxes in the
            same order, and scores within 1e-5; "dlib" is dlib's own alone.

    Source: Dalal and Triggs, "Histograms of oriented gradients for human detection", CVPR 2005; King, dlib.
    """

    card = DetectorCard(
        name="hog",
        architecture="histograms of oriented gradients, five linear filters",
        licence="BSL-1.0",
        training_data="2,825 faces of Labeled Faces in the Wild",
        citation="Dalal and Triggs, Histograms of oriented gradients for human detection, CVPR 2005; King, dlib",
    )

    def __init__(self, upsample: Upsample = 1, pad: float = 0.0, implementation: Implementation = "compiled") -> None:
        if upsample not in get_args(Upsample) or isinstance(upsample, bool):
            raise ValueError(f"upsample is one of {', '.join(map(str, get_args(Upsample)))}, not {upsample!r}")
        if isinstance(pad, bool) or not isinstance(pad, int | float) or not 0 <= pad <= 1:
            raise ValueError(f"pad is a share of the photo's shorter side, from 0 to 1, not {pad!r}")
        if implementation not in get_args(Implementation):
            names = ", ".join(get_args(Implementation))
            raise ValueError(f"implementation is one of {names}, not {implementation!r}")
        border = f", pad={pad!r}" if pad else ""  # without one, detections stored before there was any count
        self.identity = Identity(f"hog(upsample={upsample!r}{border})", _VERSION)
        self._pad = pad
        self._implementation = implementation
        self._upsamplings = (0, 1) if upsample == "auto" else (upsample,)
        self._local = threading.local()  # shared by two threads, dlib's detector returns wrong boxes

    def expect(self, photos: int) -> None:
        """Have the compiled search made ready where so many photos, small ones even, make it worth it."""
        if self._implementation == "compiled":
            expect(photos * _SMALL * 4 ** max(self._upsamplings))

    def detect(self, pixels: Pixels) -> list[Detection]:
        """Return the faces of an upright RGB photo, uint8 (height, width, 3)."""
        border = round(self._pad * min(pixels.shape[:2]))
        smaller, scale = _reduced(_framed(pixels, border) if border else pixels)
        for times in self._upsamplings:
            if found := self._run(smaller, times):
                return [Detection(_in_photo(box, scale, border), score) for box, score in found]
        return []

    def _run(self, pixels: Pixels, upsamplings: int) -> list[tuple[Box, float]]:
        """Return boxes and scores of faces in dlib's order."""
        search = search_for(pixels[..., 0].size * 4**upsamplings) if self._implementation == "compiled" else None
        if search:
            return [(face.box, face.score) for face in search.run(pixels, upsamplings)]
        boxes, scores, _ = self._detector.run(pixels, upsamplings)
        edges = [(box.left(), box.top(), box.right(), box.bottom()) for box in boxes]
        return list(zip(edges, map(float, scores), strict=True))

    @property
    def _detector(self) -> Any:
        """The thread's own detector."""
        if not hasattr(self._local, "detector"):
            self._local.detector = copy(_unpacked())
        return self._local.detector


@cache
def _unpacked() -> Any:
    """Return the detector that others are copied from: dlib takes half a second to unpack it, a millisecond to copy."""
    import dlib

    return dlib.get_frontal_face_detector()


def _in_photo(box: Box, scale: float, border: int) -> Box:
    """Return a box of the searched picture in pixels of the photo."""
    left, top, right, bottom = (round(edge * scale) - border for edge in box)
    return left, top, right, bottom


def _framed(pixels: Pixels, border: int) -> Pixels:
    """Return a photo with a border of its edge pixels, repeated."""
    return np.pad(pixels, ((border, border), (border, border), (0, 0)), mode="edge")


def _reduced(pixels: Pixels) -> tuple[Pixels, float]:
    """Return the photo at most SEARCH_SIDE long, and the factor that leads back."""
    height, width = pixels.shape[:2]
    scale = max(height, width) / SEARCH_SIDE
    if scale <= 1:
        return pixels, 1.0
    size = max(1, round(width / scale)), max(1, round(height / scale))
    return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0)), scale
