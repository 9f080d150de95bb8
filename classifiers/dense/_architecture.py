"""The shape of the dense network, and its forward pass."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float32]

EPSILON = 1e-3  # of batch normalisation, Keras' default


@dataclass(frozen=True)
class Architecture:
    """Shape of the network: inputs, widths of the hidden layers, options of the first one."""

    inputs: int
    hidden: tuple[int, ...] = (512, 128)
    batch_norm: bool = False
    dropout: float = 0.5

    def layers(self) -> list[tuple[str, int, int]]:
        """Return (kind, width, trainable parameters) of each layer.

        >>> sum(parameters for _, _, parameters in Architecture(1280).layers())
        721665
        """
        rows, width = [], self.inputs
        for position, units in enumerate((*self.hidden, 1)):
            rows.append(("Dense", units, width * units + units))
            if position == 0:
                if self.batch_norm:
                    rows.append(("BatchNormalization", units, 2 * units))
                rows.append(("Dropout", units, 0))
            width = units
        return rows

    def shapes(self) -> list[tuple[int, ...]]:
        """Return the shape of each array that `forward` takes, in layer order."""
        shapes: list[tuple[int, ...]] = []
        width = self.inputs
        for position, units in enumerate((*self.hidden, 1)):
            shapes += [(width, units), (units,)]
            if position == 0 and self.batch_norm:
                shapes += 4 * [(units,)]
            width = units
        return shapes

    @property
    def size(self) -> int:
        """Numbers in all of these arrays together."""
        return sum(map(math.prod, self.shapes()))

    def unpacked(self, numbers: Array) -> list[Array]:
        """Return the arrays that `forward` takes, as views of their concatenated numbers."""
        shapes = self.shapes()
        ends = np.cumsum([math.prod(shape) for shape in shapes])
        return [part.reshape(shape) for part, shape in zip(np.split(numbers, ends[:-1]), shapes, strict=True)]


def forward(architecture: Architecture, weights: list[Array], X: Array) -> Array:
    """Return the logits (n,) of vectors X (n, inputs)."""
    arrays, values = iter(weights), X
    last = len(architecture.hidden)
    for position in range(last + 1):
        values = values @ next(arrays) + next(arrays)
        if position < last:
            values = np.maximum(values, 0)
        if position == 0 and architecture.batch_norm:
            gamma, beta, mean, variance = (next(arrays) for _ in range(4))
            deviation: Array = np.sqrt(variance + EPSILON)
            values = (values - mean) / deviation * gamma + beta
    return values[:, 0]
