"""A detector, a choice and an alignment together: from a photo to the chip of one face, or of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .._outcome import Box
from ._alignment import align
from ._choice import Faces, check_rule, choose
from ._detection import Detection, Detector, detections_on
from ._hog import Hog

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ...data import Photo


@dataclass(frozen=True, eq=False)
class Face:
    """One face: its box in the photo, and its aligned chip, uint8 (150, 150, 3)."""

    box: Box
    chip: NDArray[np.uint8]


class FaceFinder:
    """Finds the faces of a photo, or one of them; safe to call from several threads.

    Args:
        faces: which of several.
        detector: default: HOG with one upsampling.
    """

    def __init__(self, faces: Faces = "largest", detector: Detector | None = None) -> None:
        check_rule(faces)
        self.faces = faces
        self.detector = detector or Hog()

    def chosen(self, photo: Photo) -> Detection | None:
        """Return the chosen face of a photo, or None."""
        found = detections_on(photo, self.detector)
        return choose(found.faces, found.size, self.faces)

    def find(self, photo: Photo) -> Face | None:
        """Return the chosen face of a photo with its chip, or None."""
        face = self.chosen(photo)
        return Face(face.box, align(photo.pixels, face.box)) if face else None

    def find_all(self, photo: Photo) -> list[Face]:
        """Return every face of a photo, from left to right."""
        boxes = sorted(face.box for face in detections_on(photo, self.detector).faces)
        return [Face(box, align(photo.pixels, box)) for box in boxes]
