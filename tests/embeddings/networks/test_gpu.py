"""On a GPU: vectors and the dense network are those of the processor, and how fast they are made.

`pytest -m slow -n 0 -s tests/embeddings/networks/test_gpu.py`, skipped where TensorFlow sees no GPU.
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest
from facebench.classifiers import heads
from facebench.embeddings import load_extractor
from facebench.import_tensorflow import import_tensorflow

T = TypeVar("T")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", autouse=True)
def gpu() -> str:
    """The name of the GPU."""
    tensorflow = import_tensorflow()
    found = tensorflow.config.list_physical_devices("GPU")
    if not found:
        pytest.skip("TensorFlow sees no GPU")
    return str(tensorflow.config.experimental.get_device_details(found[0]).get("device_name", found[0].name))


def timed(make: Callable[[], T]) -> tuple[T, float]:
    """Return what is made the second time, when nothing is built or loaded any more, and the seconds it takes."""
    make()
    begun = time.perf_counter()
    return make(), time.perf_counter() - begun


@pytest.mark.parametrize("name", ["mobilenet", "face_recognition"])
def test_vectors_are_the_processors(name: str, orl: list[Path], gpu: str) -> None:
    photos = orl[::2]
    ours, theirs = (
        load_extractor(f"{name}(runtime='{runtime}')", on_failure="nan") for runtime in ("openvino", "tensorflow")
    )
    expected, on_processor = timed(lambda: ours.transform(photos))
    found, on_gpu = timed(lambda: theirs.transform(photos))
    apart = float(np.nanmax(np.abs(found - expected)))
    print(f"{gpu}: {name}, {len(photos)} photos: {on_gpu:.2f} s, processor {on_processor:.2f} s; {apart:.1e} apart")
    assert (np.isnan(found) == np.isnan(expected)).all()
    assert apart <= 1e-3


def test_the_dense_network_decides_as_on_the_processor(orl: list[Path], gpu: str) -> None:
    vectors = load_extractor("mobilenet").transform(orl)
    mine = np.arange(len(orl)) < 10  # of the first person
    train = np.arange(len(orl)) % 2 == 0
    decided = {}
    for trainer in ("numpy", "keras"):
        head = heads.create(f"mlp(trainer={trainer!r})")
        head, seconds = timed(lambda head=head: head.fit(vectors[train], mine[train].astype(int)))  # type: ignore[misc]
        decided[trainer] = head.predict(vectors[~train])
        print(f"{gpu}: mlp(trainer={trainer!r}) of {train.sum()} vectors: {seconds:.2f} s")
    assert (decided["numpy"] == decided["keras"]).mean() >= 0.97
