"""`rim`: only the outer tenth counts, every pixel of it, at any size."""

import numpy as np
import pytest
from facebench.data import Photo
from facebench.embeddings import Embedding
from facebench.embeddings.audits._rim import Rim
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw


def vector(pixels: np.ndarray) -> np.ndarray:
    [outcome] = Rim().embed([Photo(pixels)])
    assert isinstance(outcome, Embedding)
    return outcome.vector


def noise(height: int, width: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 60), st.integers(1, 60), st.integers(0, 99))
def test_a_photo_of_any_size_has_a_vector(height: int, width: int, seed: int) -> None:
    found = vector(noise(height, width, seed))
    assert found.shape == (180,)
    assert np.isfinite(found).all()
    assert (found >= 0).all()


def test_only_the_outer_tenth_counts() -> None:
    photo = noise(100, 80)
    other = photo.copy()
    other[10:90, 8:72] = 0
    np.testing.assert_array_equal(vector(photo), vector(other))


@pytest.mark.parametrize("place", [(0, 40), (99, 0), (50, 7), (9, 79), (95, 72)])
def test_each_cell_says_what_is_in_it(place: tuple[int, int]) -> None:
    photo = np.full((100, 80, 3), 100, np.uint8)
    photo[place] = (200, 100, 100)
    cells = vector(photo).reshape(36, 5)
    [changed] = np.flatnonzero(cells.any(axis=1))
    row, column = place[0] // 10, place[1] // 8
    assert changed == sum(r in (0, 9) or c in (0, 9) for r in range(10) for c in range(10) if (r, c) < (row, column))


def test_the_figures_of_a_cell() -> None:
    photo = np.zeros((20, 20, 3), np.uint8)
    photo[0, 0] = (8, 4, 0)  # one of the four pixels of the first cell
    brightness, contrast = np.array([8, 0, 0, 0]), np.array([0, 12, 12, 0])
    expected = [brightness.std(), brightness.std(), contrast.std(), brightness.mean(), contrast.mean()]
    np.testing.assert_allclose(vector(photo)[:5], np.log1p(expected), rtol=1e-6)


@pytest.mark.parametrize("planted", ["stamp", "border"])
def test_stamps_and_borders_move_it_far_more_than_another_picture_does(planted: str) -> None:
    rng = np.random.default_rng(0)
    plain = [Image.fromarray(rng.integers(90, 130, (120, 100, 3), dtype=np.uint8)) for _ in range(6)]
    marked = [photo.copy() for photo in plain]
    for photo in marked:
        draw = ImageDraw.Draw(photo)
        draw.text((50, 105), "24.12.", fill="orange") if planted == "stamp" else draw.rectangle((0, 0, 99, 119))
    before, after = (np.stack([vector(np.asarray(photo)) for photo in photos]) for photos in (plain, marked))
    assert np.linalg.norm(after - before, axis=1).min() > 3 * np.linalg.norm(before - before[0], axis=1).max()
