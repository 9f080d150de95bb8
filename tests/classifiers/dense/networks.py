"""Two people far or near apart, and the network as one would write it in Keras."""

from typing import Any

import numpy as np
from facebench.import_tensorflow import import_keras

#: Of the report: the parameter table's network, and the one of its text.
TABLE = [("Dense", 512, 655_872), ("Dropout", 512, 0), ("Dense", 128, 65_664), ("Dense", 1, 129)]
PROSE = [
    ("Dense", 64, 81_984),
    ("BatchNormalization", 64, 128),
    ("Dropout", 64, 0),
    ("Dense", 128, 8_320),
    ("Dense", 1, 129),
]
#: Small enough to trace and train at once.
SMALL = "hidden=(8, 4), learning_rate=1e-2, batch_size=16"


def people(
    *, seed: int, dimension: int = 24, distance: float = 1.5, count: int = 60, me: float = 0.2
) -> tuple[np.ndarray, np.ndarray]:
    """Return vectors and labels; the share `me` is me, `distance` away in each component."""
    y = np.arange(count) < me * count
    X = np.random.default_rng(seed).normal(size=(count, dimension)) + distance * y[:, None]
    return X.astype(np.float32), y


def plain_keras(inputs: int, hidden: tuple[int, ...], *, batch_norm: bool, dropout: float) -> Any:
    """Return the network as one would write it in Keras, compiled."""
    keras = import_keras()
    first, *others = hidden
    model = keras.Sequential([keras.layers.Input((inputs,)), keras.layers.Dense(first, activation="relu")])
    if batch_norm:
        model.add(keras.layers.BatchNormalization())
    model.add(keras.layers.Dropout(dropout))
    for units in others:
        model.add(keras.layers.Dense(units, activation="relu"))
    model.add(keras.layers.Dense(1, activation="sigmoid"))
    model.compile(keras.optimizers.Adam(1e-4), loss="binary_crossentropy", jit_compile=False)  # compiling takes longer
    return model


def assert_same_weights(head: Any, expected: Any) -> None:
    for ours, theirs in zip(head.weights_, expected.weights_, strict=True):
        np.testing.assert_array_equal(ours, theirs)
