"""`colour` against numpy's histogram, and what it must not depend on."""

from pathlib import Path

import numpy as np
import pytest
from facebench.data import Photo
from facebench.embeddings import Embedding
from facebench.embeddings.audits._colour import Colour
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

photos = arrays(np.uint8, array_shapes(min_dims=2, max_dims=2, max_side=20).map(lambda shape: (*shape, 3)))


def vector(photo: np.ndarray | Path) -> np.ndarray:
    [outcome] = Colour().embed([Photo(photo)])
    assert isinstance(outcome, Embedding)
    return outcome.vector


@given(photos)
@settings(max_examples=50, deadline=None)
def test_squares_are_the_shares_of_numpys_histogram(pixels: np.ndarray) -> None:
    shares, _ = np.histogramdd(pixels.reshape(-1, 3), bins=(4, 4, 4), range=[(0, 256)] * 3)
    found = vector(pixels)
    assert (found.shape, found.dtype) == ((64,), np.float32)
    np.testing.assert_allclose(found**2, shares.ravel() / shares.sum(), rtol=0, atol=1e-6)


@pytest.mark.parametrize("photo", ["china", "flower"])
def test_equals_numpys_histogram_on_photos(photo: str, scenes: dict[str, Path]) -> None:
    pixels = Photo(scenes[photo]).pixels
    shares, _ = np.histogramdd(pixels.reshape(-1, 3), bins=(4, 4, 4), range=[(0, 256)] * 3)
    np.testing.assert_allclose(vector(scenes[photo]) ** 2, shares.ravel() / shares.sum(), rtol=0, atol=1e-6)
    assert np.count_nonzero(shares) > 20


@given(photos, st.integers(1, 3))
@settings(max_examples=50, deadline=None)
def test_neither_size_nor_place_counts(pixels: np.ndarray, times: int) -> None:
    larger = pixels.repeat(times, axis=0).repeat(times, axis=1)
    np.testing.assert_allclose(vector(larger), vector(pixels), rtol=0, atol=1e-6)
    np.testing.assert_array_equal(vector(pixels[::-1]), vector(pixels))
    np.testing.assert_array_equal(vector(pixels.transpose(1, 0, 2)), vector(pixels))


@pytest.mark.parametrize(
    ("colour", "place"), [((0, 0, 0), 0), ((255, 255, 255), 63), ((200, 100, 10), 16 * 3 + 4 * 1 + 0), ((63, 64, 0), 4)]
)
def test_one_colour_is_one_component(colour: tuple[int, int, int], place: int) -> None:
    assert vector(np.full((1, 1, 3), colour, np.uint8)).tolist() == np.eye(64)[place].tolist()


def test_grey_photos_have_grey_only(orl: list[Path]) -> None:
    assert set(np.flatnonzero(vector(orl[0]))) <= {0, 21, 42, 63}


def test_a_tint_moves_a_photo_further_than_another_size_does(scenes: dict[str, Path]) -> None:
    pixels = Photo(scenes["china"]).pixels
    tinted = (pixels * [1, 0.9, 0.7]).astype(np.uint8)
    original = vector(pixels)
    assert np.linalg.norm(vector(tinted) - original) > 5 * np.linalg.norm(vector(pixels[::2, ::2]) - original)
