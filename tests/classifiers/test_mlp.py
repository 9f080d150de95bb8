"""`mlp` is the report's network, trained as Keras trains it, only without Keras' overhead."""

from typing import Any

import numpy as np
import pytest
from facebench.classifiers import load_head, score
from facebench.classifiers._dense import Architecture, build, compiled, forward
from facebench.import_tensorflow import import_keras
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.utils.class_weight import compute_sample_weight

TABLE = [("Dense", 512, 655_872), ("Dropout", 512, 0), ("Dense", 128, 65_664), ("Dense", 1, 129)]
PROSE = [
    ("Dense", 64, 81_984),
    ("BatchNormalization", 64, 128),
    ("Dropout", 64, 0),
    ("Dense", 128, 8_320),
    ("Dense", 1, 129),
]
VARIANTS = pytest.mark.parametrize(
    ("call", "layers", "trainable"),
    [
        pytest.param("mlp", TABLE, 721_665, id="table"),
        pytest.param("mlp(hidden=(64, 128), batch_norm=True)", PROSE, 90_561, id="prose"),
    ],
)
#: Small enough to trace and train at once.
SMALL = "hidden=(8, 4), learning_rate=1e-2, batch_size=16"


@VARIANTS
def test_layers_are_those_of_the_report(call: str, layers: list[tuple[str, int, int]], trainable: int) -> None:
    rows = load_head(call).architecture(1280).layers()
    assert rows == layers
    assert sum(parameters for _, _, parameters in rows) == trainable


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


def test_defaults_are_those_of_the_report() -> None:
    parameters = load_head("mlp").get_params()
    assert parameters["learning_rate"] == 1e-4
    assert (parameters["epochs"], parameters["batch_size"], parameters["dropout"]) == (15, 30, 0.5)


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
    np.testing.assert_allclose(forward(architecture, model.get_weights(), X), expected, rtol=0, atol=1e-6)


@pytest.mark.parametrize("options", [SMALL, f"{SMALL}, batch_norm=True"], ids=["table", "prose"])
def test_a_fitted_head_scores_as_a_keras_model_with_its_weights(options: str) -> None:
    X, y = _people(seed=0)
    head = load_head(f"mlp({options})").fit(X, y)
    model = build(head.architecture(X.shape[1]))
    model.set_weights(head.weights_)
    logits = np.asarray(model(X, training=False), dtype=np.float64)[:, 0]
    np.testing.assert_allclose(score(head, X), 1 / (1 + np.exp(-logits)), rtol=0, atol=1e-6)


@pytest.mark.parametrize(
    ("epochs", "batch_size", "batch_norm"),
    [
        pytest.param(1, 60, False, id="one batch"),
        pytest.param(3, 25, False, id="uneven batches"),
        pytest.param(3, 25, True, id="batch normalisation"),
    ],
)
def test_training_steps_are_those_of_keras(epochs: int, batch_size: int, batch_norm: bool) -> None:
    X, y = _people(seed=0)
    options = {"hidden": (16, 8), "batch_norm": batch_norm, "dropout": 0.0, "batch_size": batch_size, "seed": 4}
    head = load_head(f"mlp(epochs={epochs}, {_arguments(options)})").fit(X, y)
    start = load_head(f"mlp(epochs=0, {_arguments(options)})").fit(X, y).weights_

    model = _plain_keras(X.shape[1], (16, 8), batch_norm=batch_norm, dropout=0.0)
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


