"""Where a photo's file keeps EXIF and XMP, found without decoding a pixel; and what is left of it without them."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass

_PNG = b"\x89PNG\r\n\x1a\n"
_EXIF, _XMP = b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0"
_PNG_XMP = b"XML:com.adobe.xmp"
#: What ImageMagick calls EXIF in a text of a PNG, in hexadecimal digits below three lines.
_PROFILES = (b"Raw profile type exif", b"Raw profile type APP1")
#: Chunks of a PNG that say nothing of its pixels, and in which Pillow refuses more than 1 MB.
_TEXTS = (b"tEXt", b"zTXt", b"iTXt", b"iCCP")
#: Markers of segments of a JPEG that its pixels do not need: all applications' but JFIF's and Adobe's, and comments.
_BESIDE = (*range(0xE1, 0xEE), 0xEF, 0xFE)
#: Bytes of a compressed text that are unpacked at most.
_MOST = 16_000_000


@dataclass(frozen=True)
class Blocks:
    """What a file says beside its pixels.

    Attributes:
        exif: the EXIF block, a TIFF file without pixels; empty if there is none.
        xmp: the XMP packet, XML; empty if there is none.
    """

    exif: bytes = b""
    xmp: bytes = b""


def blocks_of(data: bytes) -> Blocks:
    """Return the blocks of a JPEG, PNG or WebP file, none for other formats, as far as a damaged file has them."""
    if data.startswith(b"\xff\xd8"):
        return _of_jpeg(data)
    if data.startswith(_PNG):
        return _of_png(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _of_webp(data)
    return Blocks()


def bare(data: bytes) -> bytes | None:
    """Return a PNG without texts and colour profile, a JPEG with nothing that its pixels do not need.

    None if there is nothing to leave out, or the file is of another format.
    """
    if data.startswith(_PNG):
        kept = [(start, end) for name, start, end in _chunks(data) if name not in _TEXTS]
    elif data.startswith(b"\xff\xd8"):
        kept = [(start, end) for marker, start, end in _segments(data) if marker not in _BESIDE]
    else:
        return None
    found = b"".join(data[start:end] for start, end in kept)
    return found if len(found) < len(data) else None


def _of_jpeg(data: bytes) -> Blocks:
    if _EXIF not in data and _XMP not in data:
        return Blocks()
    exif, xmp = [], b""
    for marker, start, end in _segments(data):
        content = data[start + 4 : end] if marker == 0xE1 else b""
        if content.startswith(_EXIF):
            exif.append(content[len(_EXIF) :])  # a long block goes on in the next segment
        elif content.startswith(_XMP):
            xmp = content[len(_XMP) :]
    return Blocks(b"".join(exif), xmp)


def _segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield marker, start and end of each segment of a JPEG; all from its pixels on is one."""
    at = 2
    yield 0xD8, 0, at
    while 0 <= (at := data.find(b"\xff", at)) < len(data) - 3:
        marker = data[at + 1]
        if marker in (0xD9, 0xDA):  # the end, or the pixels
            break
        if marker in (0x00, 0x01, 0xFF) or 0xD0 <= marker <= 0xD8:  # padding, and markers of no length
            at += 1 if marker == 0xFF else 2
            continue
        end = max(at + 4, at + 2 + int.from_bytes(data[at + 2 : at + 4], "big"))
        yield marker, at, end
        at = end
    if 0 <= at < len(data):
        yield 0xDA, at, len(data)


def _of_png(data: bytes) -> Blocks:
    exif = profile = xmp = b""
    for name, start, end in _chunks(data):
        content = data[start + 8 : end - 4] if name in (b"eXIf", *_TEXTS) else b""
        key = content[:100].partition(b"\0")[0]
        if name == b"eXIf":
            exif = exif or content
        elif key in _PROFILES:
            profile = profile or _from_hexadecimal(_text(name, content[len(key) + 1 :]))
        elif key == _PNG_XMP:
            xmp = xmp or _text(name, content[len(key) + 1 :])
    return Blocks(exif.removeprefix(_EXIF) or profile, xmp)


def _chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Yield name, start and end of each chunk of a PNG; its first bytes, and what is no whole chunk, have no name."""
    at = len(_PNG)
    yield b"", 0, at
    while at + 12 <= len(data):
        end = at + 12 + int.from_bytes(data[at : at + 4], "big")
        if end > len(data):
            break
        yield data[at + 4 : at + 8], at, end
        at = end
    yield b"", at, len(data)


def _text(name: bytes, rest: bytes) -> bytes:
    """Return the text of a PNG's chunk after its key; empty if it cannot be unpacked."""
    packed = name == b"zTXt"
    if name == b"zTXt":
        rest = rest[1:]  # the method: there is one
    elif name == b"iTXt":
        packed, rest = rest[:1] == b"\1", rest[2:].partition(b"\0")[2].partition(b"\0")[2]  # language, translated key
    if not packed:
        return rest
    try:
        return zlib.decompressobj().decompress(rest, _MOST)
    except zlib.error:
        return b""


def _from_hexadecimal(profile: bytes) -> bytes:
    try:
        return bytes.fromhex(b"".join(profile.split(b"\n")[3:]).decode("ascii")).removeprefix(_EXIF)
    except ValueError:
        return b""


def _of_webp(data: bytes) -> Blocks:
    found = {b"EXIF": b"", b"XMP ": b""}
    at = 12
    while at + 8 <= len(data):
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        name = data[at : at + 4]
        if name in found:
            found[name] = found[name] or data[at + 8 : at + 8 + size]
        at += 8 + size + size % 2
    return Blocks(found[b"EXIF"].removeprefix(_EXIF), found[b"XMP "])
