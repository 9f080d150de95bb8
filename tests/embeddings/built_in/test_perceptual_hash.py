"""The fingerprint of a photo: its hash against a DCT written out, its date, and what moves neither."""

import io
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from facebench.data import Fingerprints, Photo, is_unset
from facebench.embeddings import Embedding, Failure, extractors
from facebench.embeddings.built_in import Fingerprint
from facebench.embeddings.built_in._perceptual_hash import perceptual_bits
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image, ImageOps
from scipy.fftpack import dct
from sklearn.datasets import load_sample_images

ORIGINAL, DIGITIZED, CHANGED = (
    ExifTags.Base.DateTimeOriginal,
    ExifTags.Base.DateTimeDigitized,
    ExifTags.Base.DateTime,
)
EPOCH = datetime(1970, 1, 1)
COPY_BITS = 4


@pytest.fixture(scope="module")
def pictures(orl: list[Path]) -> list[Image.Image]:
    """Every fifth of the ORL faces, and two colour scenes."""
    return [*map(Image.open, orl[::5]), *map(Image.fromarray, load_sample_images().images)]


def test_the_hash_is_that_of_a_dct_written_out_as_cosines(pictures: list[Image.Image]) -> None:
    for picture in pictures:
        grey = picture.convert("L")
        small = np.asarray(grey.resize((32, 32), Image.Resampling.LANCZOS), dtype=float)
        low = np.array([[(small * wave(u)[:, None] * wave(v)).sum() for v in range(8)] for u in range(8)])
        np.testing.assert_array_equal(perceptual_bits(grey), (low > np.median(low)).ravel())


def test_the_hash_is_that_of_the_older_transform_of_scipy_axis_by_axis(pictures: list[Image.Image]) -> None:
    # This is how the package imagehash writes phash.
    for picture in pictures:
        grey = picture.convert("L")
        small = np.asarray(grey.resize((32, 32), Image.Resampling.LANCZOS), dtype=float)
        low = dct(dct(small, axis=0), axis=1)[:8, :8]
        np.testing.assert_array_equal(perceptual_bits(grey), (low > np.median(low)).ravel())


def test_a_hash_reads_its_bits_row_by_row_the_first_as_the_highest(pictures: list[Image.Image]) -> None:
    for picture in pictures[:10]:
        written = "".join("01"[bit] for bit in perceptual_bits(picture.convert("L")).tolist())
        assert prints([saved(picture, "PNG")]).hashes[:, 0].tolist() == [int(written, 2)]


@pytest.mark.parametrize(
    "options", [{"quality": 95}, {"quality": 75}, {"quality": 50}, {"quality": 90, "subsampling": 2}]
)
def test_a_photo_saved_anew_as_jpeg_keeps_its_hash_and_its_tiny_picture(
    options: dict[str, int], pictures: list[Image.Image]
) -> None:
    before = prints(saved(picture, "PNG") for picture in pictures)
    after = prints(saved(picture, "JPEG", **options) for picture in pictures)
    assert max(apart(before, after)) <= COPY_BITS
    assert np.abs(before.pictures.astype(int) - after.pictures).mean(axis=1).max() < 2


@pytest.mark.parametrize("factor", [0.5, 0.75, 1.5, 3])
def test_a_photo_that_was_resized_keeps_its_hash_and_its_tiny_picture(
    factor: float, pictures: list[Image.Image]
) -> None:
    before = prints(saved(picture, "PNG") for picture in pictures)
    after = prints(saved(scaled(picture, factor), "JPEG", quality=90) for picture in pictures)
    assert max(apart(before, after)) <= COPY_BITS
    assert np.abs(before.pictures.astype(int) - after.pictures).mean(axis=1).max() < 3


def test_photos_of_different_people_are_further_apart_than_copies(orl: list[Path]) -> None:
    hashes = prints(orl[::10]).hashes[:, 0].tolist()
    distances = [(a ^ b).bit_count() for number, a in enumerate(hashes) for b in hashes[:number]]
    assert min(distances) > COPY_BITS
    assert np.mean(distances) > 20


def test_blank_photos_have_one_hash_whatever_their_grey() -> None:
    blank = prints(saved(Image.new("L", (92, 112), grey), "JPEG") for grey in (0, 1, 63, 127, 128, 254, 255))
    assert len(set(blank.hashes[1:, 0].tolist())) == 1
    assert max(apart(blank, blank.only(np.arange(7)[::-1]))) <= 1


def test_tiny_pictures_are_grey_levels(scenes: dict[str, Path]) -> None:
    found = prints([saved(Image.new("RGB", (50, 40), (255, 0, 0)), "PNG"), scenes["china"]]).pictures
    assert found.shape == (2, 64)
    np.testing.assert_array_equal(found[0], 76)  # 0.299 of 255
    blocks = np.asarray(Image.open(scenes["china"]).convert("L"), float)[:424].reshape(8, 53, 8, 80).mean(axis=(1, 3))
    assert np.abs(found[1].reshape(8, 8) - blocks).max() < 5  # 427 rows do not divide by 8


@settings(max_examples=60, deadline=None)
@given(st.datetimes(datetime(1990, 1, 1), datetime(2100, 12, 31)))
@example(datetime(2024, 2, 29, 23, 59, 59))
@example(datetime(2000, 1, 1, 0, 0, 1))
def test_a_date_survives_the_vector_to_the_second(taken: datetime) -> None:
    taken = taken.replace(microsecond=0)
    assume(not is_unset(taken))
    found = prints([dated({ORIGINAL: f"{taken:%Y:%m:%d %H:%M:%S}"})])
    assert EPOCH + timedelta(seconds=float(found.times[0])) == taken


