"""Detectors by name: YuNet as OpenCV runs it, dlib's convolutional one as the library does, and faces cut with both."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import dlib
import numpy as np
import pytest
from facebench.data import Photo
from facebench.embeddings import Embedding, Failure, extractors
from facebench.embeddings._identity import extractor_identity
from facebench.embeddings.faces import detections_on, detector_named, detectors
from facebench.embeddings.faces._mmod import mmod_file
from facebench.embeddings.faces._searched import resized
from facebench.embeddings.faces._yunet import YuNet, yunet_file
from facebench.errors import FacebenchError
from hypothesis import given, settings
from hypothesis import strategies as st

Compose = Callable[..., np.ndarray]
NAMES = ["hog", "mmod", "yunet"]


def test_they_are_registered_with_their_cards() -> None:
    assert detectors.names() == NAMES
    assert [detectors.create(name).card.name for name in NAMES] == NAMES
    assert [detectors.create(name).card.landmarks for name in NAMES] == [False, False, True]


@pytest.mark.parametrize("name", NAMES)
def test_each_finds_the_one_face_and_none_on_a_landscape(name: str, orl: list[Path], scenes: dict[str, Path]) -> None:
    detector = detectors.create(name)
    photo = Photo(orl[0])
    [face] = detector.detect(photo.pixels)
    left, top, right, bottom = face.box
    height, width, _ = photo.pixels.shape
    assert left < width / 2 < right
    assert top < height / 2 < bottom
    assert detector.detect(Photo(scenes["flower"]).pixels) == []


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("shape", [(1, 1), (3, 700), (700, 3), (64, 64)])
def test_photos_of_odd_shapes_have_no_face(name: str, shape: tuple[int, int]) -> None:
    assert detectors.create(name).detect(np.full((*shape, 3), 90, np.uint8)) == []


def test_yunet_misses_no_portrait(orl: list[Path]) -> None:
    yunet = YuNet()
    assert [len(yunet.detect(Photo(path).pixels)) for path in orl] == [1] * len(orl)


def test_yunet_is_that_of_opencv(orl: list[Path], compose: Compose) -> None:
    photos = [Photo(path).pixels for path in orl[::25]]
    photos.append(compose((700, 500), *((path, (160 * i, 40 * i), 1 + i / 2) for i, path in enumerate(orl[:40:10]))))
    yunet = YuNet(0.6)
    for pixels in photos:
        picture = resized(pixels, min(max(*pixels.shape[:2], 320), 640))
        theirs = cv2.FaceDetectorYN.create(str(yunet_file()), "", picture.shape[1::-1], 0.6, 0.3)
        found = theirs.detect(np.ascontiguousarray(picture[..., ::-1]))[1]
        boxes, points, scores = yunet._faces_on(picture)
        expected = found[np.argsort(-found[:, 14], kind="stable")]
        np.testing.assert_allclose(boxes, np.hstack([expected[:, :2], expected[:, :2] + expected[:, 2:4]]), atol=0.01)
        np.testing.assert_allclose(points.reshape(-1, 10), expected[:, 4:14], atol=0.01)
        np.testing.assert_allclose(scores, expected[:, 14], atol=1e-4)


def test_yunet_looks_closer_where_it_finds_nothing(orl: list[Path], compose: Compose) -> None:
    """A face of 16 pixels on the small picture is one of 40 on the large one."""
    pixels = np.full((1500, 2400, 3), 128, np.uint8)
    face = cv2.resize(Photo(orl[0]).pixels, (60, 73), interpolation=cv2.INTER_AREA)
    pixels[700:773, 1200:1260] = face
    [found] = YuNet().detect(pixels)
    assert 1200 < found.box[0] < found.box[2] < 1260
    assert found.landmarks is not None
    assert all(1200 < x < 1260 and 700 < y < 773 for x, y in found.landmarks)


def test_yunet_finds_the_same_in_threads(orl: list[Path]) -> None:
    from concurrent.futures import ThreadPoolExecutor

    yunet, photos = YuNet(), [Photo(path).pixels for path in orl[:30]]
    alone = [yunet.detect(pixels) for pixels in photos]
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(yunet.detect, photos)) == alone


@given(threshold=st.floats(0.05, 0.95), person=st.integers(0, 39))
@settings(max_examples=20, deadline=None)
def test_a_higher_threshold_leaves_out_and_changes_nothing(threshold: float, person: int, orl: list[Path]) -> None:
    pixels = Photo(orl[10 * person]).pixels
    some, more = YuNet(threshold).detect(pixels), YuNet(0.05).detect(pixels)
    assert set(some) <= set(more)
    assert all(face.score >= threshold for face in some)


def test_mmod_is_that_of_dlib(orl: list[Path]) -> None:
    theirs = dlib.cnn_face_detection_model_v1(str(mmod_file()))
    pixels = resized(Photo(orl[0]).pixels, 300)
    [face], [expected] = detectors.create("mmod").detect(pixels), theirs(pixels, 0)
    assert face.box == tuple(getattr(expected.rect, edge)() for edge in ("left", "top", "right", "bottom"))
    assert face.score == pytest.approx(expected.confidence, abs=1e-6)


@pytest.mark.parametrize("call", ["yunet(threshold=0)", "yunet(threshold=True)", "mmod(side=100)", "mmod(side=9.5)"])
def test_values_that_make_no_sense_are_refused(call: str) -> None:
    with pytest.raises(FacebenchError, match=r"cannot be made: (threshold|side) is"):
        detectors.create(call)


def test_parameters_of_hog_are_refused_beside_another() -> None:
    with pytest.raises(ValueError, match="pad and upsample go with detector='hog', not with 'yunet'"):
        detector_named("yunet", upsample=0, pad=0.2)
    with pytest.raises(FacebenchError, match="upsample go with detector='hog'"):
        extractors.create("face_recognition(detector='yunet', upsample=0)")
    with pytest.raises(FacebenchError, match="Did you mean 'yunet'"):
        extractors.create("face_recognition(detector='yunett')")


@pytest.mark.parametrize("name", ["yunet", "mmod"])
def test_a_vector_is_nearly_that_of_hogs_box(name: str, orl: list[Path]) -> None:
    photos = [Photo(path) for path in orl[::40]]
    usual, other = (extractors.create(f"face_recognition(detector='{each}')") for each in ("hog", name))
    pairs = [pair for pair in zip(usual.embed(photos), other.embed(photos), strict=True) if _both(pair)]
    assert len(pairs) >= 8
    distances = [np.linalg.norm(one.vector - two.vector) for one, two in pairs]  # type: ignore[union-attr]
    assert np.mean(distances) < 0.2  # two photos of one person are .4 apart


def _both(pair: tuple[Embedding | Failure, Embedding | Failure]) -> bool:
    return all(isinstance(outcome, Embedding) for outcome in pair)


def test_mobilenet_sees_the_face_that_a_detector_finds(orl: list[Path]) -> None:
    [outcome] = extractors.create("mobilenet(view='face', detector='yunet')").embed([Photo(orl[0])])
    assert isinstance(outcome, Embedding)
    [face] = YuNet().detect(Photo(orl[0]).pixels)
    assert outcome.box == face.box


def test_vectors_of_each_detector_are_stored_apart_and_those_of_hog_as_ever() -> None:
    def identity(call: str) -> str:
        return extractor_identity(extractors, call, extractors.create(call)).key

    usual = identity("face_recognition")
    assert identity("face_recognition(detector='hog')") == usual
    others = [identity(f"face_recognition(detector='{name}')") for name in ("yunet", "mmod", "yunet(threshold=0.9)")]
    assert len({usual, *others}) == 4


def test_a_photo_is_searched_once_by_each(orl: list[Path]) -> None:
    photo, yunet = Photo(orl[0]), YuNet()
    first = detections_on(photo, yunet)
    photo.__dict__["pixels"] = np.zeros_like(photo.pixels)
    assert detections_on(photo, YuNet()) is first
    assert detections_on(photo, YuNet(0.8)).faces == ()


def test_yunet_finds_a_face_that_fills_a_large_photo(orl: list[Path]) -> None:
    """On the larger picture it is missed."""
    face = Photo(orl[0]).pixels.repeat(9, 0).repeat(9, 1)
    noise = np.random.default_rng(0).normal(0, 40, face.shape[:2])[..., None]
    pixels = (face + noise).clip(0, 255).astype(np.uint8)
    yunet = YuNet()
    assert yunet._search(pixels, 640) == []
    assert len(yunet.detect(pixels)) == 1


AGAIN = """
import sys
from concurrent.futures import ThreadPoolExecutor
from facebench.data import Photo
from facebench.embeddings.faces._yunet import YuNet

photos = [Photo(path).pixels for path in sys.argv[1:]]
with ThreadPoolExecutor(2) as threads:
    print([len(faces) for faces in threads.map(YuNet().detect, photos)])
"""


@pytest.mark.slow
def test_yunet_finds_the_same_in_every_process(orl: list[Path]) -> None:
    """With several streams of OpenVINO every third process found other faces, or none."""
    paths = [str(path) for path in orl[:200:5]]
    for _ in range(12):
        made = subprocess.run([sys.executable, "-c", AGAIN, *paths], check=True, capture_output=True, text=True)
        assert made.stdout.strip() == str([1] * len(paths))
