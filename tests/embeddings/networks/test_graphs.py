"""Converted graphs on disk: made once, private, never trusted when damaged, and made without a network connection."""

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from facebench.embeddings import Extractor
from facebench.embeddings.networks import _graphs
from facebench.embeddings.networks._graphs import graph_of
from facebench.embeddings.networks._network import Network
from facebench.embeddings.networks._openvino import OpenVINORunner
from facebench.errors import FacebenchError
from facebench.import_tensorflow import import_keras

PIXELS = np.arange(2 * 4 * 4 * 3, dtype=np.uint8).reshape(2, 4, 4, 3)
EXPECTED = PIXELS.reshape(2, 48).sum(1, keepdims=True, dtype=np.float32).repeat(400, 1)

#: The same small network without TensorFlow, for processes of their own.
SMALL = """
import os, sys
from pathlib import Path

import numpy as np
from facebench.embeddings.networks import _graphs
from facebench.embeddings.networks._network import Network
from facebench.embeddings.networks._openvino import OpenVINORunner
from facebench.import_openvino import import_openvino

openvino = import_openvino()
_graphs._converted = lambda model: model

def build():
    from openvino import opset13 as ops

    pixels = ops.parameter([-1, 4, 4, 3], np.float32)
    flat = ops.reshape(pixels, ops.constant(np.array([-1, 48])), False)
    sums = ops.matmul(flat, ops.constant(np.ones((48, 400), np.float32)), False, False)
    return openvino.Model([sums], [pixels])

network = Network("small", "1", "0" * 64, 4, build)
pixels = np.ones((2, 4, 4, 3), np.uint8)
"""

KILLED = """
import signal

def die_half_way(path, content):
    if isinstance(content, bytes):
        with path.open("wb") as file:
            file.write(content[: len(content) // 2])
    os.kill(os.getpid(), signal.SIGKILL)

Path.{method} = die_half_way
_graphs.graph_of(network)
"""

#: All damage the file in turn and use it: whoever finds it damaged makes it anew.
TOGETHER = """
file, go = map(Path, sys.argv[1:])
print("ready", flush=True)
while not go.exists():
    pass
for turn in range(25):
    if turn % 3 == 2:
        file.write_bytes(b"damaged")
    assert (OpenVINORunner(network)(pixels) == 48).all()
"""

FULL_DISK = """
import resource
from facebench.errors import FacebenchError

resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), -1))
try:
    _graphs.graph_of(network)
except FacebenchError as error:
    print(error)
"""

