"""Photos as a phone writes them: size, header, orientation, and the photo they were made from in them."""

import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from facebench.benchmarks.speed._phone_photos import Phone, phone_photos
from facebench.data import Photo
from PIL import ExifTags, Image

SMALL = 0.75  # megapixels: 1008x756


@pytest.fixture(scope="module")
def taken(orl: list[Path]) -> list[bytes]:
    """A landscape and a portrait of two people."""
    phone = Phone(SMALL)
    return [phone.take(Photo(path), number) for number, path in enumerate([orl[0], orl[10]])]


def test_a_phone_takes_twelve_megapixels() -> None:
    assert Phone().frame == (4032, 3024)


def test_landscapes_and_portraits_are_stored_alike_and_shown_upright(taken: list[bytes]) -> None:
    headers = [Photo(file).header for file in taken]
    assert [header and header.size for header in headers] == [(1008, 756)] * 2
    assert [header and header.exif["Orientation"] for header in headers] == [1, 6]
    assert [Photo(file).pixels.shape for file in taken] == [(756, 1008, 3), (1008, 756, 3)]


def test_the_header_is_a_phone_s(taken: list[bytes]) -> None:
    header = Photo(taken[1]).header
    assert header
    assert {"Make", "Model", "DateTime", "DateTimeOriginal", "ExposureTime", "ISOSpeedRatings"} <= set(header.exif)
    image = Image.open(io.BytesIO(taken[1]))
    assert image.layer[0][1:3] == (2, 2)  # type: ignore[attr-defined]  # colour at half the resolution
    second = image.getexif().get_ifd(ExifTags.IFD.IFD1)
    begin = taken[1].index(b"Exif\0\0") + 6 + second[ExifTags.Base.JpegIFOffset]
    thumbnail = Image.open(io.BytesIO(taken[1][begin : begin + second[ExifTags.Base.JpegIFByteCount]]))
    thumbnail.load()
    assert thumbnail.size == (160, 120)


def test_the_photo_is_in_it_upright_and_enlarged(taken: list[bytes], orl: list[Path]) -> None:
    import cv2

    for file, path in zip(taken, (orl[0], orl[10]), strict=True):
        frame = cv2.cvtColor(Photo(file).pixels, cv2.COLOR_RGB2GRAY)
        photo = Image.open(path)
        fits = min(frame.shape[1] / photo.width, frame.shape[0] / photo.height)
        found = []
        for share in np.arange(0.4, 0.81, 0.01):
            size = round(photo.width * fits * share), round(photo.height * fits * share)
            enlarged = np.asarray(photo.resize(size, Image.Resampling.LANCZOS))
            found.append(cv2.matchTemplate(frame, enlarged, cv2.TM_CCOEFF_NORMED).max())
        assert max(found) > 0.95


def test_the_same_photo_and_number_give_the_same_bytes_and_another_number_others(
    taken: list[bytes], orl: list[Path]
) -> None:
    phone = Phone(SMALL)
    assert phone.take(Photo(orl[0]), 0) == taken[0]
    assert phone.take(Photo(orl[0]), 2) != taken[0]


def test_photos_that_are_large_enough_are_taken_as_they_are(
    taken: list[bytes], orl: list[Path], tmp_path: Path
) -> None:
    large = tmp_path / "large.jpg"
    large.write_bytes(taken[0])
    paths, made = phone_photos([orl[0], large, orl[20]], tmp_path, SMALL)
    assert made == 2
    assert paths[1] == large
    assert paths[0].read_bytes() == taken[0]
    assert [Photo(path).pixels.shape for path in paths] == [(756, 1008, 3)] * 3


@pytest.mark.slow
def test_a_folder_of_them_is_made_by_one_command(orl: list[Path], tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "facebench.benchmarks.speed._phone_album",
        str(orl[0].parents[1]),
        str(tmp_path),
        "3",
    ]
    subprocess.run(command, check=True)
    files = sorted(tmp_path.glob("*/*.jpg"))
    assert len({file.read_bytes() for file in files}) == 3
    assert all(1.5e6 < file.stat().st_size < 6e6 for file in files)
    assert all(Photo(file).pixels.size == 3 * 4032 * 3024 for file in files)
