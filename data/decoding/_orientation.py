"""How a photo is to be turned; and which photos the first decoder of facebench turned otherwise."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Final

from PIL import ExifTags, Image

from ._blocks import Blocks, blocks_of
from ._exif import Exif
from ._pillow import quiet

#: The transposition that makes a photo upright, by its EXIF orientation.
TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
#: Orientations whose upright rows are stored as columns.
LYING: Final = (5, 6, 7, 8)
#: Raised when photos come out of the decoder with other pixels; their keys in the store change with it.
DECODER = 2

_TAG, _PHOTOMETRY, _DEPTH = (
    ExifTags.Base.Orientation,
    ExifTags.Base.PhotometricInterpretation,
    ExifTags.Base.BitsPerSample,
)
_OF_XMP = re.compile(rb'tiff:Orientation(?:="|>)([0-9])')
_TIFF = (b"II*\0", b"MM\0*")


def orientation_of(data: bytes, image: Image.Image) -> int:
    """Return the EXIF orientation, 1 to 8, by which a file's pixels are still to be turned once Pillow has loaded them.

    The tag is read alone, stored as SHORT, BYTE, LONG or text; XMP counts where EXIF is silent.

    Args:
        data: the file.
        image: of it, as Pillow opened it, before anything is loaded.
    """
    if image.format == "HEIF":
        return 1  # pillow-heif turns photos by what HEIF itself says; EXIF does not count
    if image.format == "TIFF":
        return 1 if _turned_by_pillow(image.getexif) else _valid(Exif(data).number(_TAG))
    if image.format in ("JPEG", "MPO", "PNG", "WEBP"):
        return _of_blocks(blocks_of(data))
    return of_image(image)


def of_image(image: Image.Image) -> int:
    """Return the orientation of a Pillow image, 1 to 8, as Pillow reads it, whatever its type."""
    value = _read_by_pillow(image.getexif)
    if isinstance(value, bytes | tuple):
        value = value[0] if value else None
    elif isinstance(value, str):
        digits = value.strip("\0 ")
        value = int(digits) if digits.isascii() and digits.isdecimal() else None
    return _valid(value)


def decoder_of(data: bytes) -> int:
    """Return the first version of the decoder that gave a file's pixels as they are now: 1, or 2.

    The first one left photos lying whose orientation was no SHORT or LONG, or stood beside an odd tag, and took 16-bit
    TIFF files for negatives in which white is zero.
    """
    if data.startswith(_TIFF):
        tags = Exif(data)
        if tags.number(_PHOTOMETRY) == 0 and tags.number(_DEPTH) == 16:
            return DECODER
        return 1 if _valid(tags.number(_TAG)) == 1 or _turned_by_pillow(partial(_loaded, data)) else DECODER
    blocks = blocks_of(data)
    orientation = _of_blocks(blocks) if blocks.exif else 1
    return 1 if orientation == 1 or orientation == _at_first(blocks) else DECODER


def _of_blocks(blocks: Blocks) -> int:
    if not (blocks.exif or blocks.xmp):
        return 1
    value = Exif(blocks.exif).number(_TAG)
    if value is None and (found := _OF_XMP.search(blocks.xmp)):
        value = int(found[1])
    return _valid(value)


def _at_first(blocks: Blocks) -> int:
    """Return the orientation that the first decoder read: none where Pillow could not write the block anew."""
    with suppress(Exception), quiet():
        exif = _loaded(blocks.exif)
        if _TAG not in exif and (found := _OF_XMP.search(blocks.xmp)):
            exif[_TAG] = int(found[1])
        orientation = _valid(exif.get(_TAG))
        exif.tobytes()
        return orientation
    return 1


def _loaded(block: bytes) -> Image.Exif:
    exif = Image.Exif()
    exif.load(block)
    return exif


def _turned_by_pillow(exif: Callable[[], Image.Exif]) -> bool:
    """Return whether Pillow turns a TIFF file when it loads it."""
    return _valid(_read_by_pillow(exif)) != 1


def _read_by_pillow(exif: Callable[[], Image.Exif]) -> object:
    with suppress(Exception), quiet():  # a damaged EXIF block may raise anything
        return exif().get(_TAG)
    return None


def _valid(value: object) -> int:
    return next((orientation for orientation in TURNS if orientation == value), 1)
