"""The one decoder: bytes of a listed format to upright RGB pixels, or the reason of failure."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeVar, get_args

import numpy as np
from PIL import ExifTags, Image, ImageFile, JpegImagePlugin, TiffImagePlugin

from ._blocks import bare, blocks_of
from ._dates import Taken, date_taken
from ._exif import Exif
from ._formats import FORMATS, HAS_AVIF, format_of
from ._orientation import TURNS, of_image, orientation_of
from ._pillow import quiet, truncated_files_refused

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Reasons why a file gives no pixels.
Fault = Literal["unreadable", "truncated", "too_large", "unsupported"]
FAULTS: tuple[str, ...] = get_args(Fault)

#: Budget, checked from the header before a pixel is decoded: Pillow's own limit against decompression bombs.
MAX_PIXELS = 89_478_485
#: A JPEG may have this many: above `MAX_PIXELS` it is decoded at half its size or less, so that its pixels take no more
#: memory than those of a photo of `MAX_PIXELS`, 0.63 GB. (Of a progressive JPEG libjpeg holds all coefficients besides:
#: 1.6 GB at most.)
MAX_JPEG_PIXELS = 3 * MAX_PIXELS

#: Orientations whose upright rows are stored as columns, and those whose last row is stored first.
_LYING = (5, 6, 7, 8)
_BACKWARDS = (3, 4, 7, 8)
_STRIP = 1 << 18  # pixels that are transposed at a time
_WHITE_IS_ZERO = 0  # the TIFF tag PhotometricInterpretation

T = TypeVar("T")


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


@dataclass(frozen=True)
class Header:
    """The header of a photo's file.

    Attributes:
        format: Pillow's name ("JPEG", "PNG", ...).
        size: (width, height) in pixels, as stored, before EXIF orientation.
        exif: EXIF values by tag name ("DateTime", "Model", ...), the camera's own settings included.
        jpeg_tables: quantisation tables of a JPEG, 64 values each; empty for others.
        taken: when, each tag read alone, in any form, XMP's too; None if unknown.
    """

    format: str
    size: tuple[int, int]
    exif: dict[str, object] = field(default_factory=dict)
    jpeg_tables: tuple[tuple[int, ...], ...] = ()
    taken: Taken | None = None


def read_header(data: bytes) -> Header:
    """Read the header of a file's bytes; no pixel is decoded.

    Raises:
        PhotoError: unsupported, too_large, truncated or unreadable.
    """
    image = _or_bare(_open, data)
    try:
        exif = Image.Image.getexif(image)  # PNG's own would decode the pixels first
        tags = {**exif, **exif.get_ifd(ExifTags.IFD.Exif)}
    except Exception:  # a damaged EXIF block may raise anything; the photo itself may be sound
        tags = {}
    tables = getattr(image, "quantization", None) or {}
    return Header(
        format=image.format or "",
        size=_size_as_stored(image),
        exif={ExifTags.TAGS.get(tag, str(tag)): value for tag, value in tags.items()},
        jpeg_tables=tuple(tuple(table) for _, table in sorted(tables.items())),
        taken=_taken(data, image),
    )


def _taken(data: bytes, image: Image.Image) -> Taken | None:
    blocks = blocks_of(data)
    exif = data if image.format == "TIFF" else blocks.exif or image.info.get("exif") or b""
    xmp = blocks.xmp or image.info.get("xmp") or b""
    return date_taken(Exif(exif), xmp) if isinstance(exif, bytes) and isinstance(xmp, bytes) else None


def decode(data: bytes) -> NDArray[np.uint8]:
    """Decode a file's bytes to upright RGB pixels, uint8 (height, width, 3).

    Colours are treated as sRGB (profiles are not applied), transparent photos are laid on white, and animations give
    their first frame.

    A JPEG of more than `MAX_PIXELS` comes at a half, a quarter or an eighth of its size.

    Raises:
        PhotoError: with the reason.
        MemoryError: there is not enough memory; nothing else is ever raised.
    """
    return _or_bare(lambda file: _to_rgb(*_opened(file, data)), data)


def to_rgb(image: Image.Image) -> NDArray[np.uint8]:
    """Turn a Pillow image upright and into uint8 RGB (height, width, 3).

    Raises:
        PhotoError: with the reason.
        MemoryError: there is not enough memory; nothing else is raised.
    """
    _load(image)
    return _to_rgb(image, of_image(image))


def _opened(file: bytes, original: bytes) -> tuple[Image.Image, int]:
    """Return a file's image, loaded, and the orientation that the original says is left to be applied."""
    image = _open(file)
    orientation = orientation_of(original, image)
    if image.format == "TIFF":
        with suppress(Exception):  # else Pillow would look into all of them, and give up at a damaged one
            exif = image.getexif()
            for tag in set(exif) - {ExifTags.Base.Orientation}:
                del exif[tag]
    width, height = image.size
    while width * height > MAX_PIXELS:  # only of a JPEG
        width, height = max(1, width // 2), max(1, height // 2)
    if (width, height) != image.size:
        image.draft(None, (width, height))
    _load(image)
    # Pillow swaps the sides of some TIFF files that it does not turn.
    return image if image.size == image.im.size else image.copy(), orientation


def _load(image: Image.Image) -> None:
    try:
        with truncated_files_refused():
            image.load()
    except MemoryError:
        raise
    except Exception as error:  # decoders of damaged files may raise anything
        raise PhotoError(_fault(error), str(error) or type(error).__name__) from error


def _to_rgb(image: Image.Image, orientation: int) -> NDArray[np.uint8]:
    if image.mode == "F":
        raise PhotoError("unsupported", "floating-point pixels")
    try:
        if image.mode.startswith("I"):
            image = _grey_of_16_bits(image)
        if image.has_transparency_data:
            image = image.convert("RGBA")
            image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
        return _rgb(image, orientation)
    except (PhotoError, MemoryError):
        raise
    except Exception as error:
        raise PhotoError("unsupported", f"no conversion from {image.mode} to RGB") from error


def _rgb(image: Image.Image, orientation: int) -> NDArray[np.uint8]:
    """Turn an image upright and into RGB, strip by strip: copies of a whole phone photo do not fit into any cache."""
    turn, lies = TURNS.get(orientation), orientation in _LYING
    width, height = image.size[::-1] if lies else image.size
    pixels = np.empty((height, width, 3), np.uint8)
    step = max(1, _STRIP // width)
    for top in range(0, height, step):
        bottom = min(top + step, height)
        begin, end = (height - bottom, height - top) if orientation in _BACKWARDS else (top, bottom)
        strip = image.crop((begin, 0, end, width) if lies else (0, begin, width, end))
        strip = strip if turn is None else strip.transpose(turn)
        pixels[top:bottom] = np.asarray(strip if strip.mode == "RGB" else strip.convert("RGB"))
    return pixels


def _or_bare(read: Callable[[bytes], T], data: bytes) -> T:
    """Return what is read of a file; where texts or profiles in it stand in the way, without these."""
    try:
        return read(data)
    except PhotoError as error:
        rest = bare(data) if error.reason != "too_large" else None
        if rest is None:
            raise
        with suppress(PhotoError):
            return read(rest)
        raise


def _open(data: bytes) -> Image.Image:
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


def _size_as_stored(image: Image.Image) -> tuple[int, int]:
    """Return width and height in the file: Pillow swaps them for photos that lie in a TIFF file."""
    if not isinstance(image, TiffImagePlugin.TiffImageFile):
        return image.size
    return image.tag_v2[ExifTags.Base.ImageWidth], image.tag_v2[ExifTags.Base.ImageLength]


def _heif_formats() -> tuple[str, ...]:
    try:
        from pillow_heif import register_heif_opener
    except ImportError as error:
        raise PhotoError("unsupported", "HEIC needs the package pillow-heif: install facebench[heic]") from error
    register_heif_opener()
    return ("HEIF",)


def _grey_of_16_bits(image: Image.Image) -> Image.Image:
    # Pillow's own conversion clips at 255 and turns such a photo white.
    values = np.asarray(image).astype(np.int64)
    photometry = getattr(image, "tag_v2", {}).get(ExifTags.Base.PhotometricInterpretation)
    if image.mode == "I;16" and photometry == _WHITE_IS_ZERO:  # of 8 bits and less Pillow inverts them itself
        values = 65_535 - values
    if values.max() > 65_535 or values.min() < 0:
        raise PhotoError("unsupported", "grey values of more than 16 bits")
    return Image.fromarray(((values + 128) // 257).astype(np.uint8))


def _fault(error: Exception) -> Fault:
    signs = ("truncated", "unexpected end", "end of file", "not enough image data")
    return "truncated" if any(sign in str(error).lower() for sign in signs) else "unreadable"