def test_on_hard_data_it_is_as_good_as_plain_keras() -> None:
    model = _plain_keras(64, (512, 128), batch_norm=False, dropout=0.5)
    model.optimizer.build(model.trainable_variables)
    untrained = [variable.numpy() for variable in model.optimizer.variables]
    ours, theirs = [], []
    for seed in range(3):
        X, y = _people(dimension=64, distance=0.3, count=240, seed=seed)
        unseen, truth = _people(dimension=64, distance=0.3, count=1000, seed=100 + seed)
        ours.append(roc_auc_score(truth, score(load_head("mlp", seed).fit(X, y), unseen)))
        model.set_weights(_plain_keras(64, (512, 128), batch_norm=False, dropout=0.5).get_weights())
        for variable, value in zip(model.optimizer.variables, untrained, strict=True):
            variable.assign(value)
        model.fit(X, y, batch_size=30, epochs=15, sample_weight=compute_sample_weight("balanced", y), verbose=0)
        theirs.append(roc_auc_score(truth, model(unseen).numpy()[:, 0]))
    assert 0.7 < np.mean(theirs) < 0.95  # neither chance nor perfect, where all would agree
    assert np.mean(ours) == pytest.approx(np.mean(theirs), abs=0.02)


def test_there_is_one_loss_per_epoch_and_losses_fall_on_separable_people() -> None:
    head = load_head("mlp").fit(*_people(seed=0, dimension=128), validation=_people(seed=1, dimension=128))
    assert {key: len(losses) for key, losses in head.history_.items()} == {"loss": 15, "val_loss": 15}
    for losses in head.history_.values():
        assert all(isinstance(loss, float) for loss in losses)
        assert losses[-1] < 0.5 * losses[0]


def test_without_validation_there_is_no_validation_loss() -> None:
    X, y = _people(seed=0)
    assert list(load_head(f"mlp({SMALL})").fit(X, y).history_) == ["loss"]
    assert list(load_head(f"mlp({SMALL})").fit(X, y, validation=(X[:0], y[:0])).history_) == ["loss"]


def test_the_validation_loss_is_the_cross_entropy_weighted_as_in_training() -> None:
    (X, y), (unseen, truth) = _people(seed=0), _people(seed=1, me=0.4)
    head = load_head(f"mlp({SMALL})").fit(X, y, validation=(unseen, truth))
    of_me, of_others = compute_sample_weight("balanced", y)[[0, -1]]
    weights = np.where(truth, of_me, of_others)
    expected = log_loss(truth, score(head, unseen), sample_weight=weights, normalize=False) / len(truth)
    assert head.history_["val_loss"][-1] == pytest.approx(expected, rel=1e-4)


def test_the_training_loss_is_the_mean_over_photos_not_over_batches() -> None:
    X, y = _people(seed=0)
    # Nothing is learned: the loss is that of the first weights, in one batch as in an uneven pair.
    head = load_head("mlp(hidden=(8, 4), dropout=0.0, epochs=1, learning_rate=0.0, batch_size=50)").fit(X, y)
    expected = log_loss(y, score(head, X), sample_weight=compute_sample_weight("balanced", y))
    assert head.history_["loss"] == pytest.approx([expected], rel=1e-5)


@pytest.mark.parametrize("me", [0.2, 0.0, 1.0], ids=["both classes", "no photo of me", "photos of me only"])
def test_validation_never_changes_the_weights(me: float) -> None:
    X, y = _people(seed=0)
    alone = load_head(f"mlp({SMALL})").fit(X, y)
    watched = load_head(f"mlp({SMALL})").fit(X, y, validation=_people(seed=1, me=me))
    _assert_same_weights(watched, alone)
    assert np.isfinite(watched.history_["val_loss"]).all()


@pytest.mark.parametrize("options", [SMALL, f"{SMALL}, batch_norm=True"], ids=["table", "prose"])
def test_a_fit_is_the_same_whether_or_not_others_ran_before(options: str) -> None:
    X, y = _people(seed=0)
    compiled.cache_clear()
    fresh = load_head(f"mlp({options})", seed=3).fit(X, y)
    load_head(f"mlp({options})", seed=5).fit(*_people(seed=1, count=35))
    _assert_same_weights(load_head(f"mlp({options})", seed=3).fit(X, y), fresh)


