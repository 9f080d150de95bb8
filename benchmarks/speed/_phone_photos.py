"""Photos as a phone writes them, made from smaller ones, for users without 12-megapixel photos.

An enlarged photo alone would be too easy to decode and to search. So it is placed on a background that holds detail
at every scale, and a sensor's noise lies over all of it: the files are as large as a phone's.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import ExifTags, Image

from ...data import Photo
from ...text import progress_bar

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: What a phone calls its photos of 4032x3024 pixels.
MEGAPIXELS = 12.0
_FRAME = (4032, 3024)
SEED = 0
#: Share of the frame that the photo takes: the faces of LFW's are then some 400 to 1,000 pixels wide.
_SHARE = (0.4, 0.8)
_TEXTURE = 14.0  # standard deviation of the background's detail, in grey levels
_NOISE = 2.0  # the same of the sensor's noise
_CLOCK = datetime(2024, 6, 1, 12)


def phone_photos(photos: Sequence[Path], folder: Path, megapixels: float = MEGAPIXELS) -> tuple[list[Path], int]:
    """Return each photo as a phone's, and how many had to be made, in `folder`; the others are large enough.

    Raises:
        PhotoError: a photo that cannot be decoded.
    """
    phone = Phone(megapixels)
    large, made = [], 0
    with progress_bar(f"making photos of {megapixels:g} megapixels", len(photos), "photos") as advance:
        for number, path in enumerate(photos):
            photo = Photo(path)
            if phone.takes_larger_than(photo):
                path = folder / f"{number:04}.jpg"  # noqa: PLW2901
                path.write_bytes(phone.take(photo, number))
                made += 1
            large.append(path)
            advance(1)
    return large, made


class Phone:
    """A camera before which photos are held: the same photo and number give the same file.

    Args:
        megapixels: of its photos, which are 4:3.
    """

    def __init__(self, megapixels: float = MEGAPIXELS) -> None:
        self.megapixels = megapixels
        width, height = (max(8, round(side * (megapixels / MEGAPIXELS) ** 0.5)) for side in _FRAME)
        self.frame = width, height

    def takes_larger_than(self, photo: Photo) -> bool:
        """Say whether a photo is smaller than this phone's."""
        height, width, _ = photo.pixels.shape
        return bool(width * height < self.megapixels * 1e6)

    def take(self, photo: Photo, number: int) -> bytes:
        """Return a JPEG with a photo in it; every second is a portrait, stored lying as its EXIF's orientation says."""
        draw = np.random.default_rng((SEED, number))
        is_portrait = number % 2 == 1
        picture = self._placed(Image.fromarray(photo.pixels), draw, self.frame[::-1] if is_portrait else self.frame)
        lying = picture.transpose(Image.Transpose.ROTATE_90) if is_portrait else picture
        noise = np.roll(self._noise, draw.integers(self.frame[0]), axis=1)
        taken = Image.fromarray(np.clip(np.asarray(lying) + noise, 0, 255).astype(np.uint8))
        file = io.BytesIO()
        taken.save(file, "JPEG", quality=90, subsampling="4:2:0", exif=_exif(taken, number, 6 if is_portrait else 1))
        return file.getvalue()

    def _placed(self, photo: Image.Image, draw: np.random.Generator, size: tuple[int, int]) -> Image.Image:
        """Return a picture of a size with a photo somewhere in it, before its own colours out of focus, with detail."""
        background = np.asarray(photo.resize((4, 4), Image.Resampling.BOX).resize(size, Image.Resampling.BICUBIC))
        detail = self._detail if size == self.frame else self._detail.T
        detail = np.roll(detail, draw.integers(max(size), size=2), axis=(0, 1))
        picture = Image.fromarray(np.clip(background + detail[..., None], 0, 255).astype(np.uint8))
        fits = min(size[0] / photo.width, size[1] / photo.height)
        factor = min(fits, max(1.0, fits * draw.uniform(*_SHARE)))
        enlarged = photo.resize((round(photo.width * factor), round(photo.height * factor)), Image.Resampling.LANCZOS)
        free = [side - taken + 1 for side, taken in zip(size, enlarged.size, strict=True)]
        left, top = draw.integers(free)
        picture.paste(enlarged, (int(left), int(top)))
        return picture

    @cached_property
    def _detail(self) -> NDArray[np.int16]:
        """(height, width) with the spectrum of natural pictures: amplitude falls as frequency rises."""
        from scipy.fft import irfft2, rfft2

        width, height = self.frame
        white = np.random.default_rng(SEED).standard_normal((height, width), np.float32)
        frequency = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)).astype(np.float32)
        frequency[0, 0] = np.inf
        detail = irfft2(rfft2(white) / frequency, (height, width))
        return _whole(detail * (_TEXTURE / detail.std()))

    @cached_property
    def _noise(self) -> NDArray[np.int16]:
        """(height, width, 3), normally distributed."""
        width, height = self.frame
        noise = np.random.default_rng(SEED).standard_normal((height, width, 3), np.float32)
        return _whole(noise * _NOISE)


def _whole(levels: NDArray[np.float32]) -> NDArray[np.int16]:
    whole: NDArray[np.int16] = np.rint(levels).astype(np.int16)
    return whole


def _exif(taken: Image.Image, number: int, orientation: int) -> bytes:
    """Return what a phone notes, and a thumbnail."""
    tag = ExifTags.Base
    time = (_CLOCK + timedelta(hours=7 * number)).strftime("%Y:%m:%d %H:%M:%S")
    exif = Image.Exif()
    exif.update({tag.Make: "Phone", tag.Model: "Phone 12", tag.Orientation: orientation, tag.DateTime: time})
    exif.get_ifd(ExifTags.IFD.Exif).update(
        {
            tag.DateTimeOriginal: time,
            tag.DateTimeDigitized: time,
            tag.ExposureTime: 1 / 120,
            tag.FNumber: 1.8,
            tag.ISOSpeedRatings: 100,
            tag.FocalLength: 4.25,
            tag.ColorSpace: 1,
            tag.ExifImageWidth: taken.width,
            tag.ExifImageHeight: taken.height,
        }
    )
    return _with_thumbnail(exif.tobytes(), taken)


def _with_thumbnail(exif: bytes, taken: Image.Image) -> bytes:
    """Append a second directory (IFD1), which Pillow does not write: where the thumbnail lies, and how long it is."""
    file = io.BytesIO()
    taken.resize((160, 120), Image.Resampling.BILINEAR, reducing_gap=2).save(file, "JPEG", quality=80)
    first = exif.removeprefix(b"Exif\0\0")  # big-endian: 8 bytes of header, the number of entries, 12 bytes for each
    [entries] = struct.unpack_from(">H", first, 8)
    end = 10 + 12 * entries  # where it says where the next one begins
    begin = struct.pack(">L", len(first))
    offset, length = ExifTags.Base.JpegIFOffset, ExifTags.Base.JpegIFByteCount
    second = struct.pack(">H HHLL HHLL L", 2, offset, 4, 1, len(first) + 30, length, 4, 1, file.tell(), 0)
    return b"Exif\0\0" + first[:end] + begin + first[end + 4 :] + second + file.getvalue()
