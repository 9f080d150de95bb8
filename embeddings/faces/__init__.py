"""Faces in a photo: detection, choice of one, alignment."""

from ._alignment import CHIP, align, landmarks_file
from ._choice import Faces, choose
from ._detection import Detection, Detections, Detector, DetectorCard, detections_on
from ._finder import Alignment, Face, FaceFinder
from ._hog import Hog, Upsample
from ._mmod import mmod_file
from ._registry import detector_named, detectors
from ._yunet import yunet_file

__all__ = [
    "CHIP",
    "Alignment",
    "Detection",
    "Detections",
    "Detector",
    "DetectorCard",
    "Face",
    "FaceFinder",
    "Faces",
    "Hog",
    "Upsample",
    "align",
    "choose",
    "detections_on",
    "detector_named",
    "detectors",
    "landmarks_file",
    "mmod_file",
    "yunet_file",
]
