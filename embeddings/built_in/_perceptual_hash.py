"""What identifies copies and bursts: a perceptual hash of each photo, a tiny picture of it, and when it was taken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from ...data import Photo
from .._extractor import Card, Identity
from .._outcome import Embedding, Outcome
from .._threaded import ThreadedExtractor

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SIDE = 32  # of the grey picture whose lowest frequencies are hashed
_LOW = 8  # frequencies per axis, and side of the tiny picture
_BITS = _LOW * _LOW
_EPOCH = datetime(1970, 1, 1)
#: EXIF's names, the shutter first: the other two are when a file was written or changed.
_TIMES = ("DateTimeOriginal", "DateTimeDigitized", "DateTime")


@dataclass(frozen=True, eq=False)
class Fingerprints:
    """Fingerprints of some photos.

    Attributes:
        hashes: uint64 (n,), 64-bit perceptual hash (DCT).
        pictures: float32 (n, 64), grey levels 0..255 of the photo at 8x8.
        times: float64 (n,), seconds since 1970 by the camera's clock; NaN if unknown.
    """

    hashes: NDArray[np.uint64]
    pictures: NDArray[np.float32]
    times: NDArray[np.float64]

    @classmethod
    def of(cls, vectors: NDArray[np.float32]) -> Fingerprints:
        """Return the fingerprints of vectors (n, 130) of the extractor `Fingerprint`."""
        bits = vectors[:, :_BITS] > 0
        hashes = np.packbits(bits, axis=1).view(">u8")[:, 0].astype(np.uint64) if len(bits) else np.empty(0, np.uint64)
        days, seconds = vectors[:, -2].astype(np.float64), vectors[:, -1].astype(np.float64)
        return cls(hashes, vectors[:, _BITS : 2 * _BITS], np.where(seconds < 0, np.nan, 86_400 * days + seconds))


class Fingerprint(ThreadedExtractor):
    """Perceptual hash (64 components, 0 or 1), tiny grey picture (64), day and second of the photo (2, or -1)."""

    card = Card(
        name="fingerprint",
        dimension=2 * _BITS + 2,
        view="whole photo",
        preprocessing="grey, 32x32, DCT: the sign of the lowest 8x8 frequencies less their median",
        citation="Zauner, Implementation and benchmarking of perceptual image hash functions, 2010",
    )
    #: Not an extractor that anybody names: its vectors have an identity of their own in the store.
    identity = Identity("fingerprint()", "1")

    def stage(self, photo: Photo) -> Outcome:
        """Return the outcome of one photo."""
        image = Image.fromarray(photo.pixels).convert("L")
        bits = perceptual_bits(image)
        picture = np.asarray(image.resize((_LOW, _LOW), Image.Resampling.BOX), dtype=np.float32)
        return Embedding(np.concatenate([bits, picture.ravel(), _day_and_second(photo)]).astype(np.float32))


def perceptual_bits(image: Image.Image) -> NDArray[np.bool_]:
    """Return the 64 bits of a grey picture's perceptual hash (pHash)."""
    from scipy.fft import dctn

    grey = np.asarray(image.resize((_SIDE, _SIDE), Image.Resampling.LANCZOS), dtype=np.float64)
    low = dctn(grey)[:_LOW, :_LOW]
    bits: NDArray[np.bool_] = (low > np.median(low)).ravel()
    return bits


def _day_and_second(photo: Photo) -> tuple[float, float]:
    """Return the day since 1970 and the second in it: apart, because float32 cannot hold both together."""
    exif = photo.header.exif if photo.header else {}
    for name in _TIMES:
        try:
            taken = datetime.strptime(str(exif.get(name, "")).strip("\0 "), "%Y:%m:%d %H:%M:%S") - _EPOCH
        except ValueError:  # not there, or "0000:00:00 00:00:00" of a camera whose clock was never set
            continue
        return float(taken.days), float(taken.seconds)
    return -1.0, -1.0
