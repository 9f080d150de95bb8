"""The one decoder: bytes of a listed format to upright RGB pixels, or the reason of failure."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from PIL import ExifTags, Image, TiffImagePlugin

from ._blocks import bare, blocks_of
from ._dates import Taken, date_taken
from ._exif import Exif
from ._opening import PhotoError, fault_of, open_image, reduce_huge
from ._orientation import LYING, TURNS, of_image, orientation_of
from ._pillow import truncated_files_refused

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Orientations whose last upright row is stored first.
_BACKWARDS = (3, 4, 7, 8)
_STRIP = 1 << 18  # pixels that are transposed at a time
_WHITE_IS_ZERO = 0  # the TIFF tag PhotometricInterpretation

T = TypeVar("T")


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
    return _header_of(_or_bare(open_image, data), data)


def _header_of(image: Image.Image, data: bytes) -> Header:
    """Return the header of a file that Pillow has opened, before its pixels are loaded."""
    try:
        exif = Image.Image.getexif(image)  # PNG's own would decode the pixels first
        tags = {**exif, **exif.get_ifd(ExifTags.IFD.Exif)} if exif else {}
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
    if not (exif or xmp) or not (isinstance(exif, bytes) and isinstance(xmp, bytes)):
        return None
    return date_taken(Exif(exif), xmp)


def decode(data: bytes) -> NDArray[np.uint8]:
    """Decode a file's bytes to upright RGB pixels, uint8 (height, width, 3).

    Colours are treated as sRGB (profiles are not applied), transparent photos are laid on white, and animations give
    their first frame.

    A JPEG of more than `MAX_PIXELS` comes at a half, a quarter or an eighth of its size.

    Raises:
        PhotoError: with the reason.
        MemoryError: there is not enough memory; nothing else is ever raised.
    """
    return decode_with_header(data)[0]


def decode_with_header(data: bytes) -> tuple[NDArray[np.uint8], Header | None]:
    """Return the same, and the header; None where it has to be read by itself.

    To open a small photo takes as long as to decode it.
    """
    return _or_bare(lambda file: _decode(file, data), data)


def _decode(file: bytes, original: bytes) -> tuple[NDArray[np.uint8], Header | None]:
    image = open_image(file)
    # What is bare has lost its EXIF; and of a TIFF, tags that are looked at are written anew when Pillow turns it.
    header = _header_of(image, original) if file is original and image.format != "TIFF" else None
    return _to_rgb(*_loaded(image, original)), header


def to_rgb(image: Image.Image) -> NDArray[np.uint8]:
    """Turn a Pillow image upright and into uint8 RGB (height, width, 3).

    Raises:
        PhotoError: with the reason.
        MemoryError: there is not enough memory; nothing else is raised.
    """
    _load(image)
    return _to_rgb(image, of_image(image))


def _loaded(image: Image.Image, original: bytes) -> tuple[Image.Image, int]:
    """Return an image, loaded, and the orientation that its original file says is left to be applied."""
    orientation = orientation_of(original, image)
    if image.format == "TIFF":
        with suppress(Exception):  # else Pillow would look into all of them, and give up at a damaged one
            exif = image.getexif()
            for tag in set(exif) - {ExifTags.Base.Orientation}:
                del exif[tag]
    reduce_huge(image)
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
        raise PhotoError(fault_of(error), str(error) or type(error).__name__) from error


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
    turn, lies = TURNS.get(orientation), orientation in LYING
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


def _size_as_stored(image: Image.Image) -> tuple[int, int]:
    """Return width and height in the file: Pillow swaps them for photos that lie in a TIFF file."""
    if not isinstance(image, TiffImagePlugin.TiffImageFile):
        return image.size
    return image.tag_v2[ExifTags.Base.ImageWidth], image.tag_v2[ExifTags.Base.ImageLength]


def _grey_of_16_bits(image: Image.Image) -> Image.Image:
    # Pillow's own conversion clips at 255 and turns such a photo white.
    values = np.asarray(image).astype(np.int64)
    photometry = getattr(image, "tag_v2", {}).get(ExifTags.Base.PhotometricInterpretation)
    if image.mode == "I;16" and photometry == _WHITE_IS_ZERO:  # of 8 bits and less Pillow inverts them itself
        values = 65_535 - values
    if values.max() > 65_535 or values.min() < 0:
        raise PhotoError("unsupported", "grey values of more than 16 bits")
    return Image.fromarray(((values + 128) // 257).astype(np.uint8))
