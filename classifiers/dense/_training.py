"""Training of the dense network in numpy: what Keras computes, without starting TensorFlow."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from ._adam import Adam
from ._architecture import Architecture, Array, forward
from ._layers import BatchNorm, Dense, Dropout, Layer, Relu

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Training:
    """A network in training: its parameters, their gradients and Adam.

    Args:
        architecture: of the network.
        batch_size, learning_rate: of Adam.
        seed: of the first weights, and of what is dropped.
    """

    def __init__(self, architecture: Architecture, batch_size: int, learning_rate: float, seed: int) -> None:
        self._architecture = architecture
        self._batch_size = batch_size
        self._parameters, self._gradients = np.zeros((2, architecture.size), np.float32)
        self._adam = Adam(architecture.size, learning_rate)
        of_weights, of_dropout = np.random.SeedSequence(seed).spawn(2)
        self._layers = self._made(np.random.Generator(np.random.SFC64(of_dropout)))
        self._draw(np.random.default_rng(of_weights))

    def train_epoch(self, X: Array, y: NDArray[Any], weights: NDArray[Any], order: NDArray[np.intp]) -> float:
        """Train once over rows in the given order; return the mean loss on the way.

        Args:
            X: vectors (n, inputs).
            y: 1 for me, 0 for others (n,).
            weights: (n,).
            order: rows that take part.
        """
        total = 0.0
        for start in range(0, len(order), self._batch_size):
            batch = order[start : start + self._batch_size]
            total += self._step(X[batch], y[batch].astype(np.float32), weights[batch].astype(np.float32))
        return total / len(order) if len(order) else math.nan

    def loss(self, X: Array, y: NDArray[Any], weights: NDArray[Any]) -> float:
        """Return the mean weighted loss, without training and without dropout."""
        losses, _ = _cross_entropy(forward(self._architecture, self.weights(), X), y.astype(np.float32))
        return float((losses * weights.astype(np.float32)).mean())

    def weights(self) -> list[Array]:
        """Return copies of the arrays that `forward` takes, in layer order."""
        return self._architecture.unpacked(self._parameters.copy())

    def _step(self, X: Array, y: Array, weights: Array) -> float:
        """Train on one batch; return the sum of its losses."""
        values = X
        for layer in self._layers:
            values = layer.forward(values)
        losses, slopes = _cross_entropy(values[:, 0], y)
        gradient = (slopes * weights / np.float32(len(y)))[:, None]
        first, *others = self._layers
        for layer in reversed(others):
            layer.learn(gradient)
            gradient = layer.backward(gradient)
        first.learn(gradient)  # nothing lies before it: a third of all arithmetic saved
        self._adam.step(self._parameters, self._gradients)
        return float((losses * weights).sum())

    def _made(self, of_dropout: np.random.Generator) -> list[Layer]:
        """Return the layers, on views of the parameters and gradients."""
        arrays, gradients = (iter(self._architecture.unpacked(all_)) for all_ in (self._parameters, self._gradients))
        layers: list[Layer] = []
        for kind, _, _ in self._architecture.layers():
            if kind == "Dense":
                layers += [Dense(next(arrays), next(arrays), next(gradients), next(gradients)), Relu()]
            elif kind == "BatchNormalization":
                gamma, beta, mean, variance = (next(arrays) for _ in range(4))
                of_gamma, of_beta, _, _ = (next(gradients) for _ in range(4))  # Adam leaves the averages alone
                layers.append(BatchNorm(gamma, beta, mean, variance, of_gamma, of_beta))
            elif self._architecture.dropout > 0:
                layers.append(Dropout(self._architecture.dropout, of_dropout))
        return layers[:-1]  # the last layer gives logits

    def _draw(self, rng: np.random.Generator) -> None:
        """Set the first weights: matrices as Glorot and Bengio (2010) say, biases zero, nothing normalised yet."""
        for layer in self._layers:
            if isinstance(layer, Dense):
                limit = np.sqrt(6 / sum(layer.matrix.shape))
                layer.matrix[:] = rng.uniform(-limit, limit, layer.matrix.shape)
            elif isinstance(layer, BatchNorm):
                layer.gamma[:] = layer.variance[:] = 1


def _cross_entropy(logits: Array, y: Array) -> tuple[Array, Array]:
    """Return the binary cross-entropy of logits (n,) and labels (n,), and its slopes: probability less label."""
    small = np.exp(-np.abs(logits))  # never overflows
    losses: Array = np.maximum(logits, 0) - logits * y + np.log1p(small)
    slopes: Array = np.where(logits >= 0, np.float32(1), small) / (1 + small) - y
    return losses, slopes
