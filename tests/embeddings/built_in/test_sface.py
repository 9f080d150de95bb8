"""`sface`: no portrait is missed, people are nearest to themselves, and chips are those of the template."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from facebench.data import Photo
from facebench.embeddings import Embedding, Extractor, Failure, extractors
from facebench.embeddings.faces._template import SIDE, TEMPLATE, similarity, template_chip
from facebench.errors import FacebenchError
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image


@pytest.fixture(scope="module")
def sface(extractor_named: Callable[[str], Extractor]) -> Extractor:
    return extractor_named("sface")


@pytest.fixture(scope="module")
def vectors(sface: Extractor, orl: list[Path]) -> np.ndarray:
    """Of the first five photos of each person, (200, 128)."""
    outcomes = sface.embed([Photo(path) for path in orl if int(path.stem) <= 5])
    assert all(isinstance(outcome, Embedding) for outcome in outcomes)
    return np.stack([outcome.vector for outcome in outcomes if isinstance(outcome, Embedding)])


def test_everybody_is_nearest_to_themselves(vectors: np.ndarray) -> None:
    likeness = vectors @ vectors.T
    np.fill_diagonal(likeness, -1)
    assert (likeness.argmax(axis=1) // 5 == np.arange(len(vectors)) // 5).all()


def test_vectors_have_length_1(vectors: np.ndarray) -> None:
    assert vectors.shape == (200, 128)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_without_a_face_there_is_no_vector(sface: Extractor, scenes: dict[str, Path]) -> None:
    assert sface.embed([Photo(scenes["flower"])]) == [Failure("no_face", "no face found")]


def test_a_face_eight_times_larger_has_nearly_the_same_vector(sface: Extractor, orl: list[Path]) -> None:
    """Bilinear pixels of the large one alone would leave out 63 of 64."""
    small = Image.open(orl[0]).convert("RGB")
    noisy = np.asarray(small.resize((small.width * 8, small.height * 8), Image.Resampling.BICUBIC)).astype(np.int16)
    noisy = noisy + np.random.default_rng(0).normal(0, 25, noisy.shape[:2])[..., None].round().astype(np.int16)
    one, other = sface.embed([Photo(small), Photo(noisy.clip(0, 255).astype(np.uint8))])
    assert isinstance(one, Embedding)
    assert isinstance(other, Embedding)
    assert one.vector @ other.vector > 0.9


@pytest.mark.parametrize("detector", ["hog", "mmod"])
def test_a_detector_without_landmarks_is_refused(detector: str) -> None:
    with pytest.raises(FacebenchError, match=f"{detector} gives no landmarks to align a face with; yunet does"):
        extractors.create(f"sface(detector='{detector}')")


def test_it_runs_on_openvino_beside_networks_on_tensorflow() -> None:
    made = extractors.create("sface", runtime="tensorflow")
    assert getattr(made, "runtime", "") == "openvino"


complexes = st.complex_numbers(min_magnitude=0.05, max_magnitude=20, allow_nan=False, allow_infinity=False)


@given(complexes, complexes)
def test_a_similarity_is_found_exactly(factor: complex, shift: complex) -> None:
    moved = factor * (TEMPLATE @ (1, 1j)) + shift
    found = similarity(TEMPLATE, np.stack([moved.real, moved.imag], axis=1))
    np.testing.assert_allclose(found, (factor, shift), atol=1e-6)


@given(st.floats(0.3, 6), st.floats(-0.6, 0.6), st.integers(0, 200), st.integers(0, 150))
def test_landmarks_come_to_their_places(scale: float, angle: float, x: int, y: int) -> None:
    """Each of five dots of a picture lies in its place on the chip, at whatever size and angle."""
    turn = scale * np.exp(1j * angle)
    marks = turn * (TEMPLATE @ (1, 1j) - 56 * (1 + 1j)) + complex(60 * scale + x, 60 * scale + y)
    pixels = np.zeros((1000, 1000, 3), np.uint8)
    landmarks = tuple((float(mark.real), float(mark.imag)) for mark in marks)
    for across, down in landmarks:
        cv2.circle(pixels, (round(across), round(down)), max(2, round(3 * scale)), (255, 255, 255), -1)
    inside = [0 <= across < 990 and 0 <= down < 990 for across, down in landmarks]
    chip = template_chip(pixels, landmarks)
    assert chip.shape == (SIDE, SIDE, 3)
    for (across, down), whole in zip(TEMPLATE, inside, strict=True):
        if whole:
            assert chip[round(down), round(across), 0] > 100


def test_a_chip_of_a_small_face_is_that_of_opencv(orl: list[Path]) -> None:
    """Up to twice the chip's size nothing is reduced."""
    pixels = Photo(orl[0]).pixels
    marks = ((31.0, 50.0), (60.0, 50.0), (46.0, 66.0), (35.0, 82.0), (57.0, 82.0))
    matrix, _ = cv2.estimateAffinePartial2D(np.array(marks), TEMPLATE, method=cv2.LMEDS)
    expected = cv2.warpAffine(pixels, matrix, (SIDE, SIDE))
    difference = np.abs(template_chip(pixels, marks).astype(int) - expected)
    assert difference.mean() < 6  # OpenCV fits to the median, the template to the mean


def test_a_face_at_the_edge_is_cut_off_in_black(orl: list[Path]) -> None:
    pixels = np.full((3000, 3000, 3), 200, np.uint8)
    marks = tuple((float(x) * 12 - 600, float(y) * 12) for x, y in TEMPLATE)
    chip = template_chip(pixels, marks)
    assert (chip[40:80, :45] == 0).all()
    assert (chip[40:80, 55:] == 200).all()
    away = template_chip(pixels, tuple((x - 5000, y) for x, y in marks))
    assert (away == 0).all()
