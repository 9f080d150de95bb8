"""The decoder: every listed format gives the same upright RGB pixels, everything else a reason."""

import io
import re
import shutil
import stat
import struct
import sys
import zlib
from concurrent.futures import ThreadPoolExecutor
from itertools import chain

import numpy as np
import pillow_heif
import pytest
from facebench.data import FAULTS, PhotoError, orl_faces
from facebench.data.decoding import _decode, _opening
from facebench.data.decoding._decode import decode, read_header, to_rgb
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import EpsImagePlugin, ExifTags, Image, ImageFile, ImageOps

from ..exif_blocks import UPRIGHT

WIDTH, HEIGHT = 92, 112
ORIENTATION = ExifTags.Base.Orientation


def orl(photo):
    """Return the pixels of an ORL photo, read without Pillow: they are the file's last bytes."""
    return np.frombuffer(orl_faces().items[photo].path.read_bytes()[-WIDTH * HEIGHT :], np.uint8).reshape(HEIGHT, WIDTH)


GREY = orl(0)
COLOUR = np.dstack([orl(0), orl(10), orl(20)])
OTHER = np.dstack([orl(30), orl(40), orl(50)])
INK = GREY > 100


def rgb(grey):
    return np.dstack([grey] * 3)


def encoded(pixels, kind, **options):
    image = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    file = io.BytesIO()
    if kind == "HEIF":  # not through Pillow: the decoder has to register the format itself
        pillow_heif.from_pillow(image).save(file, quality=90, chroma=444, **options)
    else:
        image.save(file, kind, **options)
    return file.getvalue()


def merged(mode, *channels):
    return Image.merge(mode, [Image.fromarray(np.ascontiguousarray(channel)) for channel in channels])


def png(width, height, depth, colour_type, pixels):
    def chunk(name, body):
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, depth, colour_type, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(pixels)) + chunk(b"IEND", b"")


def big_endian_tiff(grey):
    """Return a 16-bit grey TIFF in big-endian order, which Pillow reads and does not write."""
    tags = {256: WIDTH, 257: HEIGHT, 258: 16, 259: 1, 262: 1, 273: 8 + 2 + 8 * 12 + 4, 277: 1, 278: HEIGHT, 279: 0}
    tags[279] = grey.size * 2
    tags[273] = 8 + 2 + len(tags) * 12 + 4
    entries = b"".join(
        struct.pack(">HHII", tag, 4, 1, value) if value > 65_535 else struct.pack(">HHIHH", tag, 3, 1, value, 0)
        for tag, value in tags.items()
    )
    head = b"MM\0*" + struct.pack(">IH", 8, len(tags)) + entries + bytes(4)
    return head + grey.astype(">u2").tobytes()


def outcome(data):
    """Return the pixels, or the reason why there are none."""
    try:
        return decode(data)
    except PhotoError as error:
        return error.reason


def refused(data):
    with pytest.raises(PhotoError) as caught:
        decode(data)
    return caught.value


LOSSLESS = {
    "png": encoded(COLOUR, "PNG"),
    "bmp": encoded(COLOUR, "BMP"),
    "tiff": encoded(COLOUR, "TIFF"),
    "tiff-lzw": encoded(COLOUR, "TIFF", compression="tiff_lzw"),
    "tiff-deflate": encoded(COLOUR, "TIFF", compression="tiff_adobe_deflate"),
    "ppm": encoded(COLOUR, "PPM"),
    "ppm-text": b"P3 %d %d 255 " % (WIDTH, HEIGHT) + " ".join(map(str, COLOUR.ravel())).encode() + b"\n",
    "webp-lossless": encoded(COLOUR, "WEBP", lossless=True),
}
LOSSY = {
    "jpeg": encoded(COLOUR, "JPEG", quality=95, subsampling=0),
    "jpeg-progressive": encoded(COLOUR, "JPEG", quality=95, subsampling=0, progressive=True),
    "mpo": encoded(COLOUR, "MPO", quality=95, save_all=True, append_images=[Image.fromarray(OTHER)]),
    "tiff-jpeg": encoded(COLOUR, "TIFF", compression="jpeg", quality=95),
    "webp": encoded(COLOUR, "WEBP", quality=95),
    "heic": encoded(COLOUR, "HEIF"),
}
GREY_FILES = {
    "pgm": orl_faces().items[0].path.read_bytes(),
    "png-grey": encoded(GREY, "PNG"),
    "bmp-grey": encoded(GREY, "BMP"),
    "tiff-grey": encoded(GREY, "TIFF"),
    "gif": encoded(GREY, "GIF"),
    "webp-grey": encoded(GREY, "WEBP", lossless=True),
    "png-16-bit": encoded(GREY.astype(np.uint16) * 257, "PNG"),
    "tiff-16-bit": encoded(GREY.astype(np.uint16) * 257, "TIFF"),
    "tiff-16-bit-big-endian": big_endian_tiff(GREY.astype(np.uint16) * 257),
    "pgm-16-bit": b"P5 %d %d 65535\n" % (WIDTH, HEIGHT) + (GREY.astype(">u2") * 257).tobytes(),
    "pgm-16-bit-text": b"P2 %d %d 65535 " % (WIDTH, HEIGHT)
    + " ".join(str(v * 257) for v in GREY.ravel().tolist()).encode(),
}
FILES = {**LOSSLESS, **LOSSY, **GREY_FILES}


