"""Converted graphs on disk: made once per network and version, verified at each use, rebuilt when damaged."""

from __future__ import annotations

import hashlib
import tempfile
import warnings
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

from ...errors import FacebenchError
from ...import_openvino import import_openvino
from ...import_tensorflow import default_keras
from .._cache import cache_directory
from ._network import Network


class Graph(NamedTuple):
    """An OpenVINO graph as its reader takes it: XML, and the weights it refers to."""

    structure: bytes
    weights: bytes


def graph_of(network: Network) -> Graph:
    """Return the OpenVINO graph of a network; input uint8 (n, side, side, 3), output float32 (n, dimension).

    Only the first call for a network imports TensorFlow.

    Raises:
        FacebenchError: the cache cannot be written.
    """
    file = graph_file(cache_directory(), network)
    return read_graph(file) or _build(network, file)


def forget_graph(network: Network) -> None:
    """Delete the graph of a network from the cache: the next one that asks for it has it made again."""
    graph_file(cache_directory(), network).unlink(missing_ok=True)


def graph_file(cache: Path, network: Network) -> Path:
    """Return the file of a network's graph in the cache directory."""
    return cache / "graphs" / f"{network.name}-{_key(network)}.graph"


def _key(network: Network) -> str:
    """Return a hash of all that decides what the graph computes."""
    parts = [network.weights_sha256, network.architecture, *(version(name) for name in ("openvino", "keras"))]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def _converted(keras_model: Any) -> Any:
    """Return the OpenVINO model of a Keras model, by way of a file: without one OpenVINO fails on Python 3.13."""
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings(), default_keras():
        warnings.simplefilter("ignore")  # Keras' remarks on how it is exported
        keras_model.export(folder, format="tf_saved_model", verbose=False)
        return import_openvino().convert_model(folder)


def _build(network: Network, file: Path) -> Graph:
    openvino = import_openvino()
    pixels = openvino.preprocess.PrePostProcessor(_converted(network.build()))
    pixels.input().tensor().set_element_type(openvino.Type.u8)
    model = pixels.build()
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=file.parent, prefix=f".{network.name}-") as temporary:
            xml = Path(temporary, "graph.xml")
            openvino.save_model(model, xml, compress_to_fp16=False)
            graph = Graph(xml.read_bytes(), xml.with_suffix(".bin").read_bytes())
            whole = Path(temporary, "whole")
            whole.write_bytes(_packed(graph))
            whole.replace(file)  # at once: another process sees the old file or the new one
    except (OSError, RuntimeError) as error:  # RuntimeError: OpenVINO's for a full disk
        raise FacebenchError(
            f"{file} cannot be written ({getattr(error, 'strerror', None) or error}): "
            "make room, or set FACEBENCH_CACHE to another folder."
        ) from error
    return graph


def _packed(graph: Graph) -> bytes:
    content = b"%d\n" % len(graph.structure) + graph.structure + graph.weights
    return hashlib.sha256(content).hexdigest().encode() + b"\n" + content


def read_graph(file: Path) -> Graph | None:
    """Return the graph of a file if it is there, byte by byte as it was written."""
    try:
        digest, _, content = file.read_bytes().partition(b"\n")
    except OSError:
        return None
    if digest != hashlib.sha256(content).hexdigest().encode():
        return None
    length, _, content = content.partition(b"\n")
    return Graph(content[: int(length)], content[int(length) :])
