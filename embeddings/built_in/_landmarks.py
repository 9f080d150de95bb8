"""What networks share that were trained on faces brought to ArcFace's template by their landmarks."""

from __future__ import annotations

from .._staged import StagedExtractor
from ..faces import FaceFinder, Faces, detector_named


class LandmarkExtractor(StagedExtractor):
    """Embeds the chip of 112x112 of a face; it runs on OpenVINO, whatever the runtime of other networks is.

    Args:
        faces: which face of several, "prominent" (the largest, where one in a corner counts half), "largest" or
            "center".
        detector: a name of `bench list`, or a call string, of one that gives landmarks.
    """

    finder: FaceFinder
    #: Its name, where the attribute is the detector itself.
    unnamed_at_default = ("detector",)

    def __init__(self, faces: Faces = "prominent", detector: str = "yunet") -> None:
        super().__init__()
        self.faces = faces
        self.finder = FaceFinder(faces, detector_named(detector), "arcface112")
        self.detector = self.finder.detector
