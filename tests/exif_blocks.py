"""EXIF blocks as cameras, phones and programs write them, odd ones too; and files that carry them."""

import io
import struct
import zlib
from collections.abc import Callable, Sequence

import numpy as np
from PIL import Image

ORIENTATION = 0x0112
BYTE, TEXT, SHORT, LONG, RATIONAL, UNDEFINED, SIGNED, FLOAT, DOUBLE = 1, 2, 3, 4, 5, 7, 9, 11, 12
#: Tag, type, count and bytes of a value.
Entry = tuple[int, int, int, bytes]

#: What makes the pixels of a photo upright, by orientation.
UPRIGHT: dict[int, Callable[[np.ndarray], np.ndarray]] = {
    1: lambda a: a,
    2: np.fliplr,
    3: lambda a: np.rot90(a, 2),
    4: np.flipud,
    5: lambda a: a.swapaxes(0, 1),
    6: lambda a: np.rot90(a, -1),
    7: lambda a: np.rot90(a.swapaxes(0, 1), 2),
    8: np.rot90,
}


def written(kind: int, number: int, order: str) -> Entry:
    """Return an orientation as an entry of some type."""
    values = {
        BYTE: struct.pack("B", number),
        TEXT: b"%d\0" % number,
        SHORT: struct.pack(order + "H", number),
        LONG: struct.pack(order + "L", number),
        UNDEFINED: struct.pack("B", number),
        SIGNED: struct.pack(order + "l", number),
        RATIONAL: struct.pack(order + "LL", number, 1),
        FLOAT: struct.pack(order + "f", number),
    }
    return ORIENTATION, kind, 2 if kind == TEXT else 1, values[kind]


def block(entries: Sequence[Entry], order: str = "<", settings: Sequence[Entry] = (), start: int = 8) -> bytes:
    """Return a TIFF file of one directory, with another one of the camera's settings; long values stand behind."""
    head = {"<": b"II", ">": b"MM"}[order] + struct.pack(order + "HL", 42, start)
    both, places = [list(entries)], [start]
    if settings:
        both[0].append((0x8769, LONG, 1, struct.pack(order + "L", start + 2 + 12 * (len(entries) + 1) + 4)))
        both.append(list(settings))
        places.append(start + 2 + 12 * (len(entries) + 1) + 4)
    end = places[-1] + 2 + 12 * len(both[-1]) + 4
    directories, behind = b"", b""
    for listed in both:
        directories += struct.pack(order + "H", len(listed))
        for tag, kind, count, value in listed:
            place = value.ljust(4, b"\0")
            if len(value) > 4:
                place = struct.pack(order + "L", end + len(behind))
                behind += value + b"\0" * (len(value) % 2)
            directories += struct.pack(order + "HHL", tag, kind, count) + place
        directories += bytes(4)
    return head + bytes(start - 8) + directories + behind


def jpeg(pixels: np.ndarray, exif: bytes) -> bytes:
    plain = _saved(pixels, "JPEG", quality=95, subsampling=0)
    return _with_segment(plain, exif)


def mpo(pixels: np.ndarray, exif: bytes) -> bytes:
    return _saved(
        pixels,
        "MPO",
        quality=95,
        subsampling=0,
        save_all=True,
        append_images=[Image.fromarray(pixels)],
        exif=b"Exif\0\0" + exif,
    )


def png(pixels: np.ndarray, exif: bytes) -> bytes:
    return with_chunk(_saved(pixels, "PNG"), b"eXIf", exif)


def late_png(pixels: np.ndarray, exif: bytes) -> bytes:
    plain = _saved(pixels, "PNG")
    return with_chunk(plain, b"eXIf", exif, len(plain) - 12)


def png_with_profile(pixels: np.ndarray, exif: bytes) -> bytes:
    profile = b"\nexif\n%8d\n" % (len(exif) + 6) + (b"Exif\0\0" + exif).hex().encode() + b"\n"
    return with_chunk(_saved(pixels, "PNG"), b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(profile))


def webp(pixels: np.ndarray, exif: bytes) -> bytes:
    return _saved(pixels, "WEBP", lossless=True, exif=exif)


def tiff(pixels: np.ndarray, entries: Sequence[Entry], order: str = "<", *, white_is_zero: bool = False) -> bytes:
    """Return an uncompressed TIFF file, grey of 16 bits or RGB, with more tags."""
    height, width = pixels.shape[:2]
    deep, channels = pixels.dtype == np.uint16, 1 if pixels.ndim == 2 else 3
    content = pixels.astype(order + "u2").tobytes() if deep else pixels.tobytes()
    numbers = {256: width, 257: height, 259: 1, 262: 0 if white_is_zero else 1 if channels == 1 else 2}
    numbers |= {277: channels, 278: height, 279: len(content)}
    own = [(tag, LONG, 1, struct.pack(order + "L", number)) for tag, number in numbers.items()]
    bits = struct.pack(order + f"{channels}H", *[16 if deep else 8] * channels)
    own += [(258, SHORT, channels, bits), (273, LONG, 1, bytes(4))]
    length = len(block([*own, *entries], order))
    own[-1] = (273, LONG, 1, struct.pack(order + "L", length))
    return block(sorted([*own, *entries], key=lambda entry: entry[0]), order) + content


#: Files with an EXIF block, by format.
CARRIERS: dict[str, Callable[[np.ndarray, bytes], bytes]] = {
    "JPEG": jpeg,
    "MPO": mpo,
    "PNG": png,
    "PNG, after the pixels": late_png,
    "PNG, raw profile": png_with_profile,
    "WebP": webp,
}


def with_chunk(plain: bytes, name: bytes, content: bytes, at: int = 33) -> bytes:
    """Return a PNG with one chunk more, by default behind its header."""
    chunk = struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
    return plain[:at] + chunk + plain[at:]


def with_xmp(plain: bytes, packet: bytes) -> bytes:
    """Return a JPEG with an XMP packet."""
    return _with_segment(plain, packet, b"http://ns.adobe.com/xap/1.0/\0")


def _with_segment(plain: bytes, content: bytes, name: bytes = b"Exif\0\0") -> bytes:
    return plain[:2] + b"\xff\xe1" + struct.pack(">H", len(name + content) + 2) + name + content + plain[2:]


def _saved(pixels: np.ndarray, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, kind, **options)
    return file.getvalue()
