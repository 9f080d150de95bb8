"""dlib's face network, rebuilt: the vectors are those of dlib itself, whatever runs it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import dlib
import numpy as np
import pytest
from facebench.data import Photo
from facebench.embeddings import Extractor
from facebench.embeddings.faces._finder import FaceFinder
from facebench.embeddings.networks._dlib_network import face_network, weights_file
from facebench.import_tensorflow import import_keras

LFW = Path(__file__).parents[3].parent / "shared" / "data" / "lfw-powell"
TOLERANCE = 1e-5
RUNTIMES = ("openvino", "tensorflow")

Vectors = Callable[[np.ndarray], np.ndarray]


@pytest.fixture(scope="module")
def network() -> Any:
    return face_network()


@pytest.fixture(scope="module")
def by_dlib() -> Vectors:
    """Return a function from chips to the vectors that dlib gives them."""
    model = dlib.face_recognition_model_v1(str(weights_file()))
    return lambda chips: np.array([model.compute_face_descriptor(chip) for chip in chips])


@pytest.fixture(scope="module")
def chips(orl: list[Path]) -> np.ndarray:
    return _chips(orl[::10])


@pytest.fixture(scope="module")
def expected(by_dlib: Vectors, chips: np.ndarray) -> np.ndarray:
    return by_dlib(chips)


def test_the_keras_model_equals_dlib(network: Any, chips: np.ndarray, expected: np.ndarray) -> None:
    found = network(chips.astype(np.float32), training=False).numpy()
    assert len(found) == 40
    np.testing.assert_allclose(found, expected, rtol=0, atol=TOLERANCE)
    assert np.abs(expected - expected[::-1]).max() > 10_000 * TOLERANCE  # else a wrong order could not show


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_each_runtime_equals_dlib(
    runtime: str, extractor_named: Callable[[str], Extractor], chips: np.ndarray, expected: np.ndarray
) -> None:
    np.testing.assert_allclose(_infer(extractor_named, runtime)(chips), expected, rtol=0, atol=TOLERANCE)


def test_the_model_has_29_convolutions_and_is_frozen(network: Any) -> None:
    convolutions = [layer for layer in network.layers if isinstance(layer, import_keras().layers.Conv2D)]
    assert len(convolutions) == 29
    assert network.trainable_weights == []


@pytest.mark.slow
@pytest.mark.parametrize("photos", ["orl", "lfw"])
def test_every_face_has_the_vector_of_dlib(
    photos: str, extractor_named: Callable[[str], Extractor], by_dlib: Vectors, orl: list[Path]
) -> None:
    if photos == "lfw" and not LFW.is_dir():
        pytest.skip("the LFW photos lie beside the repository for development only")
    chips = _chips(orl if photos == "orl" else sorted(LFW.rglob("*.jpg")))
    expected = by_dlib(chips)
    for runtime in RUNTIMES:
        difference = np.abs(_infer(extractor_named, runtime)(chips) - expected).max()
        print(f"{photos}, {len(chips)} faces, {runtime}: largest difference to dlib {difference:.1e}")
        assert difference < TOLERANCE


def _chips(paths: list[Path]) -> np.ndarray:
    """Return the chips of the photos in which a face is found."""
    finder = FaceFinder()
    faces = [finder.find(Photo(path)) for path in paths]
    return np.stack([face.chip for face in faces if face])


def _infer(extractor_named: Callable[[str], Extractor], runtime: str) -> Any:
    extractor: Any = extractor_named(f"face_recognition(runtime='{runtime}')")
    extractor.load()
    return lambda chips: np.concatenate([extractor.infer(chips[n : n + 32]) for n in range(0, len(chips), 32)])
