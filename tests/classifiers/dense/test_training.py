"""Training in numpy is what Keras does: from the same start, order and dropped units, to the same network."""

from typing import Any

import numpy as np
import pytest
from facebench.classifiers import load_head, score
from facebench.classifiers.dense import Architecture, Training, forward
from facebench.classifiers.dense._adam import Adam
from facebench.classifiers.dense._keras_training import build
from facebench.classifiers.dense._layers import BatchNorm, Dense, Dropout, Layer, Relu
from facebench.import_tensorflow import import_keras
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import approx_fprime
from sklearn.metrics import roc_auc_score
from sklearn.utils.class_weight import compute_sample_weight

from .networks import SMALL, people, plain_keras

BATCH, EPOCHS = 30, 3


class Recorded:
    """A random generator that keeps what it drew."""

    def __init__(self) -> None:
        self._rng = np.random.default_rng(7)
        self.drawn: list[np.ndarray] = []

    def random(self, shape: tuple[int, ...], dtype: type) -> np.ndarray:
        """Return uniform numbers."""
        self.drawn.append(self._rng.random(shape, dtype))
        return self.drawn[-1]


@pytest.mark.parametrize(
    "architecture",
    [
        pytest.param(Architecture(1280), id="table"),
        pytest.param(Architecture(1280, (64, 128), batch_norm=True), id="prose"),
        pytest.param(Architecture(128, (32, 16, 8), dropout=0.2), id="three hidden layers"),
        pytest.param(Architecture(128, dropout=0.0), id="nothing dropped"),
    ],
)
def test_after_three_epochs_outputs_are_those_of_keras(architecture: Architecture) -> None:
    X, y = people(seed=0, dimension=architecture.inputs, distance=0.1, count=200)  # the last batch is smaller
    unseen, _ = people(seed=1, dimension=architecture.inputs, distance=0.1)
    weights = compute_sample_weight("balanced", y)
    orders = [np.random.default_rng(epoch).permutation(len(X)) for epoch in range(EPOCHS)]
    training = Training(architecture, BATCH, 1e-4, seed=3)
    recorded = Recorded()
    for layer in training._layers:
        if isinstance(layer, Dropout):
            layer.rng = recorded  # type: ignore[assignment]
    start = training.weights()
    losses = [training.train_epoch(X, y, weights, order) for order in orders]

    model = _with_masks(architecture, start)
    masks = iter([(drawn >= architecture.dropout) / (1 - architecture.dropout) for drawn in recorded.drawn])
    for order, loss in zip(orders, losses, strict=True):
        total = 0.0
        for first in range(0, len(order), BATCH):
            batch = order[first : first + BATCH]
            mask = next(masks, np.ones((len(batch), architecture.hidden[0]))).astype(np.float32)
            given_ = [X[batch], mask], y[batch, None].astype(np.float32)
            total += len(batch) * model.train_on_batch(*given_, sample_weight=weights[batch], return_dict=True)["loss"]
            model.reset_metrics()
        assert loss == pytest.approx(total / len(order), rel=1e-4)
    outputs = model.predict([unseen, np.ones((len(unseen), architecture.hidden[0]), np.float32)], verbose=0)[:, 0]
    ours = forward(architecture, training.weights(), unseen)
    np.testing.assert_allclose(ours, outputs, rtol=0, atol=1e-4)
    assert np.abs(ours - forward(architecture, start, unseen)).max() > 0.05  # they have moved a long way


@pytest.mark.parametrize("options", [SMALL, f"{SMALL}, batch_norm=True"], ids=["table", "prose"])
def test_a_fitted_head_scores_as_a_keras_model_with_its_weights(options: str) -> None:
    X, y = people(seed=0)
    head = load_head(f"mlp({options})").fit(X, y)
    model = build(head.architecture(X.shape[1]))
    model.set_weights(head.weights_)
    logits = np.asarray(model(X, training=False), dtype=np.float64)[:, 0]
    np.testing.assert_allclose(score(head, X), 1 / (1 + np.exp(-logits)), rtol=0, atol=1e-6)


def test_on_hard_data_it_is_as_good_as_plain_keras() -> None:
    model = plain_keras(64, (512, 128), batch_norm=False, dropout=0.5)
    model.optimizer.build(model.trainable_variables)
    untrained = [variable.numpy() for variable in model.optimizer.variables]
    ours, theirs = [], []
    for seed in range(3):
        X, y = people(dimension=64, distance=0.3, count=240, seed=seed)
        unseen, truth = people(dimension=64, distance=0.3, count=1000, seed=100 + seed)
        ours.append(roc_auc_score(truth, score(load_head("mlp", seed).fit(X, y), unseen)))
        import_keras().utils.set_random_seed(seed)
        model.set_weights(plain_keras(64, (512, 128), batch_norm=False, dropout=0.5).get_weights())
        for variable, value in zip(model.optimizer.variables, untrained, strict=True):
            variable.assign(value)
        model.fit(X, y, batch_size=30, epochs=15, sample_weight=compute_sample_weight("balanced", y), verbose=0)
        theirs.append(roc_auc_score(truth, model(unseen).numpy()[:, 0]))
    assert 0.7 < np.mean(theirs) < 0.95  # neither chance nor perfect, where all would agree
    assert np.mean(ours) == pytest.approx(np.mean(theirs), abs=0.02)


