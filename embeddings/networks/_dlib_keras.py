"""dlib's face network as a Keras model: the reference, and the way to a GPU."""

from __future__ import annotations

from typing import Any

from ...import_tensorflow import default_keras, import_keras
from ._dlib_arrays import BLOCKS, DIMENSION, MEAN, SIDE, Arrays


@default_keras()
def face_network_keras(arrays: Arrays) -> Any:
    """Return the frozen Keras model of a file's arrays: chips (n, 150, 150, 3), 0..255, to float32 (n, 128).

    Raises:
        FacebenchError: the file holds another network.
    """
    layers = import_keras().layers
    chips = layers.Input((SIDE, SIDE, 3))
    x = layers.Rescaling(1 / 256, offset=[-mean / 256 for mean in MEAN])(chips)
    x = layers.MaxPooling2D(3, 2)(layers.ReLU()(_convolution(arrays, x, 32, size=7, stride=2)))
    for filters, halved in BLOCKS:
        y = layers.ReLU()(_convolution(arrays, x, filters, stride=2 if halved else 1))
        y = _convolution(arrays, y, filters)
        x = layers.ReLU()(_sum(layers.AveragePooling2D(2, 2)(x) if halved else x, y))
    x = layers.GlobalAveragePooling2D()(x)
    last = layers.Dense(DIMENSION, use_bias=False)
    vectors = last(x)
    last.set_weights([arrays.dense(x.shape[-1])])
    model = import_keras().Model(chips, vectors, name="dlib_face_recognition_resnet_v1")
    model.trainable = False
    return model


def _convolution(arrays: Arrays, x: Any, filters: int, size: int = 3, stride: int = 1) -> Any:
    layer = import_keras().layers.Conv2D(filters, size, stride, "same" if stride == 1 else "valid")
    y = layer(x)
    layer.set_weights(arrays.convolution(x.shape[-1], filters, size))
    return y


def _sum(x: Any, y: Any) -> Any:
    """Add two feature maps; the smaller one is filled up with zeros at the end, in rows, columns and channels."""
    keras = import_keras()
    shape = [max(sides) for sides in zip(x.shape[1:], y.shape[1:], strict=True)]

    def filled(z: Any) -> Any:
        missing = [(0, want - have) for want, have in zip(shape, z.shape[1:], strict=True)]
        return keras.ops.pad(z, [(0, 0), *missing]) if any(after for _, after in missing) else z

    return keras.layers.Add()([filled(x), filled(y)])
