"""Adam, as Keras computes it."""

from __future__ import annotations

import numpy as np

from ._architecture import Array

#: Numbers worked on at a time: what belongs to them stays near the processor, and threads seldom wait.
_TOGETHER = 1 << 16


class Adam:
    """Updates parameters by their gradients; float32 throughout, with Keras' defaults.

    Source: Kingma and Ba, "Adam: a method for stochastic optimization", 2015.
    """

    def __init__(self, size: int, learning_rate: float) -> None:
        self._learning_rate = np.float32(learning_rate)
        self._beta_1, self._beta_2, self._epsilon = np.float32(0.9), np.float32(0.999), np.float32(1e-7)
        self._mean, self._square = np.zeros((2, size), np.float32)
        self._spare = np.empty(_TOGETHER, np.float32)
        self._steps = 0

    def step(self, parameters: Array, gradients: Array) -> None:
        """Change parameters (size,) in place by their gradients (size,)."""
        self._steps += 1
        one = np.float32(1)
        of_mean, of_square = one - self._beta_1, one - self._beta_2
        rate = self._learning_rate * np.sqrt(one - self._beta_2**self._steps) / (one - self._beta_1**self._steps)
        for start in range(0, len(parameters), _TOGETHER):
            part = slice(start, start + _TOGETHER)
            gradient, mean, square = gradients[part], self._mean[part], self._square[part]
            spare = self._spare[: len(gradient)]
            np.subtract(gradient, mean, out=spare)
            spare *= of_mean
            mean += spare
            np.multiply(gradient, gradient, out=spare)
            spare -= square
            spare *= of_square
            square += spare
            np.sqrt(square, out=spare)
            spare += self._epsilon
            np.divide(mean, spare, out=spare)
            spare *= rate
            parameters[part] -= spare
