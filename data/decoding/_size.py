"""The size of a photo's upright pixels, from the header of its file."""

from __future__ import annotations

from pathlib import Path

from ._decode import decode
from ._opening import PhotoError, open_image, reduce_huge
from ._orientation import LYING, of_image, orientation_of

#: What a JPEG says of its size and orientation stands in as many bytes at its beginning, nearly always.
_BEGINNING = 1 << 18
_JPEG = b"\xff\xd8"


def upright_size(file: str | Path) -> tuple[int, int]:
    """Return width and height of the pixels that decoding a file gives; of a TIFF that lies they are decoded.

    Raises:
        PhotoError: unsupported, too_large, truncated or unreadable.
    """
    try:
        with Path(file).open("rb") as opened:
            data = opened.read(_BEGINNING)
            if data.startswith(_JPEG):
                try:
                    return _size(data)
                except PhotoError:
                    pass  # its header is longer, or it is damaged
            data += opened.read()
    except (OSError, ValueError) as error:
        raise PhotoError("unreadable", getattr(error, "strerror", None) or str(error)) from error
    return _size(data)


def _size(data: bytes) -> tuple[int, int]:
    image = open_image(data)
    orientation = orientation_of(data, image)
    if image.format == "TIFF" and (orientation != 1 or of_image(image) != 1):
        height, width, _ = decode(data).shape  # Pillow turns some of these itself, and swaps the sides of others
        return width, height
    reduce_huge(image)
    width, height = image.size
    return (height, width) if orientation in LYING else (width, height)
