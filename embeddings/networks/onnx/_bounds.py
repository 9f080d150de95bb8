"""A first look at an ONNX file of somebody else: only what is bounded and lies in the file itself is opened at all.

OpenVINO would open whatever files the tensors of a network name. The walker here knows the messages of ONNX in which a
tensor can be, and looks at nothing else; it believes no size that it reads.
"""

from __future__ import annotations

import mmap
import stat
from collections.abc import Iterator
from math import prod
from pathlib import Path
from typing import TypeAlias

from ....errors import FacebenchError

#: Bytes of the file, messages in one another, fields in all, and dimensions of a tensor: more than real networks have.
_BYTES, _DEPTH, _FIELDS, _DIMENSIONS = 1_000_000_000, 24, 2_000_000, 16
#: Numbers in a byte, at most: the smallest have 2 bits.
_IN_A_BYTE = 4

#: Messages of ONNX in which there may be tensors: the messages in their fields, by number.
_INSIDE: dict[str, dict[int, str]] = {
    "model": {7: "graph", 20: "training", 25: "function"},
    "training": {1: "graph", 2: "graph"},
    "graph": {1: "node", 5: "tensor", 15: "sparse"},
    "function": {7: "node", 11: "attribute"},
    "node": {5: "attribute"},
    "attribute": {5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse"},
    "sparse": {1: "tensor", 2: "tensor"},
}
#: Field numbers of the sides of tensors, of the names of files that hold their numbers, and of where those lie.
_SIDES = {"tensor": 1, "sparse": 3}
_EXTERNAL, _LOCATION = 13, 14
_VARINT, _BYTES_8, _LENGTH, _BYTES_4 = 0, 1, 2, 5

#: A field: its number, its kind, and its value, or where its content begins and ends.
_Field: TypeAlias = tuple[int, int, int, int]


class _DamagedError(Exception):
    """What is read is no ONNX file, or no longer."""


def check_bounds(path: Path) -> None:
    """Refuse a file before anything else opens it, unless it looks like ONNX, holds its own weights and is bounded.

    What it may hold: 1 GB, messages 24 deep, 2,000,000 fields, and no tensor of more numbers than fit into the file.

    Raises:
        FacebenchError: with what is wrong.

    Source: onnx.proto of ONNX 1.18; the encoding of protocol buffers.
    """
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode) or not about.st_size:
            what = "it is empty" if stat.S_ISREG(about.st_mode) else "it is no file"
            raise FacebenchError(f"{path} is no ONNX network: {what}.")
        if about.st_size > _BYTES:
            raise FacebenchError(f"{path} is refused: networks of more than {_BYTES / 1e9:.0f} GB are not read.")
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            _check(path, data)
    except OSError as error:
        raise FacebenchError(f"{path} cannot be read: {error.strerror or error}.") from error
    except _DamagedError as error:
        raise FacebenchError(f"{path} is no ONNX network, or is damaged.") from error


def _check(path: Path, data: mmap.mmap) -> None:
    """Refuse the content of a file."""
    remaining, graphs = _FIELDS, 0
    messages = [("model", 0, len(data), 1)]
    while messages:
        kind, begin, end, depth = messages.pop()
        if depth > _DEPTH:
            raise FacebenchError(f"{path} is refused: its graphs are nested more than {_DEPTH} deep.")
        sides: list[int] = []
        for number, wire, value, stop in _fields(data, begin, end):
            remaining -= 1
            if remaining < 0:
                raise FacebenchError(f"{path} is refused: it has more than {_FIELDS:,} parts.")
            if kind == "tensor" and (number == _EXTERNAL or (number == _LOCATION and (wire, value) != (_VARINT, 0))):
                raise FacebenchError(
                    f"{path} is refused: its weights are to be read from other files. Save it with its weights in it."
                )
            if number == _SIDES.get(kind):
                sides += [value] if wire == _VARINT else _packed(data, value, stop, wire)
                if len(sides) > _DIMENSIONS:
                    raise FacebenchError(f"{path} is refused: a tensor has more than {_DIMENSIONS} dimensions.")
            inner = _INSIDE.get(kind, {}).get(number)
            if inner and wire == _LENGTH:
                messages.append((inner, value, stop, depth + 1))
                graphs += kind == "model" and inner == "graph"
        most = _IN_A_BYTE * len(data)
        if prod(sides) > most or max(sides, default=0) > most:  # negative ones are large here
            raise FacebenchError(f"{path} is refused: a tensor says that it holds more numbers than the file.")
    if not graphs:
        raise _DamagedError


def _fields(data: mmap.mmap, at: int, end: int) -> Iterator[_Field]:
    """Yield the fields of a message."""
    while at < end:
        tag, at = _varint(data, at, end, 5)
        number, wire = tag >> 3, tag & 7
        if not 0 < number < 1 << 29:
            raise _DamagedError
        if wire == _VARINT:
            value, at = _varint(data, at, end, 10)
            yield number, wire, value, at
            continue
        if wire == _LENGTH:
            length, at = _varint(data, at, end, 5)
        elif wire in (_BYTES_4, _BYTES_8):
            length = 4 if wire == _BYTES_4 else 8
        else:  # groups, which ONNX has none of
            raise _DamagedError
        if length > end - at:
            raise _DamagedError
        yield number, wire, at, at + length
        at += length


def _packed(data: mmap.mmap, at: int, end: int, wire: int) -> list[int]:
    """Return integers that lie one after the other."""
    values: list[int] = []
    while at < end and wire == _LENGTH and len(values) <= _DIMENSIONS:
        value, at = _varint(data, at, end, 10)
        values.append(value)
    return values


def _varint(data: mmap.mmap, at: int, end: int, most: int) -> tuple[int, int]:
    """Return an integer, seven bits a byte, the lowest first, and where it ends."""
    value = 0
    for place in range(most):
        if at >= end:
            break
        byte = data[at]
        value |= (byte & 127) << 7 * place
        at += 1
        if byte < 128:
            return value & 2**64 - 1, at
    raise _DamagedError