@given(steps=st.lists(st.floats(-3, 3, width=32), min_size=1, max_size=6), rate=st.sampled_from([1e-4, 0.01, 1.0]))
def test_adam_steps_as_keras_does(steps: list[float], rate: float) -> None:
    keras = import_keras()
    theirs, optimizer = keras.Variable(np.zeros(3, np.float32)), keras.optimizers.Adam(rate)
    ours, adam = np.zeros(3, np.float32), Adam(3, rate)
    for step in steps:
        gradient = np.array([step, 1e-6 * step, 1], np.float32)
        optimizer.apply([keras.ops.convert_to_tensor(gradient)], [theirs])
        adam.step(ours, gradient)
    np.testing.assert_allclose(ours, np.asarray(theirs), rtol=1e-4, atol=1e-5 * rate)


def test_a_long_array_is_stepped_through_whole() -> None:
    gradients = np.random.default_rng(0).normal(size=150_001).astype(np.float32)
    whole, parts = np.zeros_like(gradients), np.zeros_like(gradients)
    adams = [Adam(50_000, 0.1) for _ in range(3)] + [Adam(1, 0.1)]
    Adam(len(whole), 0.1).step(whole, gradients)
    for start, adam in zip(range(0, 150_001, 50_000), adams, strict=True):
        adam.step(parts[start : start + 50_000], gradients[start : start + 50_000])
    np.testing.assert_array_equal(parts, whole)


@pytest.mark.parametrize("kind", ["dense", "relu", "dropout", "batch norm"])
def test_gradients_are_those_of_finite_differences(kind: str) -> None:
    rng = np.random.default_rng(0)
    values, direction = rng.normal(size=(5, 4)), rng.normal(size=(5, 3 if kind == "dense" else 4))
    layer, parameters = _layer(kind, rng)

    def along(numbers: np.ndarray) -> float:
        return float((_afresh(layer).forward(numbers.reshape(values.shape)) * direction).sum())

    def along_parameters(numbers: np.ndarray, parameter: np.ndarray) -> float:
        before = parameter.copy()
        parameter[:] = numbers.reshape(parameter.shape)
        total = along(values.ravel())
        parameter[:] = before
        return total

    _afresh(layer).forward(values)
    layer.learn(direction)
    np.testing.assert_allclose(layer.backward(direction).ravel(), approx_fprime(values.ravel(), along), atol=1e-5)
    for parameter, gradient in parameters:
        numeric = approx_fprime(parameter.ravel(), along_parameters, 1.5e-8, parameter)
        np.testing.assert_allclose(gradient.ravel(), numeric, atol=1e-5)


def test_an_epoch_without_a_row_trains_nothing() -> None:
    X, y = people(seed=0)
    training = Training(Architecture(24, (8, 4)), BATCH, 1e-4, seed=0)
    before = training.weights()
    assert np.isnan(training.train_epoch(X, y, np.ones(len(y)), np.array([], int)))
    for array, same in zip(training.weights(), before, strict=True):
        np.testing.assert_array_equal(array, same)


def _layer(kind: str, rng: np.random.Generator) -> tuple[Layer, list[tuple[np.ndarray, np.ndarray]]]:
    """Return a layer in float64, and its parameters, each with the array that takes its gradient."""
    if kind == "dense":
        arrays = rng.normal(size=(4, 3)), rng.normal(size=3)
    elif kind == "batch norm":
        arrays = rng.normal(size=4), rng.normal(size=4)
    else:
        return (Relu() if kind == "relu" else Dropout(0.5, rng)), []
    gradients = [np.zeros_like(array) for array in arrays]
    moving = [np.zeros(4), np.ones(4)] if kind == "batch norm" else []
    layer: Any = (BatchNorm if kind == "batch norm" else Dense)(*arrays, *moving, *gradients)
    return layer, list(zip(arrays, gradients, strict=True))


def _afresh(layer: Layer) -> Layer:
    """Return a layer that drops what it dropped before."""
    if isinstance(layer, Dropout):
        layer.rng = np.random.default_rng(5)
    return layer


def _with_masks(architecture: Architecture, start: list[np.ndarray]) -> Any:
    """Return the Keras network that takes the factors of its first layer's units as a second input."""
    keras = import_keras()
    layers = keras.layers
    X, mask = keras.Input((architecture.inputs,)), keras.Input((architecture.hidden[0],))
    values = layers.Dense(architecture.hidden[0], activation="relu")(X)
    if architecture.batch_norm:
        values = layers.BatchNormalization()(values)
    values = layers.Multiply()([values, mask])
    for units in architecture.hidden[1:]:
        values = layers.Dense(units, activation="relu")(values)
    model = keras.Model([X, mask], layers.Dense(1)(values))
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(1e-4), loss=loss, jit_compile=False)
    model.set_weights(start)
    return model
