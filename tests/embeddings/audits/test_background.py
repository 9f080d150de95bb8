"""`background`: what is covered and what is left, and MobileNetV2's features of that."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from facebench.data import Photo
from facebench.embeddings import Box, Embedding, Extractor, Failure
from facebench.embeddings.audits._background import MARGIN, without_face
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image


@pytest.fixture(scope="module")
def extractor(extractor_named: Callable[[str], Extractor]) -> Extractor:
    return extractor_named("background")


@pytest.fixture(scope="module")
def portrait(orl: list[Path], scenes: dict[str, Path]) -> np.ndarray:
    """A face, 92x112, before the palace, at (270, 150)."""
    return before_the_palace(orl[0], scenes)


def before_the_palace(face: Path, scenes: dict[str, Path]) -> np.ndarray:
    photo = Image.open(scenes["china"])
    photo.paste(Image.open(face), (270, 150))
    return np.array(photo)


def covered_photo(pixels: np.ndarray, box: Box) -> np.ndarray:
    return np.array(without_face(Photo(pixels), box))


def embedded(extractor: Extractor, *photos: np.ndarray | Path) -> list[Embedding]:
    outcomes = extractor.embed([Photo(photo) for photo in photos])
    return [outcome for outcome in outcomes if isinstance(outcome, Embedding)]


def test_equals_mobilenet_on_the_photo_without_its_face(
    extractor: Extractor, extractor_named: Callable[[str], Extractor], portrait: np.ndarray
) -> None:
    [found] = embedded(extractor, portrait)
    assert found.box is not None
    [expected] = embedded(extractor_named("mobilenet"), covered_photo(portrait, found.box))
    np.testing.assert_allclose(found.vector, expected.vector, rtol=0, atol=1e-4)


def test_the_face_makes_no_difference_and_the_rest_does(
    extractor: Extractor, portrait: np.ndarray, orl: list[Path], scenes: dict[str, Path]
) -> None:
    [found] = embedded(extractor, portrait)
    assert found.box is not None
    left, _, _, bottom = found.box
    spotted, elsewhere = portrait.copy(), portrait.copy()
    spotted[bottom - 12 : bottom - 8, left + 30 : left + 34] = 0  # a mole on the chin: HOG finds the same box
    elsewhere[:100, :100] = 0
    same, other = embedded(extractor, spotted, elsewhere)
    assert same.box == found.box
    np.testing.assert_array_equal(same.vector, found.vector)
    assert np.abs(other.vector - found.vector).max() > 0.1


def test_a_photo_without_a_face_is_no_background(extractor: Extractor, scenes: dict[str, Path]) -> None:
    outcomes = extractor.embed([Photo(scenes["flower"]), Photo(np.zeros((1, 1, 3), np.uint8))])
    assert outcomes == [Failure("no_face", "no face found")] * 2


def test_faces_that_leave_nothing_are_told_apart_by_nothing(
    extractor: Extractor, extractor_named: Callable[[str], Extractor], orl: list[Path]
) -> None:
    first, second = (Photo(path).pixels[35:95, 5:85].repeat(3, 0).repeat(3, 1) for path in (orl[0], orl[10]))
    vectors = [found.vector for found in embedded(extractor, first, second)]
    [grey] = embedded(extractor_named("mobilenet"), np.full((224, 224, 3), 128, np.uint8))
    np.testing.assert_allclose(vectors, [grey.vector] * 2, rtol=0, atol=1e-4)


def test_half_of_the_box_is_covered_on_each_side(scenes: dict[str, Path]) -> None:
    pixels = Photo(scenes["china"]).pixels
    covered = covered_photo(pixels, (200, 100, 299, 199))
    changed = (covered != pixels).any(axis=2)
    ys, xs = np.nonzero(changed)
    assert (xs.min(), ys.min(), xs.max(), ys.max()) == (150, 50, 349, 249)
    head = np.zeros(changed.shape, dtype=bool)
    head[50:250, 150:350] = True
    assert len(np.unique(covered[head], axis=0)) == 1
    np.testing.assert_allclose(covered[100, 200], pixels[~head].mean(axis=0), atol=0.5)
    np.testing.assert_array_equal(covered[~head], pixels[~head])


boxes = st.tuples(st.integers(-30, 60), st.integers(-30, 60), st.integers(1, 90), st.integers(1, 90)).map(
    lambda corner: (corner[0], corner[1], max(0, corner[0]) + corner[2], max(0, corner[1]) + corner[3])
)


@given(boxes, st.integers(0, 255))
@settings(max_examples=100, deadline=None)
def test_wherever_the_face_is_nothing_of_it_is_left(box: Box, brightness: int) -> None:
    """Also where its box reaches over the edges of the photo."""
    pixels = np.full((61, 61, 3), 200, np.uint8)
    left, top, right, bottom = (max(0, edge) for edge in box)
    pixels[top : bottom + 1, left : right + 1] = brightness
    before = pixels.copy()
    covered = covered_photo(pixels, box)
    assert set(np.unique(covered)) <= {200, 128}
    np.testing.assert_array_equal(pixels, before)


@given(
    st.tuples(st.integers(1, 40), st.integers(1, 40)),
    st.tuples(*[st.integers(-30, 60)] * 2),
    st.tuples(*[st.integers(1, 60)] * 2),
    st.integers(0, 2**32 - 1),
)
def test_the_head_gets_the_exact_mean_of_the_rest(
    shape: tuple[int, int], corner: tuple[int, int], size: tuple[int, int], seed: int
) -> None:
    pixels = np.random.default_rng(seed).integers(0, 256, (*shape, 3), dtype=np.uint8)
    left, top = corner
    box = (left, top, left + size[0], top + size[1])
    covered = covered_photo(pixels, box)
    across, down = (round(MARGIN * side) for side in size)
    head = np.zeros(shape, dtype=bool)
    head[max(0, top - down) : max(0, box[3] + down + 1), max(0, left - across) : max(0, box[2] + across + 1)] = True
    np.testing.assert_array_equal(covered[~head], pixels[~head])
    expected = pixels[~head].mean(axis=0).round() if (~head).any() else [128] * 3
    assert (covered[head] == expected).all()
