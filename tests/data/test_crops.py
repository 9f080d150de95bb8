"""A crop of a photo: its pixels, and keys that are never the whole photo's; the size of a photo from its header."""

import re

import numpy as np
import pytest
from facebench.data import OF_FILE, Photo, PhotoError, orl_faces
from facebench.data.decoding import upright_size
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

FILE = orl_faces().items[0].path  # 92x112
EDGES = st.tuples(*[st.integers(-20, 130)] * 4).filter(lambda box: box[2] > 0 and box[0] < min(92, box[2]))
BOXES = EDGES.filter(lambda box: box[3] > 0 and box[1] < min(112, box[3]))


@given(BOXES)
def test_a_crop_has_the_pixels_in_its_box(box):
    left, top, right, bottom = box
    whole, part = Photo(FILE), Photo(FILE).cropped(box)
    expected = whole.pixels[max(0, top) : bottom, max(0, left) : right]
    np.testing.assert_array_equal(part.pixels, expected)
    assert part.image.size == expected.shape[1::-1]
    assert re.fullmatch("[0-9a-f]{64}", part.sha256)
    assert (part.sha256[:OF_FILE], part.sha256 != whole.sha256) == (whole.sha256[:OF_FILE], True)
    assert (part.contents, part.header, part.path, part.decoder) == (whole.contents, whole.header, FILE, 1)


@given(BOXES, BOXES)
def test_other_boxes_have_other_keys(one, other):
    keys = [Photo(FILE).cropped(box).key for box in (one, other)]
    assert (keys[0] == keys[1]) == (one == other)


def test_nothing_of_the_whole_photo_is_taken_for_the_crop():
    whole = Photo(FILE)
    _, whole.found["faces"], whole.spent["faces"] = (whole.pixels, whole.image, whole.sha256), 1, 2.0
    part = whole.cropped((0, 0, 10, 10))
    assert (part.found, part.spent, part.pixels.shape, part.image.size) == ({}, part.spent, (10, 10, 3), (10, 10))
    assert part.sha256 == Photo(FILE).cropped((0, 0, 10, 10)).sha256
    assert "faces" not in part.spent
    assert part.pixels.base is None  # the whole photo is not held
    assert (whole.crop, whole.pixels.shape) == (None, (112, 92, 3))


def test_the_decoder_stays_in_the_key(tmp_path):
    path = tmp_path / "white_is_zero.tif"
    Image.fromarray(np.arange(400, dtype=np.uint16).reshape(20, 20)).save(path, tiffinfo={262: 0})
    assert Photo(path).key.endswith("+2")
    assert Photo(path).cropped((1, 1, 9, 9)).key.endswith("+2")


def test_a_crop_of_an_array_has_the_hash_of_its_pixels():
    array = Photo(FILE).pixels
    assert Photo(array).cropped((1, 2, 30, 40)).key == Photo(array[2:40, 1:30]).key


def test_a_crop_of_a_photo_that_has_changed_may_be_outside():
    with pytest.raises(PhotoError, match="the box 200 0 300 100 lies outside of it"):
        _ = Photo(FILE).cropped((200, 0, 300, 100)).pixels


def test_a_photo_is_as_before_it_was_read():
    part = Photo(FILE).cropped((1, 2, 30, 40))
    _ = part.pixels
    fresh = part.unread()
    assert "pixels" not in vars(fresh)
    assert fresh.key == part.key
    array = Photo(part.pixels)
    assert array.unread() is array


@pytest.mark.parametrize("ending", ["jpg", "png", "webp", "tif", "bmp", "gif"])
@pytest.mark.parametrize("orientation", [1, 3, 5, 6, 8])
def test_the_size_is_that_of_the_decoded_pixels(tmp_path, ending, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {} if ending in ("bmp", "gif") else {"exif": exif}
    path = tmp_path / f"photo.{ending}"
    Image.effect_noise((60, 30), 40).convert("RGB").save(path, **options)
    height, width, _ = Photo(path).pixels.shape
    assert upright_size(path) == (width, height)


@pytest.mark.parametrize("size", [(9460, 9460), (9461, 9459), (16000, 9001)])
def test_the_size_of_a_huge_jpeg_is_that_of_its_reduction(tmp_path, size):
    path = tmp_path / "huge.jpg"
    Image.new("L", size).save(path)
    height, width, _ = Photo(path).pixels.shape
    assert upright_size(path) == (width, height)


def test_a_long_header_is_read_to_its_end(tmp_path):
    path, exif = tmp_path / "long.jpg", Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (60, 30)).save(path, exif=exif, icc_profile=bytes(500_000))
    assert upright_size(path) == (30, 60)


@pytest.mark.parametrize("content", [None, b"", b"no photo", b"\xff\xd8\xff\xe0"])
def test_what_has_no_size_is_refused(tmp_path, content):
    path = tmp_path / "photo.jpg"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(PhotoError):
        upright_size(path)
