"""MobileNetV2 as Keras itself builds it: the reference."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ...import_tensorflow import default_keras, import_keras

#: The weights file also holds the classifier of 1,000 classes; these arrays come before it.
_ARRAYS = 260


@default_keras()
def mobilenet_v2_keras(weights: Path, side: int, factor: float, offset: float) -> Any:
    """Return the frozen Keras model: pixel values 0..255, (n, side, side, 3), to pooled features, float32 (n, 1280)."""
    keras = import_keras()
    shape = (side, side, 3)
    # Loading by topology needs the classifier too: loading by name would silently skip almost every layer.
    classifier = keras.applications.MobileNetV2(input_shape=shape, weights=None)
    classifier.load_weights(weights)
    features = keras.applications.MobileNetV2(input_shape=shape, include_top=False, pooling="avg", weights=None)
    features.set_weights(classifier.get_weights()[:_ARRAYS])
    pixels = keras.layers.Input(shape)
    model = keras.Model(pixels, features(keras.layers.Rescaling(factor, offset)(pixels)), name="mobilenet")
    model.trainable = False
    return model