EXTRACT = """
import sys
from facebench.embeddings import load_extractor

for name in ("mobilenet", "face_recognition"):
    assert load_extractor(name).transform(sys.argv[1:]).any()
print(*sorted({"tensorflow", "keras"} & set(sys.modules)))
"""


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where no graph is yet."""
    monkeypatch.setenv("FACEBENCH_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def built() -> list[str]:
    """What was built, by architecture."""
    return []


@pytest.fixture
def network(cache: Path, built: list[str]) -> Network:
    """The sum of all pixels, 400 times."""

    def build() -> Any:
        built.append("built")
        keras = import_keras()
        pixels = keras.Input((4, 4, 3))
        sums = keras.layers.Conv2D(400, 4, use_bias=False, kernel_initializer="ones")(pixels)
        return keras.Model(pixels, keras.layers.GlobalAveragePooling2D()(sums))

    return Network("small", "1", "0" * 64, 4, build)


def test_a_graph_is_made_once(network: Network, built: list[str]) -> None:
    for _ in range(3):
        np.testing.assert_allclose(OpenVINORunner(network)(PIXELS), EXPECTED)
    assert len(built) == 1


@pytest.mark.parametrize("before", [False, True], ids=["new cache", "cache that all may read"])
def test_nobody_else_can_read_a_graph(before: bool, cache: Path, network: Network) -> None:
    mask = os.umask(0)
    try:
        if before:
            cache.mkdir(mode=0o755)
        graph_of(network)
    finally:
        os.umask(mask)
    file = _only_graph(cache)
    assert any(not stat.S_IMODE(path.stat().st_mode) & 0o077 for path in (file, file.parent))
    assert before or stat.S_IMODE(cache.stat().st_mode) == 0o700


@pytest.mark.parametrize("place", [0, 40, 64, 65, 70, 0.1, 0.5, -1], ids=str)
def test_a_graph_with_a_flipped_byte_is_made_anew(
    place: float, cache: Path, network: Network, built: list[str]
) -> None:
    graph_of(network)
    file = _only_graph(cache)
    sound = file.read_bytes()
    damaged = bytearray(sound)
    damaged[int(place * len(sound)) if isinstance(place, float) else place] ^= 1
    _assert_made_anew(bytes(damaged), file, network, built)


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda data: b"", id="empty"),
        pytest.param(lambda data: data[:30], id="digest cut"),
        pytest.param(lambda data: data[:65], id="digest alone"),
        pytest.param(lambda data: data[:-1], id="last byte missing"),
        pytest.param(lambda data: data[: len(data) // 2], id="half"),
        pytest.param(lambda data: data + b"\0", id="a byte more"),
        pytest.param(lambda data: b"0" * 64 + data[64:], id="another digest"),
        pytest.param(lambda data: b"\xff" * 64 + data[64:], id="digest of no letters"),
        pytest.param(lambda data: data[65:], id="digest missing"),
        pytest.param(lambda data: None, id="missing"),
    ],
)
def test_a_damaged_graph_is_made_anew(
    damage: Callable[[bytes], bytes | None], cache: Path, network: Network, built: list[str]
) -> None:
    graph_of(network)
    file = _only_graph(cache)
    _assert_made_anew(damage(file.read_bytes()), file, network, built)


@pytest.mark.parametrize("changed", [{"architecture": "2"}, {"weights_sha256": "1" * 64}], ids=str)
def test_another_network_has_another_graph(
    changed: dict[str, str], cache: Path, network: Network, built: list[str]
) -> None:
    graph_of(network)
    graph_of(replace(network, **changed))
    assert len(built) == len(_graphs_in(cache)) == 2


@pytest.mark.parametrize("package", ["openvino", "keras"])
def test_another_version_of_the_converter_makes_another_graph(
    package: str, cache: Path, network: Network, built: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    graph_of(network)
    version = _graphs.version
    monkeypatch.setattr(_graphs, "version", lambda name: "99.0" if name == package else version(name))
    graph_of(network)
    assert len(built) == len(_graphs_in(cache)) == 2


@pytest.mark.parametrize("method", ["write_bytes", "replace"])
def test_a_killed_process_leaves_no_half_graph(method: str, cache: Path, network: Network) -> None:
    killed = _python(SMALL + KILLED.format(method=method))
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert (cache / "graphs").is_dir()
    assert _graphs_in(cache) == []
    np.testing.assert_allclose(OpenVINORunner(network)(PIXELS), EXPECTED)


def test_processes_that_make_the_same_graph_at_once_all_succeed(cache: Path, tmp_path: Path) -> None:
    made = _python(SMALL + "_graphs.graph_of(network)")
    assert made.returncode == 0, made.stderr
    command = [sys.executable, "-c", SMALL + TOGETHER, str(_only_graph(cache)), str(tmp_path / "go")]
    together = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    _only_graph(cache).unlink()
    for process in together:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    (tmp_path / "go").touch()
    assert [process.communicate(timeout=60)[1] for process in together] == [""] * 3
    assert [process.returncode for process in together] == [0] * 3


@pytest.mark.parametrize("occupied", ["", "graphs"], ids=["the cache", "its folder of graphs"])
def test_a_cache_that_cannot_be_written_is_an_error_that_says_what_to_do(
    occupied: str, cache: Path, network: Network
) -> None:
    (cache / occupied).parent.mkdir(exist_ok=True)
    (cache / occupied).touch()
    with pytest.raises(FacebenchError, match=f"{cache}.*set FACEBENCH_CACHE to another folder"):
        graph_of(network)


@pytest.mark.skipif(os.name == "nt", reason="no limit can be set on the size of files")
@pytest.mark.parametrize("room", [10, 1000, 76_000, 78_000])
def test_a_full_disk_is_an_error_that_says_what_to_do_and_leaves_no_half_graph(room: int, cache: Path) -> None:
    done = _python(SMALL + FULL_DISK, str(room))
    assert done.returncode == 0, done.stderr
    assert "make room, or set FACEBENCH_CACHE to another folder" in done.stdout
    assert list((cache / "graphs").iterdir()) == []


def test_with_its_graph_in_place_a_process_extracts_without_tensorflow(
    extractor_named: Callable[[str], Extractor], orl: list[Path]
) -> None:
    for name in ("mobilenet", "face_recognition"):
        extractor_named(name).load()
    done = _python(EXTRACT, str(orl[0]))
    assert done.returncode == 0, done.stderr
    assert done.stdout == "\n"


def test_nothing_connects_to_a_network(fill_graphs: Callable[[Path], None], graphs: Path, tmp_path: Path) -> None:
    fill_graphs(tmp_path)  # and so they were converted, in a process that was watched
    if not (graphs / ".connections").exists():
        pytest.skip("strace, which shows connections, is not installed or may not trace here")
    *others, last = [line for line in (graphs / ".connections").read_text().splitlines() if "AF_INET" in line]
    assert others == []
    assert "htons(9)" in last


def _assert_made_anew(content: bytes | None, file: Path, network: Network, built: list[str]) -> None:
    if content is None:
        file.unlink()
    else:
        file.write_bytes(content)
    for _ in range(2):
        np.testing.assert_allclose(OpenVINORunner(network)(PIXELS), EXPECTED)
    assert len(built) == 2


def _graphs_in(cache: Path) -> list[Path]:
    return list((cache / "graphs").glob("small-*"))


def _only_graph(cache: Path) -> Path:
    [file] = _graphs_in(cache)
    return file


def _python(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=False)
