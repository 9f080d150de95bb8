"""`metadata`: the header of a photo's file, without its pixels; an audit."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

from ...data import Header, Photo
from .._extractor import Card
from .._outcome import Embedding, Failure, Outcome
from .._threaded import ThreadedExtractor

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "TIFF", "PPM", "GIF")
_TABLES = (2, 64)  # luminance and chrominance, 8x8 each
_SIGNS = 16


class Metadata(ThreadedExtractor):
    """What the header of a photo's file says: recognises nobody, an audit.

    Vectors are float32, 173 components: log2 of width, height and their ratio, as stored (3); format, one-hot (JPEG,
    PNG, WebP, BMP, TIFF, PPM, GIF, other: 8); a JPEG's two quantisation tables, zero for others (128); whether there is
    any EXIF, and a camera in it (2); camera and software, hashed to signs (16 each). The bytes per pixel are left out:
    once compressed, they tell how busy the picture is, and so who is on it.

    A photo that was never a file, an array or a Pillow image, is `Failure("no_metadata")`. One that cannot be decoded
    fails as it does under every extractor.

    Source: Farid, "Digital Image Ballistics from JPEG Quantization", 2006; Weinberger et al., "Feature Hashing for
    Large Scale Multitask Learning", ICML 2009.

    >>> from facebench.data import orl_faces
    >>> [outcome] = Metadata().embed([Photo(orl_faces().items[0].path)])
    >>> [round(float(value), 2) for value in outcome.vector[:3]]  # 92x112
    [6.52, 6.81, -0.28]
    """

    card = Card(
        name="metadata",
        dimension=173,
        view="audit: header",
        licence="MIT",
        commercial="yes",
        preprocessing="log2 of size and ratio; format; JPEG tables q as log2(1 + q) / 8; camera and software hashed",
        citation="Farid, Digital Image Ballistics from JPEG Quantization, 2006",
        audit=True,
        advice="the files themselves (size, format, compression, camera) tell you apart. Save both sides alike, or add "
        "strangers from the same camera",
    )

    def stage(self, photo: Photo) -> Outcome:
        """Return the outcome of one photo."""
        photo.pixels  # noqa: B018 (nothing is taken from them, but what no extractor can read, this one cannot either)
        if photo.header is None:
            return Failure("no_metadata", "not a file")
        return Embedding(_vector(photo.header))


def _vector(header: Header) -> NDArray[np.float32]:
    width, height = header.size
    camera, software = _exif(header, "Make", "Model"), _exif(header, "Software")
    components = [
        *np.log2([width, height, width / height]),
        *(header.format == name for name in _FORMATS),
        header.format not in _FORMATS,
        *_scaled(header.jpeg_tables),
        bool(header.exif),
        bool(camera),
        *_signs(camera),
        *_signs(software),
    ]
    return np.array(components, dtype=np.float32)


def _exif(header: Header, *names: str) -> str:
    values = (str(header.exif.get(name, "")).strip("\0 ") for name in names)
    return " ".join(filter(None, values))


def _scaled(tables: tuple[tuple[int, ...], ...]) -> NDArray[np.float64]:
    """Return the two tables, zero where there is none, as logarithms: a quality multiplies all values of a table."""
    scaled = np.zeros(_TABLES)
    found = np.array(tables[: len(scaled)], dtype=np.float64).reshape(-1, scaled.shape[1])
    scaled[: len(found)] = np.log2(1 + found) / 8
    return scaled.ravel()


def _signs(text: str) -> NDArray[np.float64]:
    """Return signs, +1 and -1, that are a text's own; zeros for none."""
    if not text:
        return np.zeros(_SIGNS)
    digest = hashlib.sha256(text.encode("utf-8", "replace")).digest()  # Python's hash is another in each process
    return np.where(np.unpackbits(np.frombuffer(digest[: _SIGNS // 8], np.uint8)), 1.0, -1.0)
