"""A Photo: identity, header and pixels of a file, a Pillow image or an array."""

import hashlib
import io

import numpy as np
import pytest
from facebench.data import Photo, PhotoError, orl_faces
from PIL import ExifTags, Image, ImageFile

FILE = orl_faces().items[0].path
COLOUR = np.dstack([np.asarray(Image.open(item.path)) for item in orl_faces().items[:30:10]])


@pytest.mark.parametrize("source", [FILE, str(FILE)], ids=["path", "text"])
def test_a_file_gives_name_hash_header_and_pixels(source):
    photo = Photo(source)
    assert (photo.name, photo.path) == (str(FILE), FILE)
    assert photo.sha256 == hashlib.sha256(FILE.read_bytes()).hexdigest()
    assert (photo.header.format, photo.header.size) == ("PPM", (92, 112))
    np.testing.assert_array_equal(photo.pixels, np.dstack([np.asarray(Image.open(FILE))] * 3))


def test_the_content_decides_and_not_the_ending(tmp_path):
    path = tmp_path / "photo.jpg"
    Image.fromarray(COLOUR).save(path, "PNG")
    assert Photo(path).header.format == "PNG"
    np.testing.assert_array_equal(Photo(path).pixels, COLOUR)


def test_a_file_is_read_once_so_that_hash_and_pixels_agree(tmp_path):
    path = tmp_path / "photo.png"
    Image.fromarray(COLOUR).save(path)
    photo, before = Photo(path), hashlib.sha256(path.read_bytes()).hexdigest()
    assert photo.sha256 == before
    path.write_bytes(b"something else")
    np.testing.assert_array_equal(photo.pixels, COLOUR)
    assert (photo.sha256, photo.header.format) == (before, "PNG")


def test_a_photo_of_a_photo_shares_what_was_read(tmp_path):
    path = tmp_path / "photo.png"
    Image.fromarray(COLOUR).save(path)
    first = Photo(path)
    pixels = first.pixels
    path.unlink()
    second = Photo(first)
    assert second.pixels is pixels
    assert (second.name, second.sha256, second.header) == (first.name, first.sha256, first.header)


@pytest.mark.parametrize("source", ["missing.jpg", ".", "zero\0byte.jpg", "long" * 99], ids=lambda s: repr(s[:12]))
@pytest.mark.parametrize("attribute", ["sha256", "header", "pixels"])
def test_a_path_that_cannot_be_read_is_refused_when_it_is_used_and_not_before(source, attribute):
    photo = Photo(source)
    with pytest.raises(PhotoError) as caught:
        getattr(photo, attribute)
    assert caught.value.reason == "unreadable"
    assert caught.value.detail


def test_a_bad_file_still_has_a_hash(tmp_path):
    path = tmp_path / "text.jpg"
    path.write_bytes(b"no photo")
    assert Photo(path).sha256 == hashlib.sha256(b"no photo").hexdigest()
    for attribute in ("header", "pixels"):
        with pytest.raises(PhotoError, match="unsupported"):
            getattr(Photo(path), attribute)


@pytest.mark.parametrize(
    ("array", "pixels"),
    [
        (COLOUR, COLOUR),
        (COLOUR[..., 0], np.dstack([COLOUR[..., 0]] * 3)),
        (COLOUR[::-2, ::3], COLOUR[::-2, ::3]),
        (np.asfortranarray(COLOUR), COLOUR),
    ],
    ids=["colour", "grey", "a view with steps", "another memory order"],
)
def test_an_array_is_taken_as_rgb(array, pixels):
    photo = Photo(array)
    np.testing.assert_array_equal(photo.pixels, pixels)
    assert photo.pixels.flags.c_contiguous
    assert (photo.name, photo.path, photo.header) == ("array", None, None)


@pytest.mark.parametrize(
    "array",
    [
        COLOUR.astype(float),
        COLOUR > 100,
        COLOUR.astype(np.int64),
        np.zeros((4, 5, 4), np.uint8),
        np.zeros((4, 5, 1), np.uint8),
        np.zeros((3, 4, 5, 3), np.uint8),
        np.zeros(12, np.uint8),
        np.zeros((0, 5, 3), np.uint8),
    ],
    ids=lambda a: f"{a.dtype} {a.shape}",
)
def test_other_arrays_are_refused_at_once(array):
    with pytest.raises(TypeError, match="an array must"):
        Photo(array)


@pytest.mark.parametrize("source", [None, 7, bytearray(b"photo"), [COLOUR]], ids=lambda s: type(s).__name__)
def test_other_sources_are_refused_at_once(source):
    with pytest.raises(TypeError, match=f"not {type(source).__name__}"):
        Photo(source)


def test_a_pillow_image_is_made_upright_rgb_and_left_as_it_was():
    image = Image.fromarray(COLOUR)
    image.getexif()[ExifTags.Base.Orientation] = 6
    photo = Photo(image)
    np.testing.assert_array_equal(photo.pixels, np.rot90(COLOUR, -1))
    assert (photo.name, photo.path, photo.header) == ("image", None, None)
    assert image.size == (92, 112)
    assert image.getexif()[ExifTags.Base.Orientation] == 6


def test_a_transparent_pillow_image_lies_on_white():
    image = Image.fromarray(COLOUR)
    image.putalpha(0)
    assert Photo(image).pixels.min() == 255


def test_a_floating_point_pillow_image_is_refused():
    with pytest.raises(PhotoError, match="unsupported: floating-point pixels"):
        _ = Photo(Image.new("F", (9, 9))).pixels


@pytest.mark.parametrize("tolerant", [False, True])
def test_a_truncated_pillow_image_is_refused_as_its_file_would_be(tolerant, monkeypatch):
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", tolerant)
    file = io.BytesIO()
    Image.fromarray(COLOUR).save(file, "JPEG")
    photo = Photo(Image.open(io.BytesIO(file.getvalue()[:-500])))
    with pytest.raises(PhotoError) as caught:
        _ = photo.pixels
    assert caught.value.reason == "truncated"


def test_without_a_file_the_hash_is_that_of_the_pixels():
    assert Photo(COLOUR).sha256 == Photo(Image.fromarray(COLOUR)).sha256 == Photo(COLOUR.copy()).sha256
    assert Photo(COLOUR).sha256 != Photo(COLOUR[::-1]).sha256
    assert Photo(np.zeros((2, 8, 3), np.uint8)).sha256 != Photo(np.zeros((4, 4, 3), np.uint8)).sha256


def test_the_representation_names_the_photo():
    assert repr(Photo("a/b.jpg")) == "Photo('a/b.jpg')"