def each(files):
    return pytest.mark.parametrize("data", files.values(), ids=files.keys())


# Formats and modes


@each(LOSSLESS)
def test_lossless_formats_give_the_pixels_that_went_in(data):
    np.testing.assert_array_equal(decode(data), COLOUR)


@each(LOSSY)
def test_lossy_formats_give_nearly_the_pixels_that_went_in(data):
    assert np.abs(decode(data) - COLOUR.astype(float)).mean() < 6


@each(GREY_FILES)
def test_grey_of_8_and_16_bits_gives_three_equal_channels(data):
    np.testing.assert_array_equal(decode(data), rgb(GREY))


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_16_bit_grey_is_rounded_to_the_nearest_of_256_levels(kind):
    values = np.arange(65_536, dtype=np.uint16).reshape(256, 256)
    np.testing.assert_array_equal(decode(encoded(values, kind)), rgb(np.rint(values / 257).astype(np.uint8)))


@pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF", "PPM", "GIF"])
def test_1_bit_pixels_are_black_and_white(kind):
    np.testing.assert_array_equal(decode(encoded(INK, kind)), rgb(INK * np.uint8(255)))


def test_fax_compressed_tiff_is_black_and_white():
    np.testing.assert_array_equal(decode(encoded(INK, "TIFF", compression="group4")), rgb(INK * np.uint8(255)))


def test_16_bit_rgb_png():
    rows = b"".join(b"\0" + (row.astype(">u2") * 257).tobytes() for row in COLOUR)
    np.testing.assert_array_equal(decode(png(WIDTH, HEIGHT, 16, 2, rows)), COLOUR)


def test_4_bit_grey_png():
    levels = GREY // 16
    rows = b"".join(b"\0" + bytes(row[::2] * 16 + row[1::2]) for row in levels)
    np.testing.assert_array_equal(decode(png(WIDTH, HEIGHT, 4, 0, rows)), rgb(levels * 17))


