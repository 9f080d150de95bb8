"""Training of the dense network with Keras: the reference, and the way to a GPU. Compiled once per shape."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from ...import_tensorflow import default_keras, import_keras, import_tensorflow
from ._architecture import EPSILON, Architecture, Array


@default_keras()
def build(architecture: Architecture) -> Any:
    """Return the Keras model of an architecture: vectors (n, inputs) to logits (n, 1), ReLU between."""
    layers = import_keras().layers
    stack: list[Any] = []
    *inner, _output = architecture.layers()
    for kind, units, _ in inner:
        if kind == "Dense":
            stack.append(layers.Dense(units, activation="relu"))
        elif kind == "BatchNormalization":
            stack.append(layers.BatchNormalization(epsilon=EPSILON))
        else:
            stack.append(layers.Dropout(architecture.dropout, seed=0))
    return import_keras().Sequential([layers.Input((architecture.inputs,)), *stack, layers.Dense(1)])


class KerasTraining:
    """A model with its optimiser and one graph that runs a whole epoch: a step costs arithmetic, no calls."""

    @default_keras()
    def __init__(self, architecture: Architecture, batch_size: int, learning_rate: float) -> None:
        tf, keras = import_tensorflow(), import_keras()
        self._model = build(architecture)
        self._optimizer = keras.optimizers.Adam(learning_rate)
        self._optimizer.build(self._model.trainable_variables)
        self._untrained = [np.array(v.numpy()) for v in (*self._model.variables, *self._optimizer.variables)]
        model, optimizer = self._model, self._optimizer

        def mean_loss(X: Any, y: Any, weights: Any, training: bool) -> Any:
            logits = model(X, training=training)[:, 0]
            losses = tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=logits)
            return tf.reduce_mean(losses * weights)

        data = [
            tf.TensorSpec((None, architecture.inputs), tf.float32),
            tf.TensorSpec((None,), tf.float32),
            tf.TensorSpec((None,), tf.float32),
        ]

        @tf.function(input_signature=[*data, tf.TensorSpec((None,), tf.int64)])  # type: ignore[untyped-decorator]
        def epoch(X: Any, y: Any, weights: Any, order: Any) -> Any:
            count = tf.shape(order)[0]

            def step(start: Any, total: Any) -> Any:
                batch = order[start : start + batch_size]
                with tf.GradientTape() as tape:
                    loss = mean_loss(tf.gather(X, batch), tf.gather(y, batch), tf.gather(weights, batch), True)
                variables = model.trainable_variables
                optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
                return start + batch_size, total + loss * tf.cast(tf.shape(batch)[0], tf.float32)

            # Not a Python loop: AutoGraph does not turn it into a graph on Python 3.13.
            _, total = tf.while_loop(lambda start, _: start < count, step, (0, 0.0))
            return total / tf.cast(count, tf.float32)

        self._epoch = epoch
        self._loss = tf.function(lambda X, y, w: mean_loss(X, y, w, False), input_signature=data)

    @default_keras()
    def reset(self, seed: int) -> None:
        """Discard all training: new initial weights and dropout by `seed`, and a fresh optimiser."""
        keras = import_keras()
        seed %= 2**31  # Keras' generators take 32 bits, and layers add to it
        for variable, value in zip((*self._model.variables, *self._optimizer.variables), self._untrained, strict=True):
            variable.assign(value)
        for position, layer in enumerate(self._model.layers):
            if isinstance(layer, keras.layers.Dense):
                kernel = layer.kernel
                kernel.assign(keras.initializers.GlorotUniform(seed=seed + 7919 * position)(kernel.shape))
            elif isinstance(layer, keras.layers.Dropout) and layer.rate > 0:  # with rate 0 it draws nothing
                layer.seed_generator.state.assign(np.array([seed, 0], dtype=np.uint32))

    @default_keras()
    def train_epoch(self, X: Any, y: Any, weights: Any, order: Any) -> float:
        """Train once over all rows in the given order; return the mean loss on the way."""
        return float(self._epoch(X, y.astype(np.float32), weights.astype(np.float32), order.astype(np.int64)))

    @default_keras()
    def loss(self, X: Any, y: Any, weights: Any) -> float:
        """Return the mean weighted loss, without training and without dropout."""
        return float(self._loss(X, y.astype(np.float32), weights.astype(np.float32)))

    def weights(self) -> list[Array]:
        """Return copies of the arrays that `forward` takes, in layer order."""
        return [np.array(array) for array in self._model.get_weights()]


@cache
def compiled(architecture: Architecture, batch_size: int, learning_rate: float) -> KerasTraining:
    """Return the network of this shape, built and traced once per process and reused by every fit."""
    return KerasTraining(architecture, batch_size, learning_rate)


def keras_training(architecture: Architecture, batch_size: int, learning_rate: float, seed: int) -> KerasTraining:
    """Return the compiled network of this shape, as new: one fit at a time."""
    network = compiled(architecture, batch_size, learning_rate)
    network.reset(seed)
    return network
