"""The layers of networks as OpenVINO operations: pictures are float32 (n, channels, rows, columns) inside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ...import_openvino import import_openvino

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float32]


def operations() -> Any:
    """Return the module of OpenVINO's operations."""
    import_openvino()  # without its telemetry
    from openvino import opset13

    return opset13


def pixels(side: int) -> Any:
    """Return the input of a network: uint8 (n, side, side, 3)."""
    return operations().parameter([-1, side, side, 3], np.uint8, name="pixels")


def planes(pixels: Any) -> Any:
    """Return pixels as layers take them, a plane for each channel."""
    ops = operations()
    return ops.convert(ops.transpose(pixels, ops.constant([0, 3, 1, 2])), np.float32)


def scaled(pixels: Any, factor: float, offset: Sequence[float]) -> Any:
    """Return planes of pixels times a factor plus an offset for each channel, or one for all."""
    ops = operations()
    return ops.add(ops.multiply(planes(pixels), np.float32(factor)), _of_channels(np.array(offset, np.float32)))


def convolution(values: Any, kernel: Array, bias: Array, stride: int, begin: int, end: int) -> Any:
    """Return the convolution with a kernel (rows, columns, inputs, filters), zeros around the picture."""
    ops = operations()
    filters = ops.constant(np.ascontiguousarray(kernel.transpose(3, 2, 0, 1)))
    return ops.add(ops.convolution(values, filters, *_steps(stride, begin, end)), _of_channels(bias))


def depthwise(values: Any, kernel: Array, bias: Array, stride: int, begin: int, end: int) -> Any:
    """Return the convolution of each channel for itself, with a kernel (rows, columns, channels, 1)."""
    ops = operations()
    filters = ops.constant(np.ascontiguousarray(kernel.transpose(2, 3, 0, 1)[:, :, None]))
    return ops.add(ops.group_convolution(values, filters, *_steps(stride, begin, end)), _of_channels(bias))


def max_pool(values: Any, size: int, stride: int) -> Any:
    """Return the largest value of each square; rows and columns that fill none are left out."""
    import_openvino()
    from openvino import opset1  # later ones also tell where each value was

    return opset1.max_pool(values, [stride] * 2, [0, 0], [0, 0], [size] * 2, rounding_type="floor")


def shape_of(values: Any) -> list[int]:
    """Return the channels, rows and columns of a layer's output."""
    return [dimension.get_length() for dimension in list(values.get_output_partial_shape(0))[1:]]


def model(name: str, pixels: Any, vectors: Any) -> Any:
    """Return the OpenVINO model from pixels to vectors (n, dimension)."""
    return import_openvino().Model([vectors], [pixels], name)


def _steps(stride: int, begin: int, end: int) -> tuple[list[int], list[int], list[int], list[int]]:
    """Return strides, zeros before and behind, and dilations, of rows and columns."""
    return [stride] * 2, [begin] * 2, [end] * 2, [1, 1]


def _of_channels(numbers: Array) -> Any:
    return operations().constant(numbers.reshape(1, -1, 1, 1))
