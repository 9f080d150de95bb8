"""The formats that are opened, told by the first bytes of a file, and the endings of their names."""

from __future__ import annotations

import re
from importlib.util import find_spec

#: Pillow's names of the formats that are opened; no other decoder ever sees a byte (EPS would run Ghostscript).
#: "JPEG" opens MPO too, the two-picture files of some cameras: Pillow has no opener of that name.
FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "TIFF", "PPM", "GIF")
#: Whether this Pillow was built with AVIF.
HAS_AVIF = find_spec("PIL._avif") is not None
#: File extensions of these formats: files that a directory listing counts as photos.
SUFFIXES = frozenset(
    f".{ending}"
    for ending in (
        *("jpg", "jpeg", "jpe", "jfif", "mpo", "png", "webp", "bmp", "tif", "tiff", "ppm", "pgm", "pnm", "gif"),
        *("heic", "heif", "hif"),
        *(("avif",) if HAS_AVIF else ()),
    )
)
#: Endings of cameras' raw files: TIFF by their first bytes, with a thumbnail that Pillow would read.
RAW = frozenset(
    f".{ending}" for ending in ("3fr", "arw", "cr2", "dng", "erf", "iiq", "kdc", "nef", "orf", "pef", "srw")
)
#: Bytes at the beginning of a file that say what it is.
ENOUGH = 64

_HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
_AVIF_BRANDS = {b"avif", b"avis"}
#: First bytes of the formats (except WebP, HEIC and AVIF).
_MAGIC = {
    b"\xff\xd8\xff": "JPEG",
    b"\x89PNG": "PNG",
    b"GIF8": "GIF",
    b"II*\0": "TIFF",
    b"MM\0*": "TIFF",
    b"BM": "BMP",
    **{b"P%d" % number: "PPM" for number in range(1, 7)},
}


def format_of(data: bytes) -> str:
    """Return the format that a file's first bytes claim, "" if it is none of those that are opened.

    Two letters are enough: a damaged photo is told from a foreign file by it.

    >>> format_of(b"GIF89a")
    'GIF'
    """
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WebP"
    if data[4:8] == b"ftyp":
        return _of_brands(data)
    return next((name for magic, name in _MAGIC.items() if data.startswith(magic)), "")


def surely(data: bytes) -> str:
    """Return the same of a file whose name says nothing: texts may begin with the two letters of a BMP or PPM, too."""
    found = format_of(data)
    if (found == "BMP" and any(data[6:10])) or (found == "PPM" and not re.match(rb"P\d\s+[\d#]", data)):
        return ""
    return found


def _of_brands(data: bytes) -> str:
    """Return what a file is that begins with a list of brands: the major one, its version, compatible ones."""
    end = int.from_bytes(data[:4], "big")
    brands = {data[at : at + 4] for at in (8, *range(16, min(end, len(data)), 4))}
    if data[8:12] in _AVIF_BRANDS or (data[8:12] in (b"mif1", b"msf1") and brands & _AVIF_BRANDS):
        return "AVIF"
    return "HEIC" if data[8:12] in _HEIF_BRANDS else ""
