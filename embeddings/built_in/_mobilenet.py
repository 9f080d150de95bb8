"""`mobilenet`: frozen MobileNetV2, the report's features of the whole photo; or of the face."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
from PIL import Image

from ...data import Photo
from .._extractor import Card
from .._outcome import Failure
from .._staged import Prepared, StagedExtractor
from ..faces import Face, FaceFinder, detector_named
from ..networks import MOBILENET_V2, Runtime, Scaling

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: "face" is the aligned chip that `face_recognition` sees.
View = Literal["photo", "face"]
#: Pillow's filter; "nearest" is what Keras' image generators do.
Resize = Literal["bilinear", "nearest"]
_FILTERS = {"bilinear": Image.Resampling.BILINEAR, "nearest": Image.Resampling.NEAREST}


def resized(image: Image.Image, resize: Resize = "bilinear") -> NDArray[np.uint8]:
    """Return an RGB image as the network takes it, uint8 (224, 224, 3), without cropping."""
    side = MOBILENET_V2["imagenet"].side
    return np.asarray(image.resize((side, side), _FILTERS[resize]))


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
        detector: of the face, a name of `bench list` or a call string.

    Source: Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks", CVPR 2018; original report,
    sections 1 and 4.
    """

    card = Card(
        name="mobilenet",
        dimension=1280,
        view="whole photo",
        network="MobileNetV2 1.0/224, global average pooling",
        weights_sha256=MOBILENET_V2["imagenet"].weights_sha256,
        weights_bytes=14_536_120,
        licence="Apache-2.0",
        commercial="yes",
        training_data="ImageNet (ILSVRC 2012)",
        preprocessing="resize to 224x224 without cropping, bilinear; x / 127.5 - 1 (or as its parameters say)",
        citation="Sandler et al., MobileNetV2, CVPR 2018",
    )
    #: Of the whole photo there is none: vectors stored before there was a choice still count.
    unnamed_at_default = ("detector",)
    network = MOBILENET_V2["imagenet"]

    def __init__(
        self,
        view: View = "photo",
        scaling: Scaling = "imagenet",
        resize: Resize = "bilinear",
        runtime: Runtime = "openvino",
        detector: str = "hog",
    ) -> None:
        super().__init__(runtime)
        for name, value, kind in (("view", view, View), ("scaling", scaling, Scaling), ("resize", resize, Resize)):
            if value not in get_args(kind):
                raise ValueError(f"{name} is one of {', '.join(get_args(kind))}, not {value!r}")
        self.view = view
        self.scaling = scaling
        self.resize = resize
        self.network = MOBILENET_V2[scaling]
        self.finder = FaceFinder(detector=detector_named(detector)) if view == "face" else None
        self.detector = self.finder.detector if self.finder else None

    def stage(self, photo: Photo) -> Prepared | Failure:
        """Resize the whole photo, or the chip of its face."""
        if self.finder is None:
            return Prepared(resized(photo.image, self.resize))
        return super().stage(photo)

    def from_face(self, face: Face) -> Prepared:
        """Resize the chip of a face."""
        return Prepared(resized(Image.fromarray(face.chip), self.resize), face.box)
