"""A detector, a choice and an alignment together: from a photo to the chip of one face, or of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from .._outcome import Box
from ._alignment import align
from ._choice import Faces, check_rule, choose
from ._detection import Detection, Detector, detections_on
from ._hog import Hog
from ._template import template_chip

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ...data import Photo

#: "dlib150": dlib's 5 landmarks in the box, 150x150; "arcface112": the detector's own landmarks, 112x112; "box": what
#: the photo shows of the box, as it is.
Alignment = Literal["dlib150", "arcface112", "box"]


@dataclass(frozen=True, eq=False)
class Face:
    """One face: its box in the photo, and its chip, uint8 (side, side, 3), or as large as a box that is not aligned."""

    box: Box
    chip: NDArray[np.uint8]


class FaceFinder:
    """Finds the faces of a photo, or one of them; safe to call from several threads.

    Args:
        faces: which of several; default: "largest" with HOG, as in the examples of the library face_recognition, and
            "prominent" with others, which find more bystanders.
        detector: default: HOG with one upsampling.
        alignment: of the chip.

    Raises:
        ValueError: no such rule, or the alignment needs landmarks that the detector does not give.
    """

    def __init__(
        self, faces: Faces | None = None, detector: Detector | None = None, alignment: Alignment = "dlib150"
    ) -> None:
        self.detector = detector or Hog()
        standard: Faces = "largest" if isinstance(self.detector, Hog) else "prominent"
        self.faces = standard if faces is None else faces
        check_rule(self.faces)
        self.alignment = alignment
        if alignment == "arcface112" and not self.detector.card.landmarks:
            raise ValueError(f"{self.detector.card.name} gives no landmarks to align a face with; yunet does")

    def chosen(self, photo: Photo) -> Detection | None:
        """Return the chosen face of a photo, or None."""
        found = detections_on(photo, self.detector)
        return choose(found.faces, found.size, self.faces)

    def find(self, photo: Photo) -> Face | None:
        """Return the chosen face of a photo with its chip, or None."""
        face = self.chosen(photo)
        return self.cut(photo.pixels, face) if face else None

    def find_all(self, photo: Photo) -> list[Face]:
        """Return every face of a photo, from left to right."""
        faces = sorted(detections_on(photo, self.detector).faces, key=lambda face: face.box)
        return [self.cut(photo.pixels, face) for face in faces]

    def cut(self, pixels: NDArray[np.uint8], face: Detection) -> Face:
        """Return a face of an upright RGB photo, uint8 (height, width, 3), with its chip."""
        if self.alignment == "arcface112":
            assert face.landmarks is not None  # noqa: S101 (the detector's card says so)
            return Face(face.box, template_chip(pixels, face.landmarks))
        if self.alignment == "box":
            return Face(face.box, _inside(pixels, face.box))
        return Face(face.box, align(pixels, self.detector.as_dlib(face)))


def _inside(pixels: NDArray[np.uint8], box: Box) -> NDArray[np.uint8]:
    """Return what a photo shows of a box, at least a pixel."""
    height, width = pixels.shape[:2]
    left, top = min(max(0, box[0]), width - 1), min(max(0, box[1]), height - 1)
    return pixels[top : max(top + 1, box[3]), left : max(left + 1, box[2])]
