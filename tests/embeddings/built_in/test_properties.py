"""What is measured of a photo and its face: each number changes with its own property, and not with others."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from facebench.data import Photo
from facebench.embeddings import Embedding, Extractor
from facebench.embeddings.built_in import Fusion, Measured, Properties
from facebench.embeddings.faces import FaceFinder, detector_named
from PIL import ExifTags, Image

Measure = Callable[..., Measured]


@pytest.fixture(scope="module")
def measure() -> Measure:
    """Return a function from a photo to what is measured with YuNet, or another detector."""
    meters = {name: Properties(FaceFinder(detector=detector_named(name))) for name in ("yunet", "hog")}

    def measure(photo: Photo, detector: str = "yunet") -> Measured:
        [outcome] = meters[detector].embed([photo])
        assert isinstance(outcome, Embedding)
        return Measured.of(outcome.vector)

    return measure


@pytest.fixture(scope="module")
def face(orl: list[Path]) -> np.ndarray:
    return Photo(orl[0]).pixels


def enlarged(pixels: np.ndarray, factor: float) -> np.ndarray:
    return cv2.resize(pixels, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC)


def test_a_photo_is_measured(measure: Measure, face: np.ndarray) -> None:
    found = measure(Photo(face))
    assert found.megapixels == pytest.approx(112 * 92 / 1e6)
    assert 60 < found.face_size < 100
    assert 0.5 < found.brightness < 0.7
    assert 0.9 < found.score < 1
    assert abs(found.yaw) < 10
    assert found.device == ""


def test_blur_lowers_the_sharpness_alone_step_by_step(measure: Measure, face: np.ndarray) -> None:
    blurred = [measure(Photo(cv2.GaussianBlur(face, (0, 0), sigma) if sigma else face)) for sigma in (0, 1, 1.5, 2)]
    values = [each.sharpness for each in blurred]
    assert values == sorted(values, reverse=True)
    assert values[0] > 0.25
    assert values[3] < 0.08
    assert blurred[3].brightness == pytest.approx(blurred[0].brightness, abs=0.04)
    assert blurred[3].face_size == pytest.approx(blurred[0].face_size, rel=0.05)


def test_neither_size_nor_light_changes_the_sharpness(measure: Measure, face: np.ndarray) -> None:
    plain = measure(Photo(face))
    darker = measure(Photo((face * 0.4).astype(np.uint8)))
    assert darker.brightness == pytest.approx(0.4 * plain.brightness, abs=0.01)
    assert darker.sharpness == pytest.approx(plain.sharpness, rel=0.2)
    larger = measure(Photo(enlarged(face, 5)))
    assert larger.face_size == pytest.approx(5 * plain.face_size, rel=0.05)
    assert larger.sharpness == pytest.approx(plain.sharpness, rel=0.4)
    assert larger.megapixels == pytest.approx(25 * plain.megapixels)


def test_the_yaw_of_a_mirrored_face_is_that_of_the_other_side(measure: Measure, orl: list[Path]) -> None:
    turned = 0
    for path in orl[:10]:
        pixels = enlarged(Photo(path).pixels, 2)
        one, other = measure(Photo(pixels)).yaw, measure(Photo(np.ascontiguousarray(pixels[:, ::-1]))).yaw
        assert one == pytest.approx(-other, abs=9)
        turned += abs(one) > 15
    assert turned


def test_without_landmarks_or_a_face_that_is_not_known(measure: Measure, orl: list[Path]) -> None:
    seen = measure(Photo(orl[0]), "hog")
    assert (seen.yaw, seen.face_size > 50) == (None, True)
    assert seen.sharpness is not None
    faceless = measure(Photo(np.full((80, 100, 3), 128, np.uint8)))
    assert faceless == Measured(np.float32(0.008).item(), 0.0, None, None, None, None, "")
    [outcome] = Properties().embed([Photo(orl[0])])
    assert Measured.of(outcome.vector).face_size is None


@pytest.mark.parametrize(
    ("make", "model", "device"),
    [
        ("Canon", "Canon EOS 5D", "Canon EOS 5D"),
        ("Apple", "iPhone 12", "Apple iPhone 12"),
        ("", "", ""),
        ("Füji\0", "ß" * 50, "Füji " + "ß" * 21),
    ],
)
def test_the_camera_is_named_as_its_header_does(
    make: str, model: str, device: str, tmp_path: Path, face: np.ndarray
) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Make], exif[ExifTags.Base.Model] = make.encode("latin-1"), model.encode("latin-1")
    Image.fromarray(face).save(tmp_path / "photo.jpg", exif=exif)
    [outcome] = Properties().embed([Photo(tmp_path / "photo.jpg")])
    assert Measured.of(outcome.vector).device == device


def test_the_face_is_that_of_an_extractor_whose_detector_gives_landmarks(
    extractor_named: Callable[[str], Extractor],
) -> None:
    named = extractor_named
    assert Properties.beside([named("face_recognition"), named("sface")]).detector is named("sface").detector
    assert Properties.beside([named("mobilenet"), named("face_recognition")]).detector_name == "hog"
    assert Properties.beside([Fusion(("mobilenet", "sface(faces='center')"))]).identity.title.startswith(
        "properties(center"
    )
    assert Properties.beside([named("mobilenet"), named("colour")]).detector is None
