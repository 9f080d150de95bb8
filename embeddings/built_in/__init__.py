"""The extractors that come with facebench, a module each."""

from ._face_recognition import FaceRecognition
from ._face_survey import FacesSeen, FaceSurvey
from ._fingerprint import Fingerprint
from ._fusion import Fusion
from ._mobilenet import MobileNet, resized
from ._properties import Measured, Properties

__all__ = [
    "FaceRecognition",
    "FaceSurvey",
    "FacesSeen",
    "Fingerprint",
    "Fusion",
    "Measured",
    "MobileNet",
    "Properties",
    "resized",
]
