"""The extractors that come with facebench, a module each."""

from ._face_recognition import FaceRecognition
from ._face_survey import FacesSeen, FaceSurvey
from ._mobilenet import MobileNet
from ._perceptual_hash import Fingerprint, Fingerprints

__all__ = [
    "FaceRecognition",
    "FaceSurvey",
    "FacesSeen",
    "Fingerprint",
    "Fingerprints",
    "MobileNet",
]
