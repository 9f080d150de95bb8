"""Faces in a photo: detection, choice of one, alignment; on dlib alone."""

from ._alignment import CHIP, align, landmarks_file
from ._choice import Faces, choose
from ._detection import Detection, Detections, Detector, detections_on
from ._finder import Face, FaceFinder
from ._hog import Hog, Upsample

__all__ = [
    "CHIP",
    "Detection",
    "Detections",
    "Detector",
    "Face",
    "FaceFinder",
    "Faces",
    "Hog",
    "Upsample",
    "align",
    "choose",
    "detections_on",
    "landmarks_file",
]
