"""The layers of the dense network in training: values forward, gradients backward."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ._architecture import EPSILON, Array

_MOMENTUM = 0.99  # of batch normalisation's moving averages, Keras' default


class Layer:
    """A step of the network; `forward` keeps what `backward` and `learn` need of the batch."""

    def forward(self, values: Array) -> Array:
        """Return the layer's output (batch, width) for its input."""
        raise NotImplementedError

    def learn(self, gradient: Array) -> None:
        """Set the gradients of the layer's parameters from that of its output; most layers have none."""

    def backward(self, gradient: Array) -> Array:
        """Return the gradient of the layer's input from that of its output."""
        raise NotImplementedError


@dataclass
class Dense(Layer):
    """Matrix and bias, with the arrays that take their gradients."""

    matrix: Array
    bias: Array
    of_matrix: Array
    of_bias: Array

    def forward(self, values: Array) -> Array:
        self._values = values
        result: Array = values @ self.matrix
        result += self.bias
        return result

    def learn(self, gradient: Array) -> None:
        np.matmul(self._values.T, gradient, out=self.of_matrix)
        np.sum(gradient, axis=0, out=self.of_bias)

    def backward(self, gradient: Array) -> Array:
        result: Array = gradient @ self.matrix.T
        return result


class Relu(Layer):
    """What is above zero."""

    def forward(self, values: Array) -> Array:
        self._positive = values > 0
        return values * self._positive

    def backward(self, gradient: Array) -> Array:
        return gradient * self._positive


@dataclass
class Dropout(Layer):
    """Leaves out a share of the units at each step, and scales the others up to make up for it."""

    share: float
    rng: np.random.Generator

    def forward(self, values: Array) -> Array:
        kept = self.rng.random(values.shape, np.float32) >= self.share
        self._factors = kept * np.float32(1 / (1 - self.share))
        return values * self._factors

    def backward(self, gradient: Array) -> Array:
        return gradient * self._factors


@dataclass
class BatchNorm(Layer):
    """Normalises each unit over the batch, and keeps moving averages for scoring."""

    gamma: Array
    beta: Array
    mean: Array
    variance: Array
    of_gamma: Array
    of_beta: Array

    def forward(self, values: Array) -> Array:
        mean, variance = values.mean(axis=0), values.var(axis=0)
        self.mean += (mean - self.mean) * (1 - _MOMENTUM)
        self.variance += (variance - self.variance) * (1 - _MOMENTUM)
        self._scale = (1 / np.sqrt(variance + EPSILON)).astype(values.dtype)
        self._normal = (values - mean) * self._scale
        result: Array = self._normal * self.gamma + self.beta
        return result

    def learn(self, gradient: Array) -> None:
        np.sum(gradient * self._normal, axis=0, out=self.of_gamma)
        np.sum(gradient, axis=0, out=self.of_beta)

    def backward(self, gradient: Array) -> Array:
        through = gradient - (self.of_beta + self._normal * self.of_gamma) / np.float32(len(gradient))
        result: Array = through * (self.gamma * self._scale)
        return result
