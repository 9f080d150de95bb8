"""`sface`: SFace on faces that YuNet finds, aligned by their landmarks."""

from __future__ import annotations

from .._extractor import Card
from ..networks import SFACE
from ._landmarks import LandmarkExtractor


class SFace(LandmarkExtractor):
    """SFace, a face network of 2021 for small machines: YuNet, 5 landmarks, chip of 112x112 on ArcFace's template.

    Finds faces in nearly every portrait, and several times faster than `face_recognition`. A photo without a face is
    `Failure("no_face")`. Vectors are float32, 128 components, of length 1, within 1e-4 of ONNX Runtime's for the same
    chip. It runs on OpenVINO, whatever the runtime of other networks is.

    Args:
        faces: which face of several, "prominent" (the largest, where one in a corner counts half), "largest" or
            "center".
        detector: a name of `bench list`, or a call string, of one that gives landmarks.

    Source: Zhong et al., "SFace: Sigmoid-Constrained Hypersphere Loss for Robust Face Recognition", IEEE TIP 2021;
    OpenCV Zoo, weights of 8 bits in blocks.
    """

    card = Card(
        name="sface",
        dimension=128,
        view="face",
        network="SFace, 27 convolutions and a dense layer",
        weights_sha256=SFACE.weights_sha256,
        weights_bytes=10_667_852,
        licence="Apache-2.0",
        training_data="not documented",
        preprocessing="YuNet, 5 landmarks, similarity transform to ArcFace's template of 112x112",
        citation="Zhong et al., SFace, IEEE TIP 2021",
    )
    network = SFACE
