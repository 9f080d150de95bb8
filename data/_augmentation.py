"""Augmentation: random variants of a photo, rotated, shifted, sheared, zoomed and flipped as by Keras."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cached_property
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from ..import_tensorflow import import_keras
from ._photo import Photo

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]
    Matrix = NDArray[np.float64]

#: Photos are reduced to this many pixels on the long side: extractors use no more of a face.
LONG_SIDE = 640
#: Raised whenever the same parameters give different pixels.
_VERSION = 1
_numpy_generator = threading.Lock()


@dataclass(frozen=True)
class Augmentation:
    """The ranges of random variants of a photo; the defaults are the original report's.

    Variants equal those of Keras' `ImageDataGenerator` up to rounding to whole grey levels: bilinear, with edges
    filled by the nearest pixel. As in Keras, a photo that is not square is rotated about a point off its centre.
    The same photo and index always give the same variant.

    Args:
        rotation: degrees, to either side, 0..180.
        width_shift, height_shift: share of width or height, to either side, 0..1.
        shear: degrees, to either side, 0..45.
        zoom: each side is scaled by 1 - zoom to 1 + zoom, 0..1.
        horizontal_flip: flip every other variant.

    Raises:
        ValueError: a parameter outside its range.

    Source: original report (2023), section 3.

    >>> photo = Photo(np.arange(48, dtype=np.uint8).reshape(4, 4, 3))
    >>> [variant.pixels.shape for variant in Augmentation().variants(photo, 2)]
    [(4, 4, 3), (4, 4, 3)]
    """

    rotation: float = 40.0
    width_shift: float = 0.2
    height_shift: float = 0.2
    shear: float = 0.2
    zoom: float = 0.2
    horizontal_flip: bool = True

    def __post_init__(self) -> None:
        for name in ("rotation", "width_shift", "height_shift", "shear", "zoom"):
            if not isinstance(getattr(self, name), Real):
                raise ValueError(f"{name} is a number, not {getattr(self, name)!r}")
        # Below 1: Keras interprets a shift of 1 as one pixel, and a zoom of 1 would leave nothing of the photo.
        for name, limit in (("width_shift", 1.0), ("height_shift", 1.0), ("zoom", 1.0)):
            if not 0 <= getattr(self, name) < limit:
                raise ValueError(f"{name} is from 0 to below {limit:g}, not {getattr(self, name)!r}")
        for name, limit in (("rotation", 180.0), ("shear", 45.0)):
            if not 0 <= getattr(self, name) <= limit:
                raise ValueError(f"{name} is from 0 to {limit:g} degrees, not {getattr(self, name)!r}")
        if not isinstance(self.horizontal_flip, bool):
            raise ValueError(f"horizontal_flip is True or False, not {self.horizontal_flip!r}")
        for name in ("rotation", "width_shift", "height_shift", "shear", "zoom"):  # 40 and 40.0 are the same variants
            object.__setattr__(self, name, abs(float(getattr(self, name))))  # and so are 0.0 and -0.0

    @property
    def key(self) -> str:
        """Twelve letters that change with every parameter: part of the name under which vectors are stored."""
        return hashlib.sha256(json.dumps([_VERSION, asdict(self)]).encode()).hexdigest()[:12]

    def variants(self, photo: Photo, count: int) -> list[Photo]:
        """Return the first `count` variants of a photo, whose pixels are computed on first use.

        Their pixels are uint8 RGB of the photo's size, reduced to 640 pixels on the long side; reading them raises
        `PhotoError` if the photo has none.
        """
        _ = self._generator  # here, not in the threads that read pixels: importing Keras is not thread-safe
        reduced = _Reduced(photo)
        return [
            Photo.made_by(lambda index=index: self._pixels(reduced, index), f"{photo.name}, variant {index}")  # type: ignore[misc]
            for index in range(count)
        ]

    def transform(self, photo: Photo, shape: tuple[int, ...], index: int) -> dict[str, Any]:
        """Return Keras' random parameters of one variant of a photo whose reduced pixels have this shape."""
        seed = hashlib.sha256(f"{photo.sha256} {index}".encode()).digest()
        with _numpy_generator_kept():
            parameters: dict[str, Any] = self._generator.get_random_transform(shape, int.from_bytes(seed[:4], "big"))
        return parameters

    def _pixels(self, reduced: _Reduced, index: int) -> Pixels:
        pixels = reduced.pixels
        return warp(pixels, self.transform(reduced.photo, pixels.shape, index))

    @cached_property
    def _generator(self) -> Any:
        import_keras()
        from keras.src.legacy.preprocessing.image import ImageDataGenerator

        return ImageDataGenerator(
            rotation_range=self.rotation,
            width_shift_range=self.width_shift,
            height_shift_range=self.height_shift,
            shear_range=self.shear,
            zoom_range=self.zoom,
            horizontal_flip=self.horizontal_flip,
            data_format="channels_last",
        )


def warp(pixels: Pixels, parameters: dict[str, Any]) -> Pixels:
    """Return what Keras' `apply_transform` makes of uint8 (height, width, 3), rounded: one affine map, and a flip."""
    import cv2

    height, width = pixels.shape[:2]
    # Keras' matrices are written for (column, row) but their centre for (row, column): off the middle if not square.
    centre = _shift(height / 2 - 0.5, width / 2 - 0.5)
    matrix = centre @ _linear(parameters) @ np.linalg.inv(centre)
    if parameters["flip_horizontal"]:
        matrix = matrix @ np.array([[-1, 0, width - 1], [0, 1, 0], [0, 0, 1]])
    warped = cv2.warpAffine(
        cv2.cvtColor(pixels, cv2.COLOR_RGB2RGBA),  # OpenCV warps four channels faster than three
        matrix[:2],
        (width, height),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    variant: Pixels = cv2.cvtColor(warped, cv2.COLOR_RGBA2RGB)  # type: ignore[assignment]
    return variant


def _linear(parameters: dict[str, Any]) -> Matrix:
    """Return the map from a variant's pixel to the photo's, both from the centre."""
    turn, shear = np.deg2rad(parameters["theta"]), np.deg2rad(parameters["shear"])
    rotation = np.array([[np.cos(turn), -np.sin(turn), 0], [np.sin(turn), np.cos(turn), 0], [0, 0, 1]])
    sheared = np.array([[1, -np.sin(shear), 0], [0, np.cos(shear), 0], [0, 0, 1]])
    matrix: Matrix = rotation @ _shift(parameters["tx"], parameters["ty"]) @ sheared
    return matrix @ np.diag([parameters["zx"], parameters["zy"], 1.0])


def _shift(x: float, y: float) -> Matrix:
    return np.array([[1, 0, x], [0, 1, y], [0, 0, 1]])


class _Reduced:
    """A photo reduced to `LONG_SIDE`, once for all its variants, in whichever thread asks first."""

    def __init__(self, photo: Photo) -> None:
        self.photo = photo
        self._lock = threading.Lock()
        self._pixels: Pixels | None = None

    @property
    def pixels(self) -> Pixels:
        with self._lock:
            if self._pixels is None:
                self._pixels = _reduced(self.photo.pixels)
            return self._pixels


def _reduced(pixels: Pixels) -> Pixels:
    height, width = pixels.shape[:2]
    scale = LONG_SIDE / max(height, width)
    if scale >= 1:
        return pixels
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BILINEAR))


@contextmanager
def _numpy_generator_kept() -> Iterator[None]:
    """Restore numpy's global generator, from which Keras draws, afterwards."""
    with _numpy_generator:
        before = np.random.get_state()
        try:
            yield
        finally:
            np.random.set_state(before)
