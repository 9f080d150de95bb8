"""`background`: MobileNetV2's features of the photo without its face; an audit."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ...data import Photo
from .._outcome import Box, Failure
from .._staged import Prepared, StagedExtractor
from ..built_in import MobileNet, resized
from ..faces import Hog, choose, detections_on
from ..networks import Runtime

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image

#: Added to the face's box on each side, as a share of it: HOG's box cuts off hair, ears and chin, and they are the
#: person too.
MARGIN = 0.5
_GREY = 128, 128, 128


class Background(StagedExtractor):
    """MobileNetV2's features of a photo whose largest face is covered: recognises nobody, an audit.

    The face's box, grown by half of it on each side, is filled with the mean colour of the rest of the photo. A face
    that leaves no rest leaves a grey photo. A photo without a face is `Failure("no_face")`: a person may be on it all
    the same. Vectors are float32, 1280 components, none negative.

    Args:
        runtime: how the network runs, "openvino" or "tensorflow".

    Source: Xiao et al., "Noise or Signal: The Role of Image Backgrounds in Object Recognition", ICLR 2021.
    """

    card = replace(
        MobileNet.card,
        name="background",
        view="audit: background",
        preprocessing="HOG with one upsampling; the box and half of it on each side filled with the mean colour of the "
        "rest; resize to 224x224 without cropping, bilinear; x / 127.5 - 1",
        citation="Xiao et al., Noise or Signal: The Role of Image Backgrounds in Object Recognition, ICLR 2021",
        audit=True,
        advice="what lies behind the faces tells you apart. Crop both sides the same way, or add strangers in the same "
        "places",
    )
    network = MobileNet.network

    def __init__(self, runtime: Runtime = "openvino") -> None:
        super().__init__(runtime)
        self._hog = self.detector = Hog()

    def stage(self, photo: Photo) -> Prepared | Failure:
        """Find the face, cover it and resize the photo."""
        found = detections_on(photo, self._hog)
        face = choose(found.faces, found.size)
        if face is None:
            return Failure("no_face", "no face found")
        return Prepared(resized(without_face(photo, face.box)), face.box)


def without_face(photo: Photo, box: Box) -> Image.Image:
    """Return a photo with the face in a box covered.

    >>> without_face(Photo(np.zeros((90, 80, 3), np.uint8)), (30, 30, 59, 59)).size
    (80, 90)
    """
    left, top, right, bottom = box
    across, down = round(MARGIN * (right - left)), round(MARGIN * (bottom - top))
    width, height = photo.image.size
    first, last = (min(max(0, edge), width) for edge in (left - across, right + across + 1))
    upper, lower = (min(max(0, edge), height) for edge in (top - down, bottom + down + 1))
    covered = photo.image.copy()
    # Black would put edges into every photo, and the mean of the whole photo would reveal the colour of the skin.
    colour = _mean_outside(photo.pixels, (slice(upper, lower), slice(first, last)))
    covered.paste(colour, (first, upper, last, lower))
    return covered


def _mean_outside(pixels: NDArray[np.uint8], part: tuple[slice, slice]) -> tuple[int, int, int]:
    """Return the mean colour of what lies outside a part of a photo; grey where nothing does."""
    import cv2  # sums bytes ten times as fast as numpy, and as exactly

    inside = pixels[part]
    count = pixels[..., 0].size - inside[..., 0].size
    if not count:
        return _GREY
    outside = np.array(cv2.sumElems(pixels)[:3])
    if inside.size:
        outside -= cv2.sumElems(inside)[:3]
    red, green, blue = (outside / count).round().astype(int).tolist()
    return red, green, blue