@pytest.mark.parametrize(("kind", "tolerance"), [("TIFF", 1), ("JPEG", 12)])
def test_cmyk_becomes_rgb(kind, tolerance):
    cmyk = np.dstack([COLOUR, orl(30) // 2])
    data = encoded(merged("CMYK", *np.moveaxis(cmyk, 2, 0)), kind, **({"quality": 95} if kind == "JPEG" else {}))
    expected = (255.0 - cmyk[..., :3]) * (255.0 - cmyk[..., 3:]) / 255
    assert np.abs(decode(data) - expected).max() <= tolerance


def palette_image(**info):
    image = Image.fromarray(GREY // 16).convert("P")
    image.putpalette(PALETTE.tobytes())
    image.info.update(info)
    return image


PALETTE = np.random.default_rng(0).integers(0, 256, (256, 3), np.uint8)
ENTRIES = np.asarray(palette_image())


@pytest.mark.parametrize("kind", ["PNG", "GIF", "BMP", "TIFF"])
def test_palette_entries_become_their_colours(kind):
    np.testing.assert_array_equal(decode(encoded(palette_image(), kind)), PALETTE[ENTRIES])


@pytest.mark.parametrize("kind", ["PNG", "GIF"])
def test_a_transparent_palette_entry_is_white(kind):
    expected = np.where((ENTRIES == 7)[..., None], np.uint8(255), PALETTE[ENTRIES])
    assert (ENTRIES == 7).any()
    np.testing.assert_array_equal(decode(encoded(palette_image(), kind, transparency=7)), expected)


def on_white(colours, alpha):
    share = alpha[..., None] / 255
    return colours * share + 255 * (1 - share)


def test_a_palette_with_degrees_of_transparency_lies_on_white():
    alphas = np.arange(256, dtype=np.uint8)[::-1].copy() // 2
    pixels = decode(encoded(palette_image(), "PNG", transparency=alphas.tobytes()))
    assert np.abs(pixels - on_white(PALETTE[ENTRIES], alphas[ENTRIES])).max() <= 1


@pytest.mark.parametrize(("kind", "options"), [("PNG", {}), ("TIFF", {}), ("WEBP", {"lossless": True, "exact": True})])
@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_transparency_lies_on_white(mode, kind, options):
    colours = COLOUR if mode == "RGBA" else rgb(GREY)
    channels = np.moveaxis(COLOUR, 2, 0) if mode == "RGBA" else [GREY]
    pixels = decode(encoded(merged(mode, *channels, orl(30)), kind, **options))
    assert np.abs(pixels - on_white(colours, orl(30))).max() <= 1


def test_a_transparent_colour_of_a_png_is_white():
    key = COLOUR[50, 40]
    expected = np.where((key == COLOUR).all(2, keepdims=True), np.uint8(255), COLOUR)
    np.testing.assert_array_equal(decode(encoded(COLOUR, "PNG", transparency=tuple(key.tolist()))), expected)


@pytest.mark.parametrize("kind", ["GIF", "PNG", "TIFF", "WEBP", "MPO"])
def test_of_several_frames_the_first_is_taken(kind):
    options = {"lossless": True} if kind == "WEBP" else {}
    one = encoded(rgb(GREY), kind, **options)
    two = encoded(rgb(GREY), kind, save_all=True, append_images=[Image.fromarray(OTHER)], **options)
    assert len(two) > 1.5 * len(one)
    np.testing.assert_array_equal(decode(two), decode(one))


@pytest.mark.parametrize(
    ("values", "detail"),
    [
        (GREY.astype(np.float32), "floating-point"),
        (GREY.astype(np.int32) * 1000, "16 bits"),
        (GREY.astype(np.int32) - 200, "16 bits"),
    ],
    ids=["float", "32 bits", "negative"],
)
def test_pixels_that_have_no_agreed_brightness_are_refused(values, detail):
    error = refused(encoded(values, "TIFF"))
    assert error.reason == "unsupported"
    assert detail in error.detail


def test_lab_tiff_becomes_rgb():
    data = encoded(Image.fromarray(COLOUR // 4 + np.uint8(96)).convert("LAB"), "TIFF")
    assert np.abs(decode(data) - (COLOUR // 4 + 96.0)).mean() < 3


def test_a_colour_space_without_a_way_to_rgb_is_refused():
    with pytest.raises(PhotoError, match="unsupported: no conversion from La to RGB"):
        to_rgb(Image.new("La", (3, 2)))


@each(FILES)
def test_pixels_are_rgb_bytes_of_their_own(data):
    pixels = decode(data)
    assert (pixels.dtype, pixels.shape) == (np.uint8, (HEIGHT, WIDTH, 3))
    assert pixels.flags.c_contiguous
    pixels[:] = 0
    assert decode(data).any()


# Orientation


def exif_block(orientation):
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    return exif.tobytes()


@pytest.mark.parametrize("orientation", UPRIGHT)
@pytest.mark.parametrize("kind", ["JPEG", "MPO", "PNG", "WEBP", "TIFF", "HEIF"])
def test_exif_orientation_is_applied(kind, orientation):
    pixels = decode(encoded(COLOUR, kind, exif=exif_block(orientation)))
    upright = UPRIGHT[orientation](decode(encoded(COLOUR, kind)))
    if kind == "HEIF":  # the file is rotated before it is compressed
        assert pixels.shape == upright.shape
        assert np.abs(pixels - upright.astype(float)).mean() < 3
    else:
        np.testing.assert_array_equal(pixels, upright)


@pytest.mark.parametrize("strip", [1, 3 * WIDTH, 7 * HEIGHT])
@pytest.mark.parametrize("orientation", UPRIGHT)
def test_pixels_made_in_strips_are_those_of_the_whole_photo(orientation, strip, monkeypatch):
    monkeypatch.setattr(_decode, "_STRIP", strip)
    for mode in ("RGB", "L", "1", "P", "CMYK", "RGBA"):
        image = Image.fromarray(COLOUR).convert(mode)
        image.getexif()[ORIENTATION] = orientation
        np.testing.assert_array_equal(to_rgb(image), ImageOps.exif_transpose(image).convert("RGB"), mode)


def test_orientation_of_a_16_bit_png_is_applied():
    data = encoded(GREY.astype(np.uint16) * 257, "PNG", exif=exif_block(6))
    np.testing.assert_array_equal(decode(data), np.rot90(rgb(GREY), -1))


@pytest.mark.parametrize("orientation", [0, 9, 65_535])
def test_an_orientation_that_does_not_exist_changes_nothing(orientation):
    np.testing.assert_array_equal(decode(encoded(COLOUR, "PNG", exif=exif_block(orientation))), COLOUR)


@pytest.mark.parametrize(
    "block", [b"Exif\0\0rubbish", b"Exif\0\0" + exif_block(6)[6:20], b"Exif\0\0II*\0\xff\xff\xff\x7f"]
)
@pytest.mark.parametrize("jfif", [True, False], ids=["jfif", "exif only"])
def test_a_damaged_exif_block_leaves_the_photo_as_it_is(block, jfif):
    plain = encoded(COLOUR, "JPEG")
    start = plain[:20] if jfif else plain[:2]
    data = start + b"\xff\xe1" + struct.pack(">H", len(block) + 2) + block + plain[20:]
    np.testing.assert_array_equal(decode(data), decode(plain))
    assert ORIENTATION.name not in read_header(data).exif


def test_an_orientation_beside_a_damaged_entry_is_applied():
    exif = Image.Exif()
    exif.update({ExifTags.Base.XResolution: 72.5, ORIENTATION: 6})
    resolution, width = (struct.pack(">HH", tag, 5) for tag in (ExifTags.Base.XResolution, ExifTags.Base.ImageWidth))
    sound, damaged = exif.tobytes(), exif.tobytes().replace(resolution, width)  # a width that is a fraction
    np.testing.assert_array_equal(decode(encoded(COLOUR, "PNG", exif=sound)), np.rot90(COLOUR, -1))
    np.testing.assert_array_equal(decode(encoded(COLOUR, "PNG", exif=damaged)), np.rot90(COLOUR, -1))


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_a_damaged_exif_block_that_is_read_late_leaves_the_photo_as_it_is(kind):
    data = encoded(COLOUR, kind, exif=b"Exif\0\0rubbish", **({"lossless": True} if kind == "WEBP" else {}))
    np.testing.assert_array_equal(decode(data), COLOUR)
    assert read_header(data).exif == {}


# Truncated and damaged files


@pytest.fixture(params=[False, True], ids=["strict", "tolerant"])
def tolerance(request, monkeypatch):
    """Pillow as it comes, and as face_recognition leaves it for the whole process."""
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", request.param)
    return request.param


@each(FILES)
def test_a_truncated_file_is_refused_unless_all_its_pixels_are_there(data, tolerance):
    whole = decode(data)
    # A text file cut inside its last number is a whole file with another number.
    end = len(data) - (4 if data[:2] in (b"P2", b"P3") else 0)
    for length in chain(range(0, end, max(1, end // 50)), range(end - 3, end)):
        found = outcome(data[:length])
        if isinstance(found, str):
            assert length < 12 or found in ("truncated", "unreadable"), length
        else:
            np.testing.assert_array_equal(found, whole, err_msg=f"{length} of {len(data)} bytes")


@each(FILES)
@pytest.mark.parametrize("share", [0.5, 0.8])
def test_a_file_cut_in_its_pixels_is_called_truncated(data, share, tolerance):
    if data is FILES["mpo"]:
        share /= 2  # its second photo does not matter
    assert refused(data[: int(len(data) * share)]).reason == "truncated"
    assert tolerance == ImageFile.LOAD_TRUNCATED_IMAGES


@pytest.mark.parametrize(
    ("name", "length"), [("jpeg", 20), ("png", 20), ("bmp", 20), ("tiff", 20), ("ppm", 5), ("gif", 20), ("heic", 20)]
)
def test_a_file_cut_in_its_header_is_not_called_foreign(name, length):
    error = refused(FILES[name][:length])
    assert (error.reason, error.detail) == ("unreadable", "its header is damaged or cut off")


def test_a_damaged_text_of_a_png_has_the_same_outcome_in_both_modes(monkeypatch):
    data = encoded(COLOUR, "PNG", exif=exif_block(6)).replace(b"eXIf", b"eXIg")  # its checksum is now wrong
    found = []
    for tolerant in (False, True):
        monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", tolerant)
        found.append(outcome(data))
    assert found == ["unreadable", "unreadable"]


def test_tolerance_that_somebody_set_survives_threads_and_lets_no_truncated_file_through(monkeypatch):
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    large = encoded(Image.fromarray(COLOUR).resize((460, 560)), "JPEG")
    cut = large[: len(large) // 2]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(outcome, [large, cut] * 60))
    assert found[1::2] == ["truncated"] * 60
    assert all(pixels.shape == (560, 460, 3) for pixels in found[::2])
    assert ImageFile.LOAD_TRUNCATED_IMAGES is True


def test_tolerance_that_somebody_sets_during_a_decode_survives_it(monkeypatch):
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", False)
    image, once = Image.fromarray(COLOUR), [True]
    monkeypatch.setattr(image, "load", lambda: once and setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", once.pop()))
    to_rgb(image)
    assert ImageFile.LOAD_TRUNCATED_IMAGES is True


DAMAGE = st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255), st.booleans()), min_size=1)


@each(FILES)
@settings(max_examples=40, deadline=None)
@given(damage=DAMAGE)
def test_damaged_bytes_give_pixels_or_a_reason_and_nothing_else(data, damage):
    damaged = bytearray(data)
    for place, value, in_header in damage:
        damaged[int(place * min(len(data), 200 if in_header else len(data)))] = value
    for read in (decode, read_header):
        try:
            result = read(bytes(damaged))
        except PhotoError as error:
            assert error.reason in FAULTS
            assert error.detail
        else:
            assert read is read_header or (result.dtype, result.ndim, result.shape[2]) == (np.uint8, 3, 3)


@settings(max_examples=200, deadline=None)
@given(start=st.sampled_from(sorted({data[:16] for data in FILES.values()} | {b""})), rest=st.binary(max_size=300))
def test_arbitrary_bytes_give_a_reason_and_nothing_else(start, rest):
    found = outcome(start + rest)
    assert isinstance(found, np.ndarray) or found in FAULTS


def test_an_empty_file_is_unreadable():
    error = refused(b"")
    assert (error.reason, error.detail, str(error)) == ("unreadable", "empty file", "unreadable: empty file")


# Formats that are never opened

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'
FOREIGN = {
    **{kind.lower(): encoded(COLOUR, kind) for kind in ("EPS", "PDF", "ICO", "TGA", "PCX", "JPEG2000", "ICNS")},
    "svg": SVG,
    "wav": b"RIFF\x24\0\0\0WAVEfmt " + bytes(100),
    "zip": b"PK\x03\x04" + bytes(100),
    "text": b"photo",
}


@each(FOREIGN)
def test_other_formats_are_refused_with_the_list_of_those_that_are_read(data):
    error = refused(data)
    assert error.reason == "unsupported"
    assert error.detail == "not a JPEG, PNG, WebP, BMP, TIFF, PPM/PGM, GIF, HEIC or AVIF"


def test_no_ghostscript_is_run(tmp_path, monkeypatch):
    monkeypatch.setattr(EpsImagePlugin, "gs_binary", None)
    marker, script = tmp_path / "was-run", tmp_path / "gs"
    script.write_text(f"#!/bin/sh\n{shutil.which('touch')} {marker}\nexit 1\n")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(tmp_path))
    refused(FOREIGN["eps"])
    assert not marker.exists()
    # The trap works: Pillow, left to itself, falls into it.
    with pytest.raises(Exception):  # noqa: B017 (of whatever kind)
        Image.open(io.BytesIO(FOREIGN["eps"])).load()
    assert marker.exists()


@each({name: FILES[name] for name in ("jpeg", "png", "webp", "bmp", "tiff", "ppm", "gif", "heic")})
def test_no_other_decoder_is_asked(data, monkeypatch):
    opened = []
    real = Image.open
    monkeypatch.setattr(Image, "open", lambda file, **kw: opened.append(kw["formats"]) or real(file, **kw))
    decode(data)
    assert set(chain(*opened)) <= {"JPEG", "PNG", "WEBP", "BMP", "TIFF", "PPM", "GIF", "HEIF"}


# HEIC


def test_heic_without_pillow_heif_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    error = refused(FILES["heic"])
    assert (error.reason, error.detail) == (
        "unsupported",
        "HEIC needs the package pillow-heif: pip install 'pillow-heif<2,>=0.22'",
    )
    assert decode(FILES["png"]).any()


def test_transparent_heic_lies_on_white():
    alpha = np.zeros_like(GREY)
    alpha[:, WIDTH // 2 :] = 255
    pixels = decode(encoded(merged("RGBA", *np.moveaxis(COLOUR, 2, 0), alpha), "HEIF"))
    assert pixels[:, : WIDTH // 2 - 8].min() > 245
    assert np.abs(pixels - on_white(COLOUR, alpha)).mean() < 6


# Pixel budget


def claiming(width, height):
    """Return files that are nothing but a header: none could be decoded, whatever its size."""
    gif = (
        b"GIF89a"
        + struct.pack("<HH", width, height)
        + b"\0\0\0,\0\0\0\0"
        + struct.pack("<HH", width, height)
        + b"\0\x08"
    )
    jpeg = FILES["jpeg"]
    frame = jpeg.index(b"\xff\xc0") + 5
    tiff = bytearray(FILES["tiff"])
    for tag, value in ((256, width), (257, height)):
        entry = tiff.index(struct.pack("<HHI", tag, 3, 1)) if struct.pack("<HHI", tag, 3, 1) in tiff else None
        entry = entry if entry is not None else tiff.index(struct.pack("<HHI", tag, 4, 1))
        tiff[entry : entry + 12] = struct.pack("<HHII", tag, 4, 1, value)
    return {
        "png": png(width, height, 8, 2, b""),
        "bmp": b"BM" + struct.pack("<IIIIiiHHIIIIII", 0, 0, 54, 40, width, height, 1, 24, 0, 0, 0, 0, 0, 0),
        "pgm": b"P5 %d %d 255\n" % (width, height),
        "gif": gif,
        "jpeg": jpeg[:frame] + struct.pack(">HH", height, width) + jpeg[frame + 4 :],
        "tiff": bytes(tiff),
    }


JUST_OVER, FAR_OVER = (9_460, 9_460), (60_000, 60_000)
JPEG_JUST_OVER = (16_384, 16_384)


@pytest.mark.parametrize("limit_of_pillow", ["as it comes", "taken off"])
@pytest.mark.parametrize("size", [JUST_OVER, FAR_OVER], ids=["just over", "far over"])
@pytest.mark.parametrize("kind", ["png", "bmp", "pgm", "gif", "jpeg", "tiff"])
def test_too_many_pixels_are_refused_from_the_header(kind, size, limit_of_pillow, monkeypatch):
    if limit_of_pillow == "taken off":
        monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", None)
    monkeypatch.setattr(ImageFile.ImageFile, "load", lambda self: pytest.fail("pixels were decoded"))
    data = claiming(*(JPEG_JUST_OVER if kind == "jpeg" and size == JUST_OVER else size))[kind]
    limit = "the limit is 89 megapixels (of a JPEG 268 megapixels): save it smaller, or as a JPEG"
    if kind == "jpeg":
        limit = "the limit of a JPEG is 268 megapixels: save it smaller"
    for read in (decode, read_header):
        with pytest.raises(PhotoError, match=re.escape(limit)) as caught:
            read(data)
        assert caught.value.reason == "too_large"


@each({name: FILES[name] for name in ("png", "webp", "bmp", "tiff", "ppm", "gif", "heic")})
def test_the_budget_is_met_exactly(data, monkeypatch):
    monkeypatch.setattr(_opening, "MAX_PIXELS", WIDTH * HEIGHT)
    assert decode(data).any()
    monkeypatch.setattr(_opening, "MAX_PIXELS", WIDTH * HEIGHT - 1)
    error = refused(data)
    assert error.reason == "too_large"
    assert "92x112 pixels" in error.detail


@pytest.mark.parametrize("kind", ["jpeg", "jpeg-progressive", "mpo"])
@pytest.mark.parametrize(
    ("limit", "reduced"), [(10_304, 1), (10_303, 2), (2_576, 2), (2_575, 4), (643, 8), (400, 8)], ids=str
)
def test_a_jpeg_over_the_budget_is_decoded_reduced(kind, limit, reduced, monkeypatch):
    monkeypatch.setattr(_opening, "MAX_PIXELS", limit)
    monkeypatch.setattr(_opening, "MAX_JPEG_PIXELS", WIDTH * HEIGHT)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", limit)  # as Pillow has it: more than twice as many raise an error
    pixels = decode(FILES[kind])
    small = np.asarray(Image.fromarray(COLOUR).resize((-(-WIDTH // reduced), -(-HEIGHT // reduced)), Image.BOX))
    assert pixels.shape == small.shape
    assert np.abs(pixels - small.astype(float)).mean() < 8
    assert read_header(FILES[kind]).size == (WIDTH, HEIGHT)


def test_a_reduced_jpeg_is_turned_too(monkeypatch):
    monkeypatch.setattr(_opening, "MAX_PIXELS", WIDTH * HEIGHT // 2)
    monkeypatch.setattr(_opening, "MAX_JPEG_PIXELS", WIDTH * HEIGHT)
    data = encoded(COLOUR, "JPEG", exif=exif_block(6))
    np.testing.assert_array_equal(decode(data), np.rot90(decode(encoded(COLOUR, "JPEG")), -1))


# Header


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        *(("jpeg", "JPEG"), ("mpo", "MPO"), ("png", "PNG"), ("webp", "WEBP"), ("bmp", "BMP"), ("tiff", "TIFF")),
        *(("ppm", "PPM"), ("pgm", "PPM"), ("gif", "GIF"), ("heic", "HEIF")),
    ],
)
def test_the_header_tells_format_and_size_without_decoding(name, kind, monkeypatch):
    monkeypatch.setattr(ImageFile.ImageFile, "load", lambda self: pytest.fail("pixels were decoded"))
    header = read_header(FILES[name])
    assert (header.format, header.size) == (kind, (WIDTH, HEIGHT))
    assert bool(header.jpeg_tables) == (kind in ("JPEG", "MPO"))


def test_the_header_of_a_truncated_file_is_read():
    assert read_header(FILES["jpeg"][: len(FILES["jpeg"]) // 2]).size == (WIDTH, HEIGHT)


@pytest.mark.parametrize("orientation", UPRIGHT)
@pytest.mark.parametrize("kind", ["JPEG", "MPO", "PNG", "WEBP", "TIFF"])
def test_the_header_gives_the_size_as_stored(kind, orientation):
    header = read_header(encoded(COLOUR, kind, exif=exif_block(orientation)))
    assert header.size == (WIDTH, HEIGHT)
    assert header.exif["Orientation"] == orientation


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "HEIF"])
def test_the_header_gives_exif_by_tag_name_with_the_camera_settings(kind):
    exif = Image.Exif()
    exif[ExifTags.Base.Model] = "Box Brownie"
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "1994:04:01 12:00:00"
    found = read_header(encoded(COLOUR, kind, exif=exif.tobytes())).exif
    assert found["Model"] == "Box Brownie"
    assert found["DateTimeOriginal"] == "1994:04:01 12:00:00"


def test_the_header_gives_the_quantisation_tables_of_a_jpeg():
    tables = (tuple(range(1, 65)), tuple(range(65, 129)))
    assert read_header(encoded(COLOUR, "JPEG", qtables=[list(table) for table in tables])).jpeg_tables == tables
