"""From bytes to an image of Pillow, not yet decoded; or the reason why a file is refused."""

from __future__ import annotations

import io
from typing import Literal, get_args

import numpy as np
from PIL import Image, ImageFile, JpegImagePlugin

from ...extras import how_to_install
from ._formats import FORMATS, HAS_AVIF, format_of
from ._pillow import quiet, truncated_files_refused

#: Reasons why a file gives no pixels.
Fault = Literal["unreadable", "truncated", "too_large", "unsupported"]
FAULTS: tuple[str, ...] = get_args(Fault)

#: Budget, checked from the header before a pixel is decoded: Pillow's own limit against decompression bombs.
MAX_PIXELS = 89_478_485
#: A JPEG may have this many: above `MAX_PIXELS` it is decoded at half its size or less, so that its pixels take no more
#: memory than those of a photo of `MAX_PIXELS`, 0.63 GB. (Of a progressive JPEG libjpeg holds all coefficients besides:
#: 1.6 GB at most.)
MAX_JPEG_PIXELS = 3 * MAX_PIXELS


class PhotoError(Exception):
    """A photo that gives no pixels.

    Attributes:
        reason: one of `FAULTS`.
        detail: a short human-readable text.
    """

    def __init__(self, reason: Fault, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason: Fault = reason
        self.detail = detail


def open_image(data: bytes) -> Image.Image:
    """Open a file's bytes; no pixel is decoded.

    Raises:
        PhotoError: with the reason.
        MemoryError: there is not enough memory.
    """
    if not data:
        raise PhotoError("unreadable", "empty file")
    kind = format_of(data)
    formats = _formats_of(kind)
    try:
        with truncated_files_refused(), quiet():
            image = Image.open(io.BytesIO(data), formats=formats)
    except Image.DecompressionBombError as error:
        image = _huge_jpeg(data, kind, error)
    except MemoryError:
        raise
    except Exception as error:  # headers of foreign or damaged files may raise anything
        if kind == "WebP":
            _raise_if_memory_is_short(data)
        raise _refusal(data, kind) from error
    width, height = image.size
    limit = MAX_JPEG_PIXELS if isinstance(image, JpegImagePlugin.JpegImageFile) else MAX_PIXELS
    if width * height > limit:
        raise PhotoError("too_large", f"{width}x{height} pixels; {_advice(kind)}")
    return image


def _raise_if_memory_is_short(webp: bytes) -> None:
    """Raise MemoryError if there is not the memory that a WebP photo takes: Pillow does not say so.

    It takes 16 bytes a pixel: the canvas twice, the frame, and what is made of them.
    """
    kind, head = webp[12:16], webp[20:30]
    if kind == b"VP8X":
        width, height = (1 + int.from_bytes(head[at : at + 3], "little") for at in (4, 7))
    elif kind == b"VP8L":
        both = int.from_bytes(head[1:5], "little")
        width, height = 1 + (both & 0x3FFF), 1 + (both >> 14 & 0x3FFF)
    else:
        width, height = (int.from_bytes(head[at : at + 2], "little") & 0x3FFF for at in (6, 8))
    if width * height <= MAX_PIXELS:
        np.empty(16 * width * height, np.uint8)


def _huge_jpeg(data: bytes, kind: str, error: Exception) -> ImageFile.ImageFile:
    """Return the image of a JPEG of more pixels than Pillow opens, which is decoded reduced.

    Raises:
        PhotoError: it is no JPEG, or is damaged.
    """
    if kind != "JPEG":
        raise PhotoError("too_large", _advice(kind)) from error
    try:
        return JpegImagePlugin.JpegImageFile(io.BytesIO(data))
    except Exception as damage:
        raise _refusal(data, kind) from damage


def _advice(kind: str) -> str:
    most, of_jpeg = (f"{limit // 1_000_000} megapixels" for limit in (MAX_PIXELS, MAX_JPEG_PIXELS))
    if kind == "JPEG":
        return f"the limit of a JPEG is {of_jpeg}: save it smaller"
    return f"the limit is {most} (of a JPEG {of_jpeg}): save it smaller, or as a JPEG"


def _formats_of(kind: str) -> tuple[str, ...]:
    if kind == "HEIC":
        return _heif_formats()
    if kind != "AVIF":
        return FORMATS
    if not HAS_AVIF:
        raise PhotoError("unsupported", "this Pillow was built without AVIF: install another, or save it as a JPEG")
    return ("AVIF",)


def _refusal(data: bytes, kind: str) -> PhotoError:
    """Return why a file could not be opened."""
    if not kind:
        return PhotoError("unsupported", "not a JPEG, PNG, WebP, BMP, TIFF, PPM/PGM, GIF, HEIC or AVIF")
    # WebP begins with its length, TIFF with the place of its directory: often the end of the file.
    reach = int.from_bytes(data[4:8], "big" if data.startswith(b"MM") else "little") + 8
    if kind in ("WebP", "TIFF") and len(data) < reach:
        return PhotoError("truncated", f"the file ends at byte {len(data)} and should reach byte {reach}")
    return PhotoError("unreadable", "its header is damaged or cut off")


def reduce_huge(image: Image.Image) -> None:
    """Let a JPEG of more than `MAX_PIXELS` be decoded at a half, a quarter or an eighth of its size."""
    width, height = image.size
    while width * height > MAX_PIXELS:
        width, height = max(1, width // 2), max(1, height // 2)
    if (width, height) != image.size:
        image.draft(None, (width, height))


def _heif_formats() -> tuple[str, ...]:
    try:
        from pillow_heif import register_heif_opener
    except ImportError as error:
        raise PhotoError("unsupported", f"HEIC needs the package pillow-heif: {how_to_install('heic')}") from error
    register_heif_opener()
    return ("HEIF",)


def fault_of(error: Exception) -> Fault:
    """Return the reason that an error of Pillow's decoders stands for."""
    signs = ("truncated", "unexpected end", "end of file", "not enough image data")
    return "truncated" if any(sign in str(error).lower() for sign in signs) else "unreadable"
