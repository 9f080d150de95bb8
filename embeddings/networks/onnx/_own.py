"""A network from an ONNX file of one's own: what the file says of itself, and what it leaves to be said."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np

from ....errors import FacebenchError, printable
from .._graph import model, operations, pixels
from .._network import Network
from ._bounds import check_bounds
from ._read import read_onnx

#: What is tried to see whether a network takes several pictures at once.
_SEVERAL = 2
_CHANNELS = 3


@dataclass(frozen=True)
class Pixels:
    """How a network takes pixels, which no ONNX file says: (x - mean) / scale of channels in an order.

    Attributes:
        order: "rgb" or "bgr".
        mean: of each channel, in that order.
        scale: of each channel, in that order.
    """

    order: str
    mean: tuple[float, ...]
    scale: tuple[float, ...]


@dataclass(frozen=True)
class OwnNetwork:
    """What is known of a network's file.

    Attributes:
        sha256: of the file.
        size: of the file, in bytes.
        side: height and width of its input in pixels.
        dimension: components of a vector.
        output: name of the output that is taken.
    """

    sha256: str
    size: int
    side: int
    dimension: int
    output: str


def file_sha256(path: Path) -> str:
    """Return the sha256 of a file.

    Raises:
        FacebenchError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise FacebenchError(f"{path} cannot be read: {error.strerror or error}.") from error


def own_network(path: Path, side: int | None = None, output: str | None = None) -> OwnNetwork:
    """Return what is known of the network in an ONNX file, which is read once while it stays as it is.

    Args:
        path: of the file.
        side: of its input, where the file leaves it open.
        output: the name of the one to take, where there are several.

    Raises:
        FacebenchError: the file is refused (`check_bounds`, `read_onnx`), or is no network from one picture to one
            vector: float pixels (n, 3, side, side) or (n, side, side, 3) to (n, dimension), n of any size.
    """
    check_bounds(path)
    about = path.stat()
    return _known(path, (about.st_ino, about.st_size, about.st_mtime_ns), side, output)


def pixels_network(path: Path, of: OwnNetwork, shown: Pixels, normalised: bool) -> Network:
    """Return the network of an ONNX file, made ready for pixels; its vectors have length 1 if they are normalised."""
    return Network(
        path.name,
        "1: from an ONNX file, (x - mean) / scale in 32 bits",
        of.sha256,
        of.side,
        build=None,
        graph=partial(_graph, path, of, shown, normalised),
    )


@lru_cache(maxsize=16)
def _known(path: Path, _as_it_is: tuple[int, ...], side: int | None, output: str | None) -> OwnNetwork:
    network, taken = _opened(path, side, output)
    rows, dimension = network.outputs[taken].shape
    if rows != _SEVERAL:
        raise FacebenchError(f"{path} takes one picture at a time: export it for any number of pictures (batch).")
    names = _names(network)
    return OwnNetwork(
        file_sha256(path), path.stat().st_size, int(network.input().shape[2]), int(dimension), names[taken]
    )


def _graph(path: Path, of: OwnNetwork, shown: Pixels, normalised: bool) -> Any:
    """Return the OpenVINO model: RGB pictures, uint8 (n, side, side, 3), to float32 (n, dimension)."""
    check_bounds(path)
    if file_sha256(path) != of.sha256:
        raise FacebenchError(f"{path} was changed while it was in use: start again.")
    network, taken = _opened(path, of.side, of.output)
    ops, pictures = operations(), pixels(of.side)
    values = ops.convert(pictures, np.float32)
    if shown.order == "bgr":
        values = ops.gather(values, ops.constant([2, 1, 0]), ops.constant(3))
    values = ops.subtract(values, ops.constant(np.array(shown.mean, np.float32)))
    values = ops.divide(values, ops.constant(np.array(shown.scale, np.float32)))
    if _is_planes(network.input().get_partial_shape()):
        values = ops.transpose(values, ops.constant([0, 3, 1, 2]))
    values = ops.convert(values, network.input().get_element_type())
    for user in network.input().get_target_inputs():
        user.replace_source_output(values.output(0))
    vectors = ops.convert(network.outputs[taken].get_node().input_value(0), np.float32)
    return model("own", pictures, ops.normalize_l2(vectors, np.array([1]), 1e-12, "max") if normalised else vectors)


def _opened(path: Path, side: int | None, output: str | None) -> tuple[Any, int]:
    """Return the OpenVINO model of a file that was looked at, for several pictures, and the place of its output."""
    network = read_onnx(path)
    taken = _output(path, network, output)
    if len(network.inputs) != 1:
        raise FacebenchError(f"{path} takes {len(network.inputs)} inputs: a network of faces takes one picture.")
    shape, kind = network.input().get_partial_shape(), network.input().get_element_type()
    planes = _is_planes(shape)
    if planes is None or not kind.is_real():
        raise FacebenchError(f"{path} takes no pictures as float numbers (n, 3, side, side), but {kind} {shape}.")
    said = {edge.get_length() for edge in list(shape)[2 if planes else 1 :][:2] if edge.is_static}
    sides = said | ({side} if side else set())
    if len(sides) > 1:
        raise FacebenchError(f"{path} takes pictures of {' x '.join(map(str, sorted(said)))}, not of a side of {side}.")
    if not sides:
        raise FacebenchError(f"{path} does not say the side of its pictures: give it, such as side=112.")
    [square] = sides
    try:
        network.reshape([_SEVERAL, 3, square, square] if planes else [_SEVERAL, square, square, 3])
    except RuntimeError as error:
        raise FacebenchError(
            f"{path} does not take several pictures of {square}x{square} at once: export it for any number (batch)."
        ) from error
    found = network.outputs[taken].get_partial_shape()
    if not found.is_static or len(found) != 2:
        raise FacebenchError(f"{path} gives no vector for a picture, (n, dimension), but {found} for {_SEVERAL}.")
    return network, taken


def _output(path: Path, network: Any, output: str | None) -> int:
    """Return the place of the output to take."""
    names = _names(network)
    if output is None and len(names) == 1:
        return 0
    if output in names:
        return names.index(output)
    shown = ", ".join(map(printable, names[:10]))
    if output is None:
        raise FacebenchError(f"{path} has {len(names)} outputs: name one, such as output={names[0]!r}, of {shown}.")
    raise FacebenchError(f"{path} has no output {output!r}. There is: {shown}.")


def _names(network: Any) -> list[str]:
    return [min(output.get_names(), default="") for output in network.outputs]


def _is_planes(shape: Any) -> bool | None:
    """Return whether pictures of a shape are a plane for each channel: they are unless it says otherwise.

    None: it is not that of pictures.
    """
    if shape.rank.is_dynamic or len(shape) != 4:
        return None
    if shape[1] == _CHANNELS or shape[3] == _CHANNELS:
        return bool(shape[1] == _CHANNELS)
    return True if shape[1].is_dynamic else None