@pytest.mark.parametrize(
    "text",
    [
        "",
        "    :  :     :  :  ",
        "0000:00:00 00:00:00",
        "2024:13:01 00:00:00",
        "2023:02:29 12:00:00",
        "2024:05:06 24:00:00",
        "yesterday",
        "\0\0\0",
        "2024:05:06 12:00:00 and more",
    ],
)
def test_a_date_that_is_none_is_not_known(text: str) -> None:
    assert np.isnan(prints([dated({ORIGINAL: text, CHANGED: text})]).times).all()


@pytest.mark.parametrize("text", ["2024:05:06 12:00:01", "2024:05:06 12:00:01\0", " 2024:05:06 12:00:01 \0\0"])
def test_a_date_may_be_padded(text: str) -> None:
    assert prints([dated({ORIGINAL: text})]).times.tolist() == [seconds(2024, 5, 6, 12, 0, 1)]


def test_the_shutter_comes_first_and_a_damaged_date_leaves_the_next() -> None:
    days = {tag: f"2024:05:0{day} 00:00:00" for day, tag in enumerate((ORIGINAL, DIGITIZED, CHANGED), 1)}
    files = [
        dated(days),
        dated({DIGITIZED: days[DIGITIZED], CHANGED: days[CHANGED]}),
        dated({**days, ORIGINAL: "0000:00:00 00:00:00"}),
        dated({CHANGED: days[CHANGED]}),
    ]
    assert prints(files).times.tolist() == [seconds(2024, 5, day) for day in (1, 2, 2, 3)]


def test_a_damaged_exif_block_leaves_the_photo_without_a_date() -> None:
    sound = dated({ORIGINAL: "2024:05:06 12:00:00"})
    place = sound.index(b"Exif\0\0") + 6
    for length in (4, 8, 20):
        broken = sound[:place] + b"\xff" * length + sound[place + length :]
        assert np.isnan(prints([broken]).times[0])
        np.testing.assert_array_equal(prints([broken]).hashes, prints([sound]).hashes)


def test_photos_without_a_header_have_no_date(orl: list[Path]) -> None:
    pixels = Photo(orl[0]).pixels
    found = prints([orl[0], pixels, Image.fromarray(pixels)])
    assert np.isnan(found.times).all()
    assert len(set(found.hashes[:, 0].tolist())) == 1


@pytest.mark.parametrize("orientation", range(2, 9))
def test_a_turned_photo_has_the_fingerprint_of_the_upright_one(orientation: int, scenes: dict[str, Path]) -> None:
    stored = Image.open(scenes["flower"]).resize((160, 107))
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    turned = saved(stored, "PNG", exif=exif)
    upright = saved(ImageOps.exif_transpose(Image.open(io.BytesIO(turned))), "PNG")
    found = prints([turned, upright, saved(stored, "PNG")])
    np.testing.assert_array_equal(found.hashes[0], found.hashes[1])
    np.testing.assert_array_equal(found.pictures[0], found.pictures[1])
    assert (found.hashes[0, 0] ^ found.hashes[2, 0]).item().bit_count() > COPY_BITS


def test_a_photo_that_cannot_be_read_is_a_failure(orl: list[Path]) -> None:
    outcomes = Fingerprint().embed([Photo(b"no photo"), Photo(orl[0]), Photo(saved(Image.open(orl[0]), "PNG")[:500])])
    assert [type(outcome) for outcome in outcomes] == [Failure, Embedding, Failure]
    assert outcomes[0].reason == "unsupported"


def test_no_vectors_are_no_fingerprints() -> None:
    found = Fingerprints.of(np.empty((0, Fingerprint.card.dimension), np.float32))
    assert (found.hashes.shape, found.hashes.dtype, found.pictures.shape, len(found.times)) == (
        (0, 8),
        np.uint64,
        (0, 64),
        0,
    )


def test_it_is_not_listed_as_an_extractor() -> None:
    assert "fingerprint" not in extractors.names()


def prints(photos: Iterable[Any]) -> Fingerprints:
    outcomes = Fingerprint().embed([Photo(photo) for photo in photos])
    return Fingerprints.of(np.stack([outcome.vector for outcome in outcomes]))


def apart(before: Fingerprints, after: Fingerprints) -> list[int]:
    """Return in how many bits each two hashes differ."""
    return [(a ^ b).bit_count() for a, b in zip(before.hashes[:, 0].tolist(), after.hashes[:, 0].tolist(), strict=True)]


def wave(frequency: int) -> np.ndarray:
    """Return the cosine of a frequency at 32 places, as DCT-II has it."""
    return 2 * np.cos(np.pi * frequency * (2 * np.arange(32) + 1) / 64)


def saved(picture: Image.Image, form: str, **options: Any) -> bytes:
    file = io.BytesIO()
    picture.save(file, form, **options)
    return file.getvalue()


def scaled(picture: Image.Image, factor: float) -> Image.Image:
    return picture.resize((round(picture.width * factor), round(picture.height * factor)), Image.Resampling.BICUBIC)


def dated(tags: dict[int, str]) -> bytes:
    """Return a small JPEG file with these dates; the camera's own are in a directory of their own."""
    exif = Image.Exif()
    for tag, text in tags.items():
        (exif if tag == CHANGED else exif.get_ifd(ExifTags.IFD.Exif))[tag] = text
    return saved(Image.new("L", (16, 16), 99), "JPEG", exif=exif)


def seconds(*date: int) -> float:
    return (datetime(*date) - EPOCH).total_seconds()
