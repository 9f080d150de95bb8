"""The orientation is read alone: whatever its type, and whatever stands beside it."""

import io
import random
import struct
import warnings
import zlib
from collections.abc import Iterator

import numpy as np
import pillow_heif
import pytest
from facebench.data import Photo, orl_faces
from facebench.data.decoding._orientation import decoder_of
from PIL import Image

from ..exif_blocks import (
    BYTE,
    CARRIERS,
    DOUBLE,
    FLOAT,
    LONG,
    ORIENTATION,
    RATIONAL,
    SHORT,
    SIGNED,
    TEXT,
    UNDEFINED,
    UPRIGHT,
    Entry,
    block,
    jpeg,
    tiff,
    with_chunk,
    with_xmp,
    written,
)

PIXELS = np.random.default_rng(0).integers(0, 256, (6, 9, 3), np.uint8).repeat(8, 0).repeat(8, 1)
TYPES = {"SHORT": SHORT, "BYTE": BYTE, "LONG": LONG, "text": TEXT}
#: Tags of a type that is not theirs, and damaged ones: what was found in photos, and relatives of it.
ODD: dict[str, Entry] = {
    "a width that is a fraction": (0x0100, RATIONAL, 1, struct.pack("<LL", 3, 7)),
    "a description beyond the end": (0x010E, TEXT, 900, struct.pack("<L", 60_000)),
    "a description that is a number": (0x010E, SHORT, 1, struct.pack("<H", 7)),
    "a make of bytes": (0x010F, BYTE, 4, b"abc\0"),
    "a make of fractions": (0x010F, RATIONAL, 1, struct.pack("<LL", 1, 0)),
    "a model of no length": (0x0110, TEXT, 0, b""),
    "a model of an endless length": (0x0110, TEXT, 0xFFFFFFFF, struct.pack("<L", 8)),
    "a resolution in bytes": (0x011A, BYTE, 4, b"\1\2\3\4"),
    "a resolution of text": (0x011A, TEXT, 3, b"72\0"),
    "a resolution of shorts": (0x011A, SHORT, 2, struct.pack("<HH", 72, 1)),
    "a resolution without a divisor": (0x011A, RATIONAL, 1, struct.pack("<LL", 72, 0)),
    "a resolution of several": (0x011B, RATIONAL, 2, struct.pack("<LLLL", 72, 1, 72, 1)),
    "a signed resolution": (0x011B, 10, 1, struct.pack("<ll", -72, 1)),
    "a unit of text": (0x0128, TEXT, 5, b"inch\0"),
    "a unit of bytes": (0x0128, BYTE, 1, b"\2"),
    "a software of undefined bytes": (0x0131, UNDEFINED, 3, b"1.0"),
    "a software that is a double": (0x0131, DOUBLE, 1, struct.pack("<d", 1.5)),
    "a date of shorts": (0x0132, SHORT, 2, struct.pack("<HH", 2014, 5)),
    "an artist in Latin-1": (0x013B, TEXT, 5, b"Ren\xe9\0"),
    "a white point of floats": (0x013E, FLOAT, 2, struct.pack("<ff", 0.3, 0.3)),
    "a YCbCr positioning of text": (0x0213, TEXT, 2, b"1\0"),
    "a rating of a float": (0x4746, FLOAT, 1, struct.pack("<f", 5.0)),
    "a title of Windows as text": (0x9C9B, TEXT, 6, b"title\0"),
    "a type that does not exist": (0x0111, 99, 1, struct.pack("<L", 7)),
    "settings that are text": (0x8769, TEXT, 4, b"oops"),
    "settings beyond the end": (0x8769, LONG, 1, struct.pack("<L", 900_000)),
    "a place that is a number": (0x8825, BYTE, 1, b"\7"),
    "a place beyond the end": (0x8825, LONG, 1, struct.pack("<L", 900_000)),
    "a maker's note in the first directory": (0x927C, UNDEFINED, 5, b"\0\1\2\3\4"),
}


def turned(pixels: np.ndarray, data: bytes) -> bool:
    """Return whether a file shows these pixels, upright, as nearly as its format keeps them."""
    found = Photo(data).pixels
    return found.shape == pixels.shape and float(np.abs(found - pixels.astype(float)).mean()) < 12


def sorted_block(*entries: Entry) -> bytes:
    return block(sorted(entries, key=lambda entry: entry[0]))


