"""Reader of dlib's network file: the arrays of its layers, in order from input to output."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ...errors import FacebenchError
from .._dlib_numbers import read_integer

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Layers that carry arrays: their name in the file, and how many integers stand before the tensor.
_LAYERS = {b"con_4": 0, b"affine_": 0, b"fc_2": 2}
#: A name is stored behind its length, and that behind how many bytes it takes.
_NAMES = re.compile(b"|".join(re.escape(bytes([1, len(name)])) + b"(" + name + b")" for name in _LAYERS))
_TENSOR_VERSION = 2


@dataclass(frozen=True, eq=False)
class Layer:
    """One layer's numbers, float32, flat: "con_4" filters then biases, "affine_" gamma then beta, "fc_2" weights."""

    kind: str
    values: NDArray[np.float32]


def read_layers(path: Path) -> list[Layer]:
    """Return the layers of a dlib network file that carry arrays.

    Raises:
        FacebenchError: the file is no dlib network, is damaged or ends early.
    """
    data = path.read_bytes()
    layers, position = [], 0
    try:
        while found := _next_layer(data, position):
            kind, position = found
            for _ in range(_LAYERS[kind]):
                _, position = read_integer(data, position)
            values, position = _tensor(data, position)
            layers.append(Layer(kind.decode(), values))
    except (IndexError, ValueError) as error:
        raise FacebenchError(f"{path} is damaged after {len(layers)} layers: {error}.") from error
    if not layers:
        raise FacebenchError(f"{path} is no network file of dlib.")
    return layers


def _next_layer(data: bytes, start: int) -> tuple[bytes, int] | None:
    """Return the next layer's name and where its content begins."""
    found = _NAMES.search(data, start)
    return (found[found.lastindex or 0], found.end()) if found else None


def _tensor(data: bytes, position: int) -> tuple[NDArray[np.float32], int]:
    header = []
    for _ in range(5):
        number, position = read_integer(data, position)
        header.append(number)
    version, *shape = header
    if version != _TENSOR_VERSION or min(shape) < 0:
        raise ValueError(f"a tensor of version {version} and shape {shape} was found")
    count = int(np.prod(shape, dtype=object))
    if position + 4 * count > len(data):
        raise ValueError("the file ends early")
    return np.frombuffer(data, "<f4", count, position).astype(np.float32), position + 4 * count
