"""What dlib's face network is made of: its shape, and the arrays of its file layer by layer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ...errors import FacebenchError
from ._dlib_file import Layer, read_layers

if TYPE_CHECKING:
    from numpy.typing import NDArray

DIMENSION = 128
#: Height and width of its input in pixels.
SIDE = 150
#: What is taken off red, green and blue before they are divided by 256.
MEAN = (122.782, 117.001, 104.298)
#: Filters of each residual block after the first convolution, and whether it halves the picture.
BLOCKS = (
    [(32, False)] * 3
    + [(64, True)]
    + [(64, False)] * 3
    + [(128, True)]
    + [(128, False)] * 2
    + [(256, True)]
    + [(256, False)] * 2
    + [(256, True)]
)


class Arrays:
    """Hands out a file's arrays layer by layer, and refuses the first that does not fit."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.layers: Iterator[Layer] = iter(read_layers(path))

    def convolution(self, inputs: int, filters: int, size: int = 3) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return the file's next convolution with the affine layer behind it, as one.

        Returns:
            The kernel (rows, columns, inputs, filters) and the bias (filters,).
        """
        values = self._next("con_4", filters * inputs * size * size + filters)
        gamma, beta = self._next("affine_", 2 * filters).reshape(2, filters)
        kernel = values[:-filters].reshape(filters, inputs, size, size).transpose(2, 3, 1, 0)
        return kernel * gamma, values[-filters:] * gamma + beta

    def dense(self, inputs: int) -> NDArray[np.float32]:
        """Return the kernel (inputs, dimension) of the file's last layer; there must be nothing behind it."""
        kernel = self._next("fc_2", inputs * DIMENSION).reshape(inputs, DIMENSION)
        if next(self.layers, None) is not None:
            raise self._foreign("more layers than expected")
        return kernel

    def _next(self, kind: str, count: int) -> NDArray[np.float32]:
        layer = next(self.layers, None)
        if layer is None or layer.kind != kind or layer.values.size != count:
            found = f"{layer.kind} of {layer.values.size} numbers" if layer else "the end"
            raise self._foreign(f"{kind} of {count} numbers is expected, {found} was found")
        return layer.values

    def _foreign(self, why: str) -> FacebenchError:
        return FacebenchError(f"{self.path} is not dlib's face recognition network: {why}.")
