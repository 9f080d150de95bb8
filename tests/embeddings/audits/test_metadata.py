"""`metadata` against what Pillow was told to write, and on files that say little, or nonsense."""

import io
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from facebench.data import Photo
from facebench.embeddings import Embedding, Failure
from facebench.embeddings.audits._metadata import Metadata
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

SIZE, FORMAT, LUMINANCE, CHROMINANCE = slice(0, 3), slice(3, 11), slice(11, 75), slice(75, 139)
ANY_EXIF, ANY_CAMERA, CAMERA, SOFTWARE = 139, 140, slice(141, 157), slice(157, 173)
FORMATS = ["JPEG", "PNG", "WEBP", "BMP", "TIFF", "PPM", "GIF"]
#: EXIF's numbers of its tags.
MAKE, MODEL, ORIENTATION, PROGRAM = 0x010F, 0x0110, 0x0112, 0x0131


def written(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def taken(**tags: object) -> bytes:
    """Return a JPEG whose EXIF has these tags."""
    exif = Image.Exif()
    numbers = {"make": MAKE, "model": MODEL, "orientation": ORIENTATION, "software": PROGRAM}
    for name, value in tags.items():
        exif[numbers[name]] = value
    return written(Image.new("RGB", (40, 30)), exif=exif)


def vector(file: bytes | Path) -> np.ndarray:
    [outcome] = Metadata().embed([Photo(file)])
    assert isinstance(outcome, Embedding)
    return outcome.vector


@given(st.integers(1, 60), st.integers(1, 60), st.integers(1, 100), st.sampled_from(["L", "RGB"]))
@settings(max_examples=50, deadline=None)
def test_any_jpeg_gives_its_size_and_its_tables(width: int, height: int, quality: int, mode: str) -> None:
    file = written(Image.new(mode, (width, height), 77), quality=quality)
    found = vector(file)
    assert found.shape == (173,)
    assert np.isfinite(found).all()
    np.testing.assert_allclose(2 ** found[SIZE], [width, height, width / height], rtol=1e-5)
    with Image.open(io.BytesIO(file)) as image:
        tables: dict[int, list[int]] = image.quantization  # type: ignore[attr-defined]
    np.testing.assert_allclose(2 ** (8 * found[LUMINANCE]) - 1, tables[0], rtol=1e-4)
    np.testing.assert_allclose(2 ** (8 * found[CHROMINANCE]) - 1, tables.get(1, [0] * 64), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("kind", FORMATS)
def test_each_format_has_a_component(kind: str) -> None:
    found = vector(written(Image.new("RGB", (40, 30)), kind))
    assert found[FORMAT].tolist() == [name == kind for name in FORMATS] + [False]
    assert found[LUMINANCE].any() == (kind == "JPEG")


def test_what_a_phone_saves_as_heic_is_another_format() -> None:
    heif = pytest.importorskip("pillow_heif")
    heif.register_heif_opener()
    assert vector(written(Image.new("RGB", (64, 64)), "HEIF"))[FORMAT].tolist() == [0] * 7 + [1]


def test_nothing_but_the_header_counts(orl: list[Path], scenes: dict[str, Path]) -> None:
    scene = Image.open(scenes["china"]).convert("L").resize((92, 112))
    for kind, quality in (("JPEG", 80), ("PNG", 80), ("PPM", 80)):
        face, other = (written(image, kind, quality=quality) for image in (Image.open(orl[0]), scene))
        np.testing.assert_array_equal(vector(face), vector(other))


def test_the_size_is_the_stored_one(scenes: dict[str, Path]) -> None:
    upright, turned = vector(taken(orientation=1)), vector(taken(orientation=6))
    np.testing.assert_array_equal(upright, turned)
    np.testing.assert_allclose(2 ** vector(scenes["china"])[SIZE], [640, 427, 640 / 427], rtol=1e-5)


def test_each_camera_and_each_program_has_signs_of_its_own() -> None:
    files = [
        taken(make="Nikon", model="D40"),
        taken(make="Nikon", model="D90"),
        taken(make="Apple", model="iPhone 12"),
        taken(model="Apple iPhone 13"),
    ]
    found = [vector(file) for file in files]
    for one, other in combinations(found, 2):
        assert (one[CAMERA] != other[CAMERA]).any()
    for each in found:
        assert set(np.abs(each[CAMERA])) == {1}
        assert (each[ANY_EXIF], each[ANY_CAMERA]) == (1, 1)
        assert not each[SOFTWARE].any()
    edited = vector(taken(software="GIMP 2.10"))
    assert set(np.abs(edited[SOFTWARE])) == {1}
    assert (edited[ANY_EXIF], edited[ANY_CAMERA]) == (1, 0)
    assert not edited[CAMERA].any()


def test_a_camera_has_its_signs_however_its_name_is_padded() -> None:
    np.testing.assert_array_equal(vector(taken(model="D40")), vector(taken(model="D40 \0\0")))


def test_a_photo_without_exif_says_so(orl: list[Path], scenes: dict[str, Path]) -> None:
    for path in (orl[0], scenes["flower"]):
        assert not vector(path)[ANY_EXIF:].any()


@given(st.binary(max_size=200))
@settings(max_examples=100, deadline=None)
def test_damaged_exif_harms_nothing_else(damage: bytes) -> None:
    image = Image.new("RGB", (40, 30))
    sound = vector(written(image))
    found = vector(written(image, exif=b"Exif\0\0" + damage))
    assert np.isfinite(found).all()
    np.testing.assert_array_equal(found[:ANY_EXIF], sound[:ANY_EXIF])


@pytest.mark.parametrize(
    "image",
    [Image.new("RGB", (1, 1)), Image.fromarray(np.full((20, 30), 40_000, np.uint16)), Image.new("P", (3000, 1))],
    ids=["1x1", "16 bits", "3000x1"],
)
def test_odd_photos_have_finite_vectors(image: Image.Image) -> None:
    assert np.isfinite(vector(written(image, "PNG"))).all()


def test_what_was_never_a_file_has_no_metadata(orl: list[Path]) -> None:
    image = Image.open(orl[0])
    outcomes = Metadata().embed([Photo(image), Photo(np.asarray(image)), Photo(orl[0])])
    assert outcomes[:2] == [Failure("no_metadata", "not a file")] * 2
    assert isinstance(outcomes[2], Embedding)


def test_a_photo_whose_header_is_sound_fails_where_its_pixels_do(scenes: dict[str, Path]) -> None:
    half = scenes["china"].read_bytes()[:50_000]
    photo = Photo(half)
    assert photo.header is not None
    assert photo.header.size == (640, 427)
    [outcome] = Metadata().embed([photo])
    assert isinstance(outcome, Failure)
    assert outcome.reason == "truncated"