def test_a_fitted_head_keeps_its_weights_when_others_are_fitted() -> None:
    X, y = _people(seed=0)
    head = load_head(f"mlp({SMALL})").fit(X, y)
    before = score(head, X)
    load_head(f"mlp({SMALL})", seed=9).fit(*_people(seed=1))
    np.testing.assert_array_equal(score(head, X), before)


def test_networks_of_one_shape_are_compiled_once() -> None:
    architecture = Architecture(24, (8, 4))
    assert compiled(architecture, 16, 1e-2) is compiled(Architecture(24, (8, 4)), 16, 1e-2)


def test_another_seed_gives_another_start_another_order_and_another_end() -> None:
    X, y = _people(seed=0)
    starts = [load_head(f"mlp({SMALL}, epochs=0)", seed).fit(X, y).weights_ for seed in (0, 1)]
    ends = [load_head(f"mlp({SMALL})", seed).fit(X, y).weights_ for seed in (0, 1)]
    for first, second in (starts, ends):
        assert np.abs(first[0] - second[0]).max() > 0.1


def test_layers_of_equal_shape_start_differently() -> None:
    X, y = _people(seed=0, dimension=8)
    weights = load_head("mlp(hidden=(8, 8), epochs=0)").fit(X, y).weights_
    assert np.abs(weights[0] - weights[2]).max() > 0.1


def test_first_weights_are_spread_as_glorot_says() -> None:
    weights = load_head("mlp(epochs=0)").fit(*_people(seed=0, dimension=1280)).weights_
    limit = np.sqrt(6 / (1280 + 512))
    assert 0.999 * limit < np.abs(weights[0]).max() <= limit
    assert weights[0].std() == pytest.approx(limit / np.sqrt(3), rel=0.01)
    assert not weights[1].any()


def test_dropout_changes_what_is_learned_and_nothing_at_scoring() -> None:
    X, y = _people(seed=0)
    dropped, whole = (load_head(f"mlp({SMALL}, dropout={share})").fit(X, y) for share in (0.5, 0.0))
    assert np.abs(dropped.weights_[0] - whole.weights_[0]).max() > 1e-3
    np.testing.assert_array_equal(score(dropped, X), score(dropped, X))


def test_dropout_is_drawn_anew_at_each_step() -> None:
    X, y = _people(seed=0)
    # Nothing is learned here: what differs between the epochs' losses is what was dropped.
    options = "hidden=(8, 4), learning_rate=0.0, epochs=5, batch_size=60"
    assert len(set(load_head(f"mlp({options})").fit(X, y).history_["loss"])) == 5


def test_what_is_dropped_depends_on_the_seed() -> None:
    X, y = _people(seed=0)
    network = compiled(Architecture(24, (8, 4)), 60, 0.0)
    start = network.weights()
    losses = []
    for seed in (0, 1, 0):
        network.reset(seed)
        network._model.set_weights(start)
        losses.append(network.train_epoch(X, y, np.ones(len(y)), np.arange(len(y))))
    assert losses[0] == losses[2] != losses[1]


def _people(
    *, seed: int, dimension: int = 24, distance: float = 1.5, count: int = 60, me: float = 0.2
) -> tuple[np.ndarray, np.ndarray]:
    """Return vectors and labels; the share `me` is me, `distance` away in each component."""
    y = np.arange(count) < me * count
    X = np.random.default_rng(seed).normal(size=(count, dimension)) + distance * y[:, None]
    return X.astype(np.float32), y


def _plain_keras(inputs: int, hidden: tuple[int, ...], *, batch_norm: bool, dropout: float) -> Any:
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


def _arguments(options: dict[str, object]) -> str:
    return ", ".join(f"{key}={value!r}" for key, value in options.items())


def _assert_same_weights(head: Any, expected: Any) -> None:
    for ours, theirs in zip(head.weights_, expected.weights_, strict=True):
        np.testing.assert_array_equal(ours, theirs)
