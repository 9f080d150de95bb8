"""`face_recognition`: dlib's face network on an aligned face, the vectors of the library of that name."""

from __future__ import annotations

from .._extractor import Card
from .._staged import StagedExtractor
from ..faces import FaceFinder, Faces, Upsample, detector_named
from ..networks import FACE_NETWORK, Runtime


class FaceRecognition(StagedExtractor):
    """dlib's 128-d face descriptor: HOG detection, 5 landmarks, aligned chip of 150x150, ResNet of 29 layers.

    Equals `face_recognition.face_encodings` within 1e-5 per component on upright photos of at most 1,600 px with
    one face. Larger photos are searched at 1,600 px on the long side, and the chip is cut from the original.
    A photo without a face is `Failure("no_face")`. Vectors are float32, 128 components.

    Args:
        faces: which face of several, "largest" (of what the photo shows of it; the default with "hog", as in the
            library's examples), "center" (nearest to its middle) or "prominent" (the default with other detectors).
        detector: a name of `bench list` or a call string; dlib's landmarks are looked for in its boxes.
        upsample: how often the photo is doubled before the search; 1 finds what the library finds, 0 is three times
            faster and misses faces under 80 pixels, "auto" doubles only where nothing is found.
        runtime: how the network runs, "openvino" or "tensorflow".
        pad: border around the photo for the search, of repeated edge pixels, as a share of its shorter side; 0.2 finds
            60 % of the faces that are missed in tight crops. Both are parameters of "hog".

    Source: King, dlib_face_recognition_resnet_model_v1, 2017; original report, section 6.
    """

    card = Card(
        name="face_recognition",
        dimension=128,
        view="face",
        network="dlib ResNet, 29 convolutions, on an aligned chip",
        weights_sha256=FACE_NETWORK.weights_sha256,
        weights_bytes=22_466_066,
        licence="CC0-1.0",
        commercial="yes",
        training_data="about 3 million faces of 7,485 people (VGG, FaceScrub and others)",
        preprocessing="HOG with one upsampling, 5 landmarks, chip of 150x150 with padding 0.25",
        citation="King, dlib face recognition ResNet model v1, 2017",
    )
    #: Parameters that came later: at their defaults they are not named, so that vectors stored before still count.
    unnamed_at_default = ("pad", "detector")
    finder: FaceFinder
    network = FACE_NETWORK

    def __init__(
        self,
        faces: Faces | None = None,
        upsample: Upsample = 1,
        runtime: Runtime = "openvino",
        pad: float = 0.0,
        detector: str = "hog",
    ) -> None:
        super().__init__(runtime)
        self.upsample = upsample
        self.pad = pad
        self.finder = FaceFinder(faces, detector_named(detector, upsample=upsample, pad=pad))
        self.detector = self.finder.detector
        self.faces = self.finder.faces
