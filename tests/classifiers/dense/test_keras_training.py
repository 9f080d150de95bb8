"""The Keras trainer trains the report's network as plain Keras does, only without its overhead."""

from typing import Any

import numpy as np
import pytest
from facebench.classifiers import load_head
from facebench.classifiers.dense import Architecture, forward
from facebench.classifiers.dense._keras_training import build, compiled
from sklearn.utils.class_weight import compute_sample_weight

from .networks import PROSE, SMALL, TABLE, assert_same_weights, people, plain_keras

VARIANTS = pytest.mark.parametrize(
    ("call", "layers", "trainable"),
    [
        pytest.param("mlp", TABLE, 721_665, id="table"),
        pytest.param("mlp(hidden=(64, 128), batch_norm=True)", PROSE, 90_561, id="prose"),
    ],
)


@VARIANTS
def test_the_keras_model_has_these_layers_and_no_others(
    call: str, layers: list[tuple[str, int, int]], trainable: int
) -> None:
    model = build(load_head(call).architecture(1280))
    rows = [
        (type(layer).__name__, layer.output.shape[-1], sum(int(np.prod(w.shape)) for w in layer.trainable_weights))
        for layer in model.layers
    ]
    assert rows == layers
    assert sum(row[2] for row in rows) == trainable
    assert model.input_shape == (None, 1280)
    assert model.output_shape == (None, 1)


def test_hidden_layers_are_relu_and_half_of_the_first_is_dropped() -> None:
    model = build(load_head("mlp").architecture(1280))
    assert [layer.activation.__name__ for layer in model.layers if hasattr(layer, "activation")] == [
        "relu",
        "relu",
        "linear",  # the sigmoid is part of the loss and of predict_proba
    ]
    assert [layer.rate for layer in model.layers if hasattr(layer, "rate")] == [0.5]


@VARIANTS
def test_scores_equal_those_of_the_keras_model(call: str, layers: list[Any], trainable: int) -> None:
    architecture = load_head(call).architecture(1280)
    model = build(architecture)
    rng = np.random.default_rng(0)
    # Moving means of 0 and variances of 1, as a new model has them, would hide a mix-up.
    model.set_weights(
        [
            array + rng.uniform(0.1, 0.5, array.shape).astype(np.float32) * (array.ndim == 1)
            for array in model.get_weights()
        ]
    )
    X = rng.uniform(-0.5, 0.5, (50, 1280)).astype(np.float32)
    expected = np.asarray(model(X, training=False))[:, 0]
    assert np.ptp(expected) > 0.5
    np.testing.assert_allclose(forward(architecture, model.get_weights(), X), expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("epochs", "batch_size", "batch_norm"),
    [
        pytest.param(1, 60, False, id="one batch"),
        pytest.param(3, 25, False, id="uneven batches"),
        pytest.param(3, 25, True, id="batch normalisation"),
    ],
)
def test_training_steps_are_those_of_keras(epochs: int, batch_size: int, batch_norm: bool) -> None:
    X, y = people(seed=0)
    options = {"hidden": (16, 8), "batch_norm": batch_norm, "dropout": 0.0, "batch_size": batch_size, "seed": 4}
    head = load_head(f"mlp(trainer='keras', epochs={epochs}, {_arguments(options)})").fit(X, y)
    start = load_head(f"mlp(trainer='keras', epochs=0, {_arguments(options)})").fit(X, y).weights_

    model = plain_keras(X.shape[1], (16, 8), batch_norm=batch_norm, dropout=0.0)
    model.set_weights(start)
    weights = compute_sample_weight("balanced", y)
    order = np.random.default_rng(4)
    for _ in range(epochs):
        permutation = order.permutation(len(X))
        for first in range(0, len(X), batch_size):
            batch = permutation[first : first + batch_size]
            model.train_on_batch(X[batch], y[batch, None].astype(np.float32), sample_weight=weights[batch])
    for ours, theirs, before in zip(head.weights_, model.get_weights(), start, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-6)
        assert np.abs(ours - before).max() > 5e-5  # a step of Adam is about 1e-4


@pytest.mark.parametrize("options", [SMALL, f"{SMALL}, batch_norm=True"], ids=["table", "prose"])
def test_a_fit_is_the_same_whether_or_not_others_ran_before(options: str) -> None:
    X, y = people(seed=0)
    compiled.cache_clear()
    fresh = load_head(f"mlp({options}, trainer='keras')", seed=3).fit(X, y)
    load_head(f"mlp({options}, trainer='keras')", seed=5).fit(*people(seed=1, count=35))
    assert_same_weights(load_head(f"mlp({options}, trainer='keras')", seed=3).fit(X, y), fresh)


def test_networks_of_one_shape_are_compiled_once() -> None:
    architecture = Architecture(24, (8, 4))
    assert compiled(architecture, 16, 1e-2) is compiled(Architecture(24, (8, 4)), 16, 1e-2)


def test_what_is_dropped_depends_on_the_seed() -> None:
    X, y = people(seed=0)
    network = compiled(Architecture(24, (8, 4)), 60, 0.0)
    start = network.weights()
    losses = []
    for seed in (0, 1, 0):
        network.reset(seed)
        network._model.set_weights(start)
        losses.append(network.train_epoch(X, y, np.ones(len(y)), np.arange(len(y))))
    assert losses[0] == losses[2] != losses[1]


def _arguments(options: dict[str, object]) -> str:
    return ", ".join(f"{key}={value!r}" for key, value in options.items())
