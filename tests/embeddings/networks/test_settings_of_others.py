"""Another project's settings of Keras change no vector, and a network that computes something else is refused."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from facebench.classifiers import load_head
from facebench.embeddings.networks import FACE_NETWORK, MOBILENET_V2, load_network
from facebench.embeddings.networks._known_output import known_picture
from facebench.errors import FacebenchError
from facebench.import_openvino import import_openvino
from facebench.import_tensorflow import import_keras

NETWORK = MOBILENET_V2["imagenet"]
FOREIGN = {"floatx": "float16", "epsilon": 1e-4, "backend": "jax", "image_data_format": "channels_first"}
EMBED = """
import sys
import numpy as np
from facebench.classifiers import load_head
from facebench.embeddings import load_extractor

photos = sys.argv[2:]
names = [f"{name}(runtime='tensorflow')" for name in ("mobilenet", "face_recognition")]
found = {name: load_extractor(name).transform(photos) for name in names}
mlp = load_head("mlp(epochs=2, trainer='keras')").fit(found[names[1]], np.arange(len(photos)) < 3)
np.savez(sys.argv[1], mlp=mlp.weights_[0], **found)
"""


@pytest.fixture
def foreign_settings() -> Iterator[Any]:
    """Keras as a program that computes in 16 bits, channels first, has set it up."""
    config = import_keras().config
    before = config.floatx(), config.image_data_format(), config.dtype_policy()
    config.set_floatx("float16")
    config.set_image_data_format("channels_first")
    config.set_dtype_policy("mixed_float16")
    yield config
    config.set_floatx(before[0])
    config.set_image_data_format(before[1])
    config.set_dtype_policy(before[2])


@pytest.mark.parametrize("network", [NETWORK, FACE_NETWORK], ids=lambda network: network.name)
def test_networks_are_float32_whatever_keras_is_set_to(foreign_settings: Any, network: Any) -> None:
    batch = known_picture(network.side)
    found = load_network(network, "tensorflow")(batch)
    np.testing.assert_allclose(found[0, : len(network.known)], network.known, atol=1e-4)
    assert foreign_settings.floatx() == "float16"  # the other program has its settings back
    assert foreign_settings.image_data_format() == "channels_first"
    assert foreign_settings.dtype_policy().name == "mixed_float16"


def test_the_mlp_is_float32_whatever_keras_is_set_to(foreign_settings: Any) -> None:
    X = np.random.default_rng(0).normal(size=(40, 24)).astype(np.float32)
    call = "mlp(epochs=2, hidden=(24, 8), trainer='keras')"  # no other test's: it is compiled once per process
    weights = load_head(call).fit(X, np.arange(40) < 20).weights_
    assert {array.dtype for array in weights} == {np.dtype(np.float32)}
    assert np.abs(weights[0] - weights[0].astype(np.float16)).max() > 0


def test_a_network_with_a_wrong_output_is_refused(tmp_path: Path) -> None:
    # Weights of 16 bits: close enough that nobody sees it.
    openvino = import_openvino()
    openvino.save_model(NETWORK.graph(), tmp_path / "half.xml", compress_to_fp16=True)
    half = replace(NETWORK, graph=lambda: openvino.Core().read_model(tmp_path / "half.xml"))
    with pytest.raises(FacebenchError, match="mobilenet computes other values than it should"):
        load_network(half, "openvino")
    load_network(NETWORK, "openvino")


@pytest.mark.slow
@pytest.mark.parametrize("variable", [{}, {"KERAS_BACKEND": "torch"}], ids=["keras.json", "KERAS_BACKEND"])
def test_a_foreign_keras_json_changes_nothing(variable: dict[str, str], orl: list[Path], tmp_path: Path) -> None:
    found = []
    for name, settings in (("plain", None), ("foreign", FOREIGN)):
        home = tmp_path / name
        home.mkdir()
        if settings:
            (home / "keras.json").write_text(json.dumps(settings))
        environment = {k: v for k, v in os.environ.items() if k != "KERAS_BACKEND"} | (variable if settings else {})
        environment |= {"KERAS_HOME": str(home), "FACEBENCH_CACHE": str(home / "cache")}
        command = [sys.executable, "-c", EMBED, home / "found.npz", *orl[:60:10]]
        subprocess.run(command, env=environment, check=True)
        with np.load(home / "found.npz") as arrays:
            found.append(dict(arrays))
    for name, expected in found[0].items():
        np.testing.assert_allclose(found[1][name], expected, atol=1e-6, err_msg=name)


def test_a_keras_json_that_keras_refuses_is_named(tmp_path: Path) -> None:
    (tmp_path / "keras.json").write_text(json.dumps({"floatx": "float8"}))
    program = "from facebench.import_tensorflow import import_keras\nimport_keras()"
    environment = os.environ | {"KERAS_HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", program], check=False, env=environment, capture_output=True, text=True)
    assert f"correct or remove {tmp_path}/keras.json" in done.stderr.splitlines()[-1]
