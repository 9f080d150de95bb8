"""The one decoder: bytes of a listed format to upright RGB pixels, or the reason of failure."""

from __future__ import annotations

import io
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
from PIL import ExifTags, Image, ImageFile

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Reasons why a file gives no pixels.
Fault = Literal["unreadable", "truncated", "too_large", "unsupported"]
FAULTS: tuple[str, ...] = get_args(Fault)

#: Pillow's names of the formats that are opened; no other decoder ever sees a byte (EPS would run Ghostscript).
#: "JPEG" opens MPO too, the two-picture files of some cameras: Pillow has no opener of that name.
FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "TIFF", "PPM", "GIF")
#: File extensions of these formats: files that a directory listing counts as photos.
SUFFIXES = frozenset(
    f".{ending}"
    for ending in "jpg jpeg jpe jfif png webp bmp tif tiff ppm pgm pnm gif heic heif".split()  # noqa: SIM905
)
#: Budget, checked from the header before a pixel is decoded: Pillow's own limit against decompression bombs.
MAX_PIXELS = 89_478_485

_HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
#: First bytes of the formats (except WebP and HEIC): they distinguish a damaged photo from a foreign file.
_MAGIC = (b"\xff\xd8\xff", b"\x89PNG", b"BM", b"II*\0", b"MM\0*", b"P1", b"P2", b"P3", b"P4", b"P5", b"P6", b"GIF8")
#: The transposition that makes a photo upright, by its EXIF orientation.
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
#: Orientations whose upright rows are stored as columns, and those whose last row is stored first.
_LYING = (5, 6, 7, 8)
_BACKWARDS = (3, 4, 7, 8)
_STRIP = 1 << 18  # pixels that are transposed at a time
_lock = threading.Lock()
_strict_users = 0
_tolerated_before = False


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
    """

    format: str
    size: tuple[int, int]
    exif: dict[str, object] = field(default_factory=dict)
    jpeg_tables: tuple[tuple[int, ...], ...] = ()


def read_header(data: bytes) -> Header:
    """Read the header of a file's bytes; no pixel is decoded.

    Raises:
        PhotoError: unsupported, too_large, truncated or unreadable.
    """
    image = _open(data)
    try:
        exif = Image.Image.getexif(image)  # PNG's own would decode the pixels first
        tags = {**exif, **exif.get_ifd(ExifTags.IFD.Exif)}
    except Exception:  # a damaged EXIF block may raise anything; the photo itself may be sound
        tags = {}
    turned = image.format == "TIFF" and tags.get(ExifTags.Base.Orientation) in _LYING  # Pillow swaps it already
    tables = getattr(image, "quantization", None) or {}
    return Header(
        format=image.format or "",
        size=image.size[::-1] if turned else image.size,
        exif={ExifTags.TAGS.get(tag, str(tag)): value for tag, value in tags.items()},
        jpeg_tables=tuple(tuple(table) for _, table in sorted(tables.items())),
    )


def decode(data: bytes) -> NDArray[np.uint8]:
    """Decode a file's bytes to upright RGB pixels, uint8 (height, width, 3).

    Colours are treated as sRGB (profiles are not applied), transparent photos are laid on white, and animations give
    their first frame.

    Raises:
        PhotoError: with the reason; nothing else is ever raised.
    """
    return to_rgb(_open(data))


def to_rgb(image: Image.Image) -> NDArray[np.uint8]:
    """Turn a Pillow image upright and into uint8 RGB (height, width, 3).

    Raises:
        PhotoError: with the reason; nothing else is raised.
    """
    try:
        with _truncated_files_refused():
            image.load()
    except Exception as error:  # decoders of damaged files may raise anything
        raise PhotoError(_fault(error), str(error) or type(error).__name__) from error
    orientation = _orientation(image)
    if image.mode == "F":
        raise PhotoError("unsupported", "floating-point pixels")
    try:
        if image.mode.startswith("I"):
            image = _grey_of_16_bits(image)
        if image.has_transparency_data:
            image = image.convert("RGBA")
            image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
        return _rgb(image, orientation)
    except PhotoError:
        raise
    except Exception as error:
        raise PhotoError("unsupported", f"no conversion from {image.mode} to RGB") from error


def _orientation(image: Image.Image) -> int:
    with suppress(Exception):  # with a damaged EXIF block the orientation is unknown: taken as upright
        exif = image.getexif()
        orientation = exif.get(ExifTags.Base.Orientation)
        if orientation in _TURNS:
            exif.tobytes()  # raises if another entry is damaged
            return int(orientation)
    return 1


def _rgb(image: Image.Image, orientation: int) -> NDArray[np.uint8]:
    """Turn an image upright and into RGB, strip by strip: copies of a whole phone photo do not fit into any cache."""
    turn, lies = _TURNS.get(orientation), orientation in _LYING
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


def _open(data: bytes) -> Image.Image:
    if not data:
        raise PhotoError("unreadable", "empty file")
    is_heif = data[4:8] == b"ftyp" and data[8:12] in _HEIF_BRANDS
    formats = _heif_formats() if is_heif else FORMATS
    try:
        # Pillow would only warn on standard error, of size or damage; the outcome says it instead.
        with _truncated_files_refused(), _lock, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = Image.open(io.BytesIO(data), formats=formats)
    except Image.DecompressionBombError as error:
        raise PhotoError("too_large", f"the limit is {MAX_PIXELS // 1_000_000} megapixels: save it smaller") from error
    except Exception as error:  # headers of foreign or damaged files may raise anything
        raise _refusal(data, is_heif) from error
    width, height = image.size
    if width * height > MAX_PIXELS:
        limit = MAX_PIXELS // 1_000_000
        raise PhotoError("too_large", f"{width}x{height} pixels; the limit is {limit} megapixels: save it smaller")
    return image


def _refusal(data: bytes, is_heif: bool) -> PhotoError:
    """Return why a file could not be opened."""
    is_webp = data[:4] == b"RIFF" and data[8:12] == b"WEBP"
    if not (is_heif or is_webp or data.startswith(_MAGIC)):
        return PhotoError("unsupported", "not a JPEG, PNG, WebP, BMP, TIFF, PPM/PGM, GIF or HEIC photo")
    # WebP begins with its length, TIFF with the place of its directory: often the end of the file.
    reach = int.from_bytes(data[4:8], "big" if data.startswith(b"MM") else "little") + 8
    if (is_webp or data.startswith((b"II", b"MM"))) and len(data) < reach:
        return PhotoError("truncated", f"the file ends at byte {len(data)} and should reach byte {reach}")
    return PhotoError("unreadable", "its header is damaged or cut off")


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
    if values.max() > 65_535 or values.min() < 0:
        raise PhotoError("unsupported", "grey values of more than 16 bits")
    return Image.fromarray(((values + 128) // 257).astype(np.uint8))


def _fault(error: Exception) -> Fault:
    signs = ("truncated", "unexpected end", "end of file", "not enough image data")
    return "truncated" if any(sign in str(error).lower() for sign in signs) else "unreadable"


@contextmanager
def _truncated_files_refused() -> Iterator[None]:
    # Some libraries (face_recognition among them) make Pillow fill missing parts with grey for the whole process;
    # the same file must give the same outcome with them and without.
    global _strict_users, _tolerated_before  # noqa: PLW0603
    with _lock:
        if _strict_users == 0:
            _tolerated_before = ImageFile.LOAD_TRUNCATED_IMAGES
            ImageFile.LOAD_TRUNCATED_IMAGES = False
        _strict_users += 1
    try:
        yield
    finally:
        with _lock:
            _strict_users -= 1
            if _strict_users == 0:
                # Retained also if it was set in the meantime.
                ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES or _tolerated_before