@pytest.mark.parametrize("kind", CARRIERS)
@pytest.mark.parametrize("odd", ODD)
def test_a_photo_is_upright_whatever_stands_beside_its_orientation(kind: str, odd: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for number, name in zip(UPRIGHT, [*TYPES, *TYPES], strict=True):
            data = CARRIERS[kind](PIXELS, sorted_block(ODD[odd], written(TYPES[name], number, "<")))
            assert turned(UPRIGHT[number](PIXELS), data), (number, name)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("name", [*TYPES, "undefined", "signed", "fraction", "float"])
@pytest.mark.parametrize("kind", CARRIERS)
def test_an_orientation_of_any_type_is_read(kind: str, name: str, order: str) -> None:
    of_type = {**TYPES, "undefined": UNDEFINED, "signed": SIGNED, "fraction": RATIONAL, "float": FLOAT}[name]
    for number, upright in UPRIGHT.items():
        data = CARRIERS[kind](PIXELS, block([written(of_type, number, order)], order))
        assert turned(upright(PIXELS), data), number


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("name", TYPES)
def test_a_tiff_is_upright_too(name: str, order: str) -> None:
    odd = {**ODD, "none": None} if order == "<" else {"none": None}
    # These are a TIFF file's own, or keep Pillow from reading the tags behind them, the photo's size among them.
    for beside in ("a width that is a fraction", "a type that does not exist", "a description beyond the end"):
        odd.pop(beside, None)
    for number, upright in UPRIGHT.items():
        for entry in odd.values():
            data = tiff(PIXELS, [written(TYPES[name], number, order), *([entry] if entry else [])], order)
            np.testing.assert_array_equal(Photo(data).pixels, upright(PIXELS), err_msg=f"{number}, {entry}")
            assert Photo(data).header.size == (72, 48)


def test_of_several_orientations_in_one_tag_the_first_counts() -> None:
    several = (ORIENTATION, SHORT, 2, struct.pack("<HH", 6, 1))
    for data in (jpeg(PIXELS, block([several])), tiff(PIXELS, [several])):
        assert turned(UPRIGHT[6](PIXELS), data)


@pytest.mark.parametrize("name", [*TYPES, "undefined"])
def test_a_heic_is_turned_by_what_it_says_itself(name: str) -> None:
    of_type = {**TYPES, "undefined": UNDEFINED}[name]
    heic = io.BytesIO()
    plain = pillow_heif.from_pillow(Image.fromarray(PIXELS))
    plain.info["exif"] = b"Exif\0\0" + block([written(of_type, 6, "<"), ODD["a resolution of text"]])
    plain.save(heic, quality=95, chroma=444)
    image = pillow_heif.open_heif(heic.getvalue(), convert_hdr_to_8bit=True).to_pillow()
    np.testing.assert_array_equal(Photo(heic.getvalue()).pixels, np.asarray(image.convert("RGB")))


def test_a_text_that_is_no_orientation_leaves_the_photo_as_it_is() -> None:
    for text in (b"Rotate 90 CW\0", b"top\0", b"9\0", b"\0", b"66666666666666\0", "\N{SUPERSCRIPT SIX}".encode()):
        assert turned(PIXELS, jpeg(PIXELS, block([(ORIENTATION, TEXT, len(text), text)])))


def test_xmp_counts_where_exif_is_silent() -> None:
    packet = b'<x:xmpmeta><rdf:Description tiff:Orientation="8"/></x:xmpmeta>'
    odd = block([ODD["a resolution of text"]])
    assert turned(UPRIGHT[8](PIXELS), with_xmp(jpeg(PIXELS, odd), packet))
    assert turned(UPRIGHT[3](PIXELS), with_xmp(jpeg(PIXELS, block([written(BYTE, 3, "<")])), packet))


def test_a_pillow_image_is_upright_too_and_its_exif_stays() -> None:
    image = Image.open(io.BytesIO(jpeg(PIXELS, sorted_block(ODD["a resolution of text"], written(BYTE, 6, "<")))))
    before = image.info["exif"]
    assert turned(UPRIGHT[6](PIXELS), image)  # type: ignore[arg-type]
    assert image.info["exif"] is before


# The version of the decoder


def test_only_photos_whose_pixels_are_others_have_another_key() -> None:
    odd = ODD["a resolution of text"]
    for carry in CARRIERS.values():
        for number in UPRIGHT:
            sound = carry(PIXELS, block([written(SHORT, number, "<")]))
            assert Photo(sound).key == Photo(sound).sha256
            for entries in ([odd, written(SHORT, number, "<")], [written(BYTE, number, "<")]):
                lay = Photo(carry(PIXELS, sorted_block(*entries)))
                assert (lay.decoder, lay.key) == ((1, lay.sha256) if number == 1 else (2, f"{lay.sha256}+2"))
    for item in orl_faces().items[:3]:
        assert Photo(item.path).decoder == 1
    assert Photo(PIXELS).key == Photo(PIXELS).sha256


def test_a_tiff_that_pillow_turned_keeps_its_key() -> None:
    for name, decoder in {"SHORT": 1, "LONG": 1, "BYTE": 2, "text": 2}.items():
        assert Photo(tiff(PIXELS, [written(TYPES[name], 6, "<")])).decoder == decoder
    assert Photo(tiff(PIXELS, [written(BYTE, 1, "<")])).decoder == 1


def test_16_bit_grey_with_white_as_zero_is_no_negative() -> None:
    grey = PIXELS[..., 0]
    values = grey.astype(np.uint16) * 257
    negative, positive = tiff(65_535 - values, [], white_is_zero=True), tiff(values, [])
    np.testing.assert_array_equal(Photo(negative).pixels, np.dstack([grey] * 3))
    np.testing.assert_array_equal(Photo(positive).pixels, np.dstack([grey] * 3))
    assert (Photo(negative).decoder, Photo(positive).decoder) == (2, 1)
    eight_bits = tiff(PIXELS, [])
    assert Photo(eight_bits).decoder == 1


# Texts and profiles of a PNG


@pytest.mark.parametrize("late", [False, True], ids=["before the pixels", "after them"])
@pytest.mark.parametrize("name", ["tEXt", "zTXt", "iTXt", "iCCP"])
def test_a_png_with_a_long_text_or_profile_is_sound(name: str, late: bool) -> None:
    long = bytes(range(1, 256)) * 8_000  # 2 MB
    content = {
        "tEXt": b"Comment\0" + long,
        "zTXt": b"Comment\0\0" + zlib.compress(long),
        "iTXt": b"Comment\0\0\0\0\0" + long,
        "iCCP": b"Camera\0\0" + zlib.compress(long),
    }[name]
    plain = CARRIERS["PNG"](PIXELS, block([written(SHORT, 6, "<"), (0x0110, TEXT, 3, b"Me\0")]))
    data = with_chunk(plain, name.encode(), content, len(plain) - 12 if late else 33)
    np.testing.assert_array_equal(Photo(data).pixels, UPRIGHT[6](PIXELS))
    assert Photo(data).header.exif["Model"] == "Me"
    assert Photo(data).decoder == 1  # nothing was stored of it


@pytest.mark.parametrize("kind", ["JPEG", "MPO"])
def test_a_jpeg_that_pillow_refuses_for_its_exif_is_sound(kind: str) -> None:
    odd = (0x011A, TEXT, 1, b"7")  # a resolution of one letter
    data = CARRIERS[kind](PIXELS, block([written(SHORT, 6, "<"), odd, (0x0128, SHORT, 1, b"\2\0")]))
    with pytest.raises(OSError, match="cannot identify"):
        Image.open(io.BytesIO(data))
    assert turned(UPRIGHT[6](PIXELS), data)
    assert Photo(data).header.size == (72, 48)


# Generated blocks


def blocks(seed: int, count: int) -> Iterator[tuple[int, bytes]]:
    """Yield orientations, each with a block that holds it in a readable place among others of every kind."""
    rng = random.Random(seed)
    tags = sorted({entry[0] for entry in ODD.values()} | {0x0102, 0x0106, 0x0115, 0x0201, 0x8298, 0xA005, 0xC4A5})
    types, counts = [*range(14), 99, 65_535], [0, 1, 1, 1, 2, 3, 9, 70, 65_536, 2**32 - 1]
    for _ in range(count):
        order, number = rng.choice("<>"), rng.randrange(1, 9)
        entries = [
            (tag, rng.choice(types), rng.choice(counts), rng.randbytes(rng.choice([1, 4, 4, 4, 8, 17])))
            for tag in rng.sample(tags, rng.randrange(9))
        ]
        entries.append(written(rng.choice([SHORT, SHORT, BYTE, LONG, TEXT]), number, order))
        if rng.random() < 0.8:
            entries.sort(key=lambda entry: entry[0])
        yield number, block(entries, order, start=rng.choice([8, 8, 8, 26]))


def wrong(seed: int, count: int) -> list[tuple[str, int, str]]:
    """Return where a generated photo is not upright: in what format, by which orientation and block."""
    found = []
    for number, made in blocks(seed, count):
        for kind, carry in CARRIERS.items():
            if not turned(UPRIGHT[number](PIXELS), carry(PIXELS, made)):
                found.append((kind, number, made.hex()))
    return found


def test_photos_with_generated_blocks_are_upright() -> None:
    assert wrong(0, 60) == []


@pytest.mark.slow
def test_photos_with_thousands_of_generated_blocks_are_upright() -> None:
    assert wrong(1, 5_000) == []


@pytest.mark.slow
def test_any_bytes_in_the_place_of_exif_do_no_harm() -> None:
    rng = random.Random(2)
    for number, made in blocks(3, 2_000):
        damaged = bytearray(made)
        for _ in range(rng.randrange(1, 6)):
            damaged[rng.randrange(len(damaged))] = rng.randrange(256)
        for kind, carry in CARRIERS.items():
            data = carry(PIXELS, bytes(damaged[: rng.randrange(len(damaged) + 1)]))
            assert Photo(data).pixels.shape[:2] in (PIXELS.shape[:2], PIXELS.shape[1::-1]), (kind, number)
            assert decoder_of(data) in (1, 2)
