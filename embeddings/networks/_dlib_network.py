"""dlib's face network: 29 convolutions, weights from dlib's own file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from .._dlib_files import dlib_file
from ._dlib_arrays import BLOCKS, MEAN, SIDE, Arrays
from ._dlib_keras import face_network_keras
from ._graph import convolution, max_pool, model, operations, pixels, scaled, shape_of
from ._network import Network

WEIGHTS_SHA256 = "55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30"

#: The first components of the vector of the known picture, by dlib itself as by both runtimes.
_KNOWN = (-0.09227, 0.1032, 0.08396, -0.0035, -0.05303, -0.05889, -0.05562, 0.01868, 0.09087, -0.0046, 0.22653)


def weights_file() -> Path:
    """Return dlib's network file, verified.

    Raises:
        FacebenchError: it is missing or is not the expected one.
    """
    return dlib_file("dlib_face_recognition_resnet_model_v1.dat", WEIGHTS_SHA256)


def face_network() -> Any:
    """Return the reference: the frozen Keras model.

    Pixel values 0..255 of chips, (n, 150, 150, 3), to float32 (n, 128).

    Raises:
        FacebenchError: dlib's file is missing or is not the expected one.
    """
    return face_network_keras(Arrays(weights_file()))


def face_network_graph() -> Any:
    """Return the OpenVINO model: chips, uint8 (n, 150, 150, 3), to float32 (n, 128).

    Raises:
        FacebenchError: dlib's file is missing or is not the expected one.
    """
    return graph_of(Arrays(weights_file()))


def graph_of(arrays: Arrays) -> Any:
    """Return the OpenVINO model of a file's arrays.

    Raises:
        FacebenchError: the file holds another network.
    """
    ops = operations()
    chips = pixels(SIDE)
    x = scaled(chips, 1 / 256, [-mean / 256 for mean in MEAN])
    x = ops.relu(convolution(x, *arrays.convolution(3, 32, size=7), 2, 0, 0))
    x, channels = max_pool(x, 3, 2), 32
    for filters, halved in BLOCKS:
        margin = 0 if halved else 1
        y = ops.relu(convolution(x, *arrays.convolution(channels, filters), 2 if halved else 1, margin, margin))
        y = convolution(y, *arrays.convolution(filters, filters), 1, 1, 1)
        x = ops.avg_pool(x, [2, 2], [0, 0], [0, 0], [2, 2], exclude_pad=True) if halved else x
        x, channels = ops.relu(_sum(x, y)), filters
    x = ops.matmul(ops.reduce_mean(x, ops.constant([2, 3])), ops.constant(arrays.dense(channels)), False, False)
    return model("dlib_face_recognition_resnet_v1", chips, x)


def _sum(x: Any, y: Any) -> Any:
    """Add two feature maps; the smaller one is filled up with zeros at the end, in rows, columns and channels."""
    ops = operations()
    sides = [shape_of(z) for z in (x, y)]
    shape = [max(pair) for pair in zip(*sides, strict=True)]

    def filled(z: Any, have: list[int]) -> Any:
        missing = ops.constant([0, *(want - side for want, side in zip(shape, have, strict=True))])
        return z if have == shape else ops.pad(z, ops.constant([0, 0, 0, 0]), missing, "constant", np.float32(0))

    return ops.add(filled(x, sides[0]), filled(y, sides[1]))


#: dlib's face network.
FACE_NETWORK = Network(
    "face_recognition",
    "1: dlib ResNet v1 from its own file",
    WEIGHTS_SHA256,
    SIDE,
    face_network,
    face_network_graph,
    known=_KNOWN,
)
