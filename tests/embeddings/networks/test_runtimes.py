"""The two runtimes give the same vectors, float32, whatever the size of a batch and whoever calls."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from facebench.data import Photo
from facebench.embeddings import Extractor, load_extractor
from facebench.embeddings._staged import Prepared
from facebench.errors import FacebenchError

NETWORKS = ("mobilenet", "face_recognition")
RUNTIMES = ("openvino", "tensorflow")
TOLERANCE = 1e-4

Load = Callable[..., Any]
Inputs = dict[str, np.ndarray]


class Interrupted:
    """A batch whose first photos can be had before the user presses Ctrl-C."""

    def __init__(self, photos: np.ndarray) -> None:
        self.photos = photos

    def __len__(self) -> int:
        return len(self.photos)

    def __getitem__(self, rows: slice) -> np.ndarray:
        if rows.start >= 8:
            raise KeyboardInterrupt
        return self.photos[rows]


@pytest.fixture(scope="module")
def load(extractor_named: Callable[[str], Extractor]) -> Load:
    """Return a function from the names of a network and a runtime to the extractor, ready to infer."""

    def load(network: str, runtime: str) -> Extractor:
        extractor = extractor_named(f"{network}(runtime='{runtime}')")
        extractor.load()
        return extractor

    return load


@pytest.fixture(scope="module")
def inputs(load: Load, orl: list[Path], scenes: dict[str, Path]) -> Inputs:
    """Real photos made ready for each network, 33 of them."""
    sources = [*scenes.values(), *orl[::10]]
    stages = {name: [load(name, "openvino").stage(Photo(source)) for source in sources] for name in NETWORKS}
    return {
        name: np.stack([stage.pixels for stage in found if isinstance(stage, Prepared)])[:33]
        for name, found in stages.items()
    }


@pytest.fixture(scope="module")
def expected(load: Load, inputs: Inputs) -> dict[str, np.ndarray]:
    return {name: load(name, "tensorflow").infer(inputs[name]) for name in NETWORKS}


@pytest.mark.parametrize("size", [1, 3, 4, 5, 33])
@pytest.mark.parametrize("runtime", RUNTIMES)
@pytest.mark.parametrize("network", NETWORKS)
def test_any_batch_gives_the_vectors_of_the_reference(
    network: str, runtime: str, size: int, load: Load, inputs: Inputs, expected: dict[str, np.ndarray]
) -> None:
    found = load(network, runtime).infer(inputs[network][:size])
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected[network][:size], rtol=0, atol=TOLERANCE)


@pytest.mark.parametrize("network", NETWORKS)
def test_every_photo_has_a_vector_of_its_own(network: str, expected: dict[str, np.ndarray]) -> None:
    vectors = expected[network]
    distances = np.abs(vectors[:, None] - vectors[None]).max(axis=2)
    assert distances[~np.eye(33, dtype=bool)].min() > 100 * TOLERANCE


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_threads_may_share_a_network(runtime: str, load: Load, inputs: Inputs, expected: dict[str, np.ndarray]) -> None:
    infer, photos = load("face_recognition", runtime).infer, inputs["face_recognition"]
    parts = [slice(start, start + 3 + start % 4) for start in range(0, 30, 2)]
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda part: infer(photos[part]), parts))
    for part, vectors in zip(parts, found, strict=True):
        np.testing.assert_allclose(vectors, expected["face_recognition"][part], rtol=0, atol=TOLERANCE)


def test_an_interrupted_call_harms_no_later_one(load: Load, inputs: Inputs, expected: dict[str, np.ndarray]) -> None:
    infer, photos = load("mobilenet", "openvino").infer, inputs["mobilenet"][:12]
    with pytest.raises(KeyboardInterrupt):
        infer(Interrupted(photos))
    np.testing.assert_allclose(infer(photos), expected["mobilenet"][:12], rtol=0, atol=TOLERANCE)


@pytest.mark.parametrize("network", NETWORKS)
def test_openvino_computes_in_float32(network: str, load: Load) -> None:
    compiled = load(network, "openvino")._run._requests[0].get_compiled_model()
    assert compiled.get_property("INFERENCE_PRECISION_HINT").to_string() == "f32"


@pytest.mark.parametrize("network", NETWORKS)
def test_another_runtime_is_refused(network: str) -> None:
    with pytest.raises(FacebenchError, match="runtime is one of openvino, tensorflow, not 'x'"):
        load_extractor(f"{network}(runtime='x')")
