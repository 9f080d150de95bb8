"""Augmentation: random variants of a photo, rotated, shifted, sheared, zoomed and flipped about its middle."""

from __future__ import annotations

import hashlib
import json
import sys
import threading
from dataclasses import asdict, dataclass
from numbers import Integral, Real
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from ...errors import FacebenchError
from ._photo import Photo
from ._warp import Transform, warp

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

#: Photos are reduced to this many pixels on the long side: extractors use no more of a face.
LONG_SIDE = 640
#: Raised whenever the same parameters give different pixels. The first, of facebench to November 2026, is Keras' own on
#: photos that are not square, too: rotated about a point off their middle, height and width taken for each other.
VERSION = 2


@dataclass(frozen=True)
class Augmentation:
    """The ranges of random variants of a photo; the defaults are the original report's.

    Variants are bilinear, their edges filled by the nearest pixel, and as high and wide as the photo. With `side` they
    equal those of Keras' `ImageDataGenerator` with that `target_size`, up to rounding to whole grey levels, if both
    shifts are equal. Otherwise, and for photos that are not square, Keras takes height and width for each other.
    The same photo and index always give the same variant.

    Args:
        rotation: degrees, to either side, 0..180.
        width_shift, height_shift: share of width or height, to either side, 0..1.
        shear: degrees, to either side, 0..45.
        zoom: each side is scaled by 1 - zoom to 1 + zoom, 0..1.
        horizontal_flip: flip every other variant.
        side: pixels of the square to which photos are resized first, by the nearest pixel, 0..640; 0: they are not.
        version: of the pixels that the same parameters give; 1 repeats that of older runs.

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
    side: int = 0
    version: int = VERSION

    def __post_init__(self) -> None:
        for name in ("rotation", "width_shift", "height_shift", "shear", "zoom"):
            if not isinstance(getattr(self, name), Real):
                raise ValueError(f"{name} is a number, not {getattr(self, name)!r}")
        # Below 1: a zoom of 1 would leave nothing of the photo, nor would most shifts.
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
        object.__setattr__(self, "version", _whole("version", self.version, 1, sys.maxsize))
        object.__setattr__(self, "side", _whole("side", self.side, 0, LONG_SIDE if self.version > 1 else 0))

    @property
    def key(self) -> str:
        """Twelve letters that change with every parameter: part of the name under which vectors are stored."""
        ranges = asdict(self)
        version = ranges.pop("version")
        if version == 1:
            del ranges["side"]
        return hashlib.sha256(json.dumps([version, ranges]).encode()).hexdigest()[:12]

    @property
    def is_newer(self) -> bool:
        """Whether only a newer facebench can make these variants."""
        return self.version > VERSION

    def variants(self, photo: Photo, count: int) -> list[Photo]:
        """Return the first `count` variants of a photo, whose pixels are computed on first use.

        Their pixels are uint8 RGB of the photo's size, reduced to 640 pixels on the long side, or of the square;
        reading them raises `PhotoError` if the photo has none.

        Raises:
            FacebenchError: the version is a newer facebench's.
        """
        if self.is_newer:
            raise FacebenchError(f"Augmentation version {self.version} is of a newer facebench: update facebench.")
        reduced = _Reduced(photo, self.side)
        return [
            Photo.made_by(lambda index=index: self._pixels(reduced, index), f"{photo.name}, variant {index}")  # type: ignore[misc]
            for index in range(count)
        ]

    def _pixels(self, reduced: _Reduced, index: int) -> Pixels:
        seed = hashlib.sha256(f"{reduced.photo.sha256} {index}".encode()).digest()
        return warp(reduced.pixels, self._drawn(reduced.pixels.shape, int.from_bytes(seed[:4], "big")))

    def _drawn(self, shape: tuple[int, ...], seed: int) -> Transform:
        """Return one variant's transform of pixels of a shape: the numbers that Keras draws, in its order."""
        height, width = shape[:2]
        middle = (width / 2 - 0.5, height / 2 - 0.5)
        shifts = ((self.width_shift, width), (self.height_shift, height))
        if self.version == 1:
            middle, shifts = middle[::-1], shifts[::-1]
        random = np.random.RandomState(seed)
        rotation = random.uniform(-self.rotation, self.rotation) if self.rotation else 0.0
        right, down = (random.uniform(-share, share) * length if share else 0.0 for share, length in shifts)
        shear = random.uniform(-self.shear, self.shear) if self.shear else 0.0
        least, most = 1 - self.zoom, 1 + self.zoom  # both 1, and Keras draws nothing, for the smallest zooms
        across, along = random.uniform(least, most, 2) if least != 1 or most != 1 else (1.0, 1.0)
        flipped = bool(random.random_sample() < 0.5) and self.horizontal_flip
        return Transform(middle, np.deg2rad(rotation), (right, down), np.deg2rad(shear), (across, along), flipped)


def _whole(name: str, value: object, low: int, high: int) -> int:
    if isinstance(value, Integral) and not isinstance(value, bool) and low <= int(value) <= high:
        return int(value)
    raise ValueError(f"{name} is a whole number from {low} to {high}, not {value!r}")


class _Reduced:
    """A photo reduced to `LONG_SIDE` or a square, once for all its variants, in whichever thread asks first."""

    def __init__(self, photo: Photo, side: int) -> None:
        self.photo = photo
        self._side = side
        self._lock = threading.Lock()
        self._pixels: Pixels | None = None

    @property
    def pixels(self) -> Pixels:
        with self._lock:
            if self._pixels is None:
                self._pixels = _squared(self.photo.pixels, self._side) if self._side else _reduced(self.photo.pixels)
            return self._pixels


def _squared(pixels: Pixels, side: int) -> Pixels:
    return np.asarray(Image.fromarray(pixels).resize((side, side), Image.Resampling.NEAREST))


def _reduced(pixels: Pixels) -> Pixels:
    height, width = pixels.shape[:2]
    scale = LONG_SIDE / max(height, width)
    if scale >= 1:
        return pixels
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BILINEAR))
