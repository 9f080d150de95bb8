"""What identifies doubles: hashes, a tiny picture and keypoints of a photo, its time and its camera."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from ...data import (
    FINGERPRINT_DIMENSION,
    ONLY_NOW,
    ONLY_THEN,
    UNDATED,
    WHOLE_DAY,
    Header,
    Photo,
    fingerprint,
    is_unset,
)
from .._extractor import Card, Identity
from .._outcome import Embedding, Outcome
from .._threaded import ThreadedExtractor
from ._keypoints import keypoints
from ._perceptual_hash import LOW, turned_bits

if TYPE_CHECKING:
    from numpy.typing import NDArray

_EPOCH = datetime(1970, 1, 1)
#: EXIF's names of times and of their fractions, the shutter first: the others are when a file was written or changed.
_TIMES = {
    "DateTimeOriginal": "SubsecTimeOriginal",
    "DateTimeDigitized": "SubsecTimeDigitized",
    "DateTime": "SubsecTime",
}


class Fingerprint(ThreadedExtractor):
    """What `facebench.data.Fingerprints` reads, packed: hashes, a tiny grey picture, keypoints, time and camera."""

    card = Card(
        name="fingerprint",
        dimension=FINGERPRINT_DIMENSION,
        view="whole photo",
        preprocessing="grey; 32x32, DCT: the sign of the lowest 8x8 frequencies less their median, in eight turns; "
        "128x128 pixels in area without even borders: the 32 strongest keypoints of SIFT, in 64 bits each",
        citation="Zauner, Implementation and benchmarking of perceptual image hash functions, 2010; "
        "Lowe, Distinctive image features from scale-invariant keypoints, 2004",
    )
    #: Not an extractor that anybody names: its vectors have an identity of their own in the store.
    identity = Identity("fingerprint()", "3")

    def stage(self, photo: Photo) -> Outcome:
        """Return the outcome of one photo."""
        image = photo.image.convert("L")
        points, bits, shape = keypoints(image)
        return Embedding(
            fingerprint(
                hashes=np.packbits(turned_bits(image), axis=1).view(">u8")[:, 0],
                picture=_tiny(image),
                keypoints=points,
                bits=bits,
                shape=shape,
                taken=_day_and_second(photo.header),
                camera=_camera(photo.header),
            )
        )


def _tiny(image: Image.Image) -> NDArray[np.uint8]:
    return np.asarray(image.resize((LOW, LOW), Image.Resampling.BOX)).ravel()


def _day_and_second(header: Header | None) -> tuple[float, float]:
    """Return the day since 1970 and the second in it: apart, because float32 cannot hold both together.

    The second of a day of which no more is known is 86,400. The day has a fraction where facebench read another date
    at first, as `Fingerprints` tells.
    """
    then = _at_first(header)
    unset = then != UNDATED and is_unset(_EPOCH + timedelta(days=then[0], seconds=int(then[1])))
    if then != UNDATED and not unset:
        return then
    if header and header.taken:
        since = header.taken.moment - _EPOCH
        second = WHOLE_DAY if header.taken.is_day else since.seconds + since.microseconds / 1e6
        return since.days + ONLY_NOW, second
    return (then[0] + ONLY_THEN, then[1]) if unset else UNDATED


def _at_first(header: Header | None) -> tuple[float, float]:
    """Return the same as facebench read it at first: EXIF's own form alone, and zero clocks, too."""
    exif = header.exif if header else {}
    for name, fraction in _TIMES.items():
        if name not in exif:
            continue
        try:
            taken = datetime.strptime(_text(exif, name), "%Y:%m:%d %H:%M:%S") - _EPOCH
        except ValueError:  # "0000:00:00 00:00:00" of a camera whose clock was never set, or another form
            continue
        digits = _text(exif, fraction)
        return float(taken.days), taken.seconds + (float(f"0.{digits}") if digits.isdecimal() else 0.0)
    return UNDATED


def _camera(header: Header | None) -> int:
    """Return a number below 2 ** 24 of the camera's make and model; 0 if unknown."""
    names = [_text(header.exif, name) for name in ("Make", "Model")] if header else []
    if not any(names):
        return 0
    return (
        1 + int.from_bytes(hashlib.sha256("\n".join(names).encode("utf-8", "replace")).digest()[:3], "big") % 0xFFFFFF
    )


def _text(exif: dict[str, object], name: str) -> str:
    return str(exif.get(name, "")).strip("\0 ")
