"""`face_recognition` against the library of that name, on the same pixels."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from facebench.data import Photo
from facebench.embeddings import Embedding, Extractor, Failure

LFW = Path(__file__).parents[3].parent / "shared" / "data" / "lfw-powell"

Compose = Callable[..., np.ndarray]
Library = Callable[[list[np.ndarray]], list[np.ndarray]]


@pytest.fixture(scope="module")
def extractor(extractor_named: Callable[[str], Extractor]) -> Extractor:
    return extractor_named("face_recognition")


def test_equals_the_library_on_photos_with_one_face(
    extractor: Extractor, library_vectors: Library, orl: list[Path], compose: Compose
) -> None:
    photos = [Photo(path).pixels for path in orl[::10]]
    photos.append(compose((1600, 240), (orl[0], (900, 10), 2)))  # the longest that is searched as it is
    _assert_equal(extractor, library_vectors, photos)


@pytest.mark.skipif(not LFW.is_dir(), reason="the LFW photos lie beside the repository for development only")
def test_equals_the_library_on_colour_photos(extractor: Extractor, library_vectors: Library) -> None:
    paths = sorted(LFW.glob("Colin_Powell/*.jpg"))[:10]
    _assert_equal(extractor, library_vectors, [Photo(path).pixels for path in paths])


def test_comes_near_the_library_on_larger_photos(
    extractor: Extractor, library_vectors: Library, orl: list[Path], compose: Compose
) -> None:
    # Long and narrow: the search costs time by the pixel.
    photos = [
        compose((2400, 300), (orl[10], (500, 10), 2.5)),
        compose((2400, 300), (orl[20], (1900, 20), 2.2)),
        compose((3200, 360), (orl[40], (90, 20), 3)),
        compose((360, 2400), (orl[70], (20, 1200), 3.5)),
        compose((400, 1700), (orl[80], (20, 300), 4)),
    ]
    ours, theirs = _both(extractor, library_vectors, photos)
    distances = np.linalg.norm(ours - theirs, axis=1)
    assert 0 < np.median(distances) < 0.05  # 0 would mean that the search was not reduced


def test_of_several_faces_the_chosen_one_is_taken(
    extractor_named: Callable[[str], Extractor], library_vectors: Library, orl: list[Path], compose: Compose
) -> None:
    large, central = (orl[0], (0, 0), 2), (orl[10], (200, 70), 1.2)
    photos = [compose((500, 260), *faces) for faces in [(large, central), (large,), (central,)]]
    of_both, *alone = library_vectors(photos)
    assert len(of_both) == 2
    for faces, expected in zip(("largest", "center"), alone, strict=True):
        [outcome] = extractor_named(f"face_recognition(faces='{faces}')").embed([Photo(photos[0])])
        assert isinstance(outcome, Embedding)
        np.testing.assert_allclose([outcome.vector], expected, rtol=0, atol=1e-5)


def test_a_photo_without_a_face_has_no_vector(extractor: Extractor, scenes: dict[str, Path]) -> None:
    [outcome] = extractor.embed([Photo(scenes["china"])])
    assert outcome == Failure("no_face", "no face found")


def test_the_box_of_the_face_comes_with_the_vector(extractor: Extractor, orl: list[Path], compose: Compose) -> None:
    [outcome] = extractor.embed([Photo(compose((500, 300), (orl[0], (300, 50), 2)))])
    assert isinstance(outcome, Embedding)
    assert outcome.box is not None
    left, top, right, bottom = outcome.box
    assert 300 <= left < right <= 300 + 184
    assert 50 <= top < bottom <= 50 + 224


def _both(extractor: Extractor, library: Library, photos: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    theirs = library(photos)
    assert [len(vectors) for vectors in theirs] == [1] * len(photos)
    outcomes = extractor.embed([Photo(pixels) for pixels in photos])
    ours = np.stack([outcome.vector for outcome in outcomes if isinstance(outcome, Embedding)])
    return ours, np.concatenate(theirs)


def _assert_equal(extractor: Extractor, library: Library, photos: list[np.ndarray]) -> None:
    ours, theirs = _both(extractor, library, photos)
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-5)
