"""`mlp` is the report's network, whichever trains it: numpy, or Keras as the reference."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from facebench.classifiers import load_head, score
from facebench.classifiers.dense import TRAINERS
from sklearn.metrics import log_loss
from sklearn.utils.class_weight import compute_sample_weight
from threadpoolctl import threadpool_info, threadpool_limits

from .dense.networks import PROSE, SMALL, TABLE, assert_same_weights, people

VARIANTS = pytest.mark.parametrize(
    ("call", "layers", "trainable"),
    [
        pytest.param("mlp", TABLE, 721_665, id="table"),
        pytest.param("mlp(hidden=(64, 128), batch_norm=True)", PROSE, 90_561, id="prose"),
    ],
)
BOTH = pytest.mark.parametrize("small", [f"{SMALL}, trainer={trainer!r}" for trainer in TRAINERS], ids=TRAINERS)


@VARIANTS
def test_layers_are_those_of_the_report(call: str, layers: list[tuple[str, int, int]], trainable: int) -> None:
    rows = load_head(call).architecture(1280).layers()
    assert rows == layers
    assert sum(parameters for _, _, parameters in rows) == trainable


def test_defaults_are_those_of_the_report() -> None:
    parameters = load_head("mlp").get_params()
    assert parameters["learning_rate"] == 1e-4
    assert (parameters["epochs"], parameters["batch_size"], parameters["dropout"]) == (15, 30, 0.5)


def test_there_is_one_loss_per_epoch_and_losses_fall_on_separablepeople() -> None:
    head = load_head("mlp").fit(*people(seed=0, dimension=128), validation=people(seed=1, dimension=128))
    assert {key: len(losses) for key, losses in head.history_.items()} == {"loss": 15, "val_loss": 15}
    for losses in head.history_.values():
        assert all(isinstance(loss, float) for loss in losses)
        assert losses[-1] < 0.5 * losses[0]


@BOTH
def test_without_validation_there_is_no_validation_loss(small: str) -> None:
    X, y = people(seed=0)
    assert list(load_head(f"mlp({small})").fit(X, y).history_) == ["loss"]
    assert list(load_head(f"mlp({small})").fit(X, y, validation=(X[:0], y[:0])).history_) == ["loss"]


@BOTH
def test_the_validation_loss_is_the_cross_entropy_weighted_as_in_training(small: str) -> None:
    (X, y), (unseen, truth) = people(seed=0), people(seed=1, me=0.4)
    head = load_head(f"mlp({small})").fit(X, y, validation=(unseen, truth))
    of_me, of_others = compute_sample_weight("balanced", y)[[0, -1]]
    weights = np.where(truth, of_me, of_others)
    expected = log_loss(truth, score(head, unseen), sample_weight=weights, normalize=False) / len(truth)
    assert head.history_["val_loss"][-1] == pytest.approx(expected, rel=1e-4)


def test_the_training_loss_is_the_mean_over_photos_not_over_batches() -> None:
    X, y = people(seed=0)
    # Nothing is learned: the loss is that of the first weights, in one batch as in an uneven pair.
    head = load_head("mlp(hidden=(8, 4), dropout=0.0, epochs=1, learning_rate=0.0, batch_size=50)").fit(X, y)
    expected = log_loss(y, score(head, X), sample_weight=compute_sample_weight("balanced", y))
    assert head.history_["loss"] == pytest.approx([expected], rel=1e-5)


@BOTH
@pytest.mark.parametrize("me", [0.2, 0.0, 1.0], ids=["both classes", "no photo of me", "photos of me only"])
def test_validation_never_changes_the_weights(small: str, me: float) -> None:
    X, y = people(seed=0)
    alone = load_head(f"mlp({small})").fit(X, y)
    watched = load_head(f"mlp({small})").fit(X, y, validation=people(seed=1, me=me))
    assert_same_weights(watched, alone)
    assert np.isfinite(watched.history_["val_loss"]).all()


@BOTH
def test_a_fitted_head_keeps_its_weights_when_others_are_fitted(small: str) -> None:
    X, y = people(seed=0)
    head = load_head(f"mlp({small})").fit(X, y)
    before = score(head, X)
    load_head(f"mlp({small})", seed=9).fit(*people(seed=1))
    np.testing.assert_array_equal(score(head, X), before)


@BOTH
def test_another_seed_gives_another_start_another_order_and_another_end(small: str) -> None:
    X, y = people(seed=0)
    starts = [load_head(f"mlp({small}, epochs=0)", seed).fit(X, y).weights_ for seed in (0, 1)]
    ends = [load_head(f"mlp({small})", seed).fit(X, y).weights_ for seed in (0, 1)]
    for first, second in (starts, ends):
        assert np.abs(first[0] - second[0]).max() > 0.1


def test_layers_of_equal_shape_start_differently() -> None:
    X, y = people(seed=0, dimension=8)
    weights = load_head("mlp(hidden=(8, 8), epochs=0)").fit(X, y).weights_
    assert np.abs(weights[0] - weights[2]).max() > 0.1


def test_first_weights_are_spread_as_glorot_says() -> None:
    weights = load_head("mlp(epochs=0)").fit(*people(seed=0, dimension=1280)).weights_
    limit = np.sqrt(6 / (1280 + 512))
    assert 0.999 * limit < np.abs(weights[0]).max() <= limit
    assert weights[0].std() == pytest.approx(limit / np.sqrt(3), rel=0.01)
    assert not weights[1].any()


@BOTH
def test_dropout_changes_what_is_learned_and_nothing_at_scoring(small: str) -> None:
    X, y = people(seed=0)
    dropped, whole = (load_head(f"mlp({small}, dropout={share})").fit(X, y) for share in (0.5, 0.0))
    assert np.abs(dropped.weights_[0] - whole.weights_[0]).max() > 1e-3
    np.testing.assert_array_equal(score(dropped, X), score(dropped, X))


def test_dropout_is_drawn_anew_at_each_step() -> None:
    X, y = people(seed=0)
    # Nothing is learned here: what differs between the epochs' losses is what was dropped.
    options = "hidden=(8, 4), learning_rate=0.0, epochs=5, batch_size=60"
    assert len(set(load_head(f"mlp({options})").fit(X, y).history_["loss"])) == 5


def test_only_the_fit_of_keras_takes_all_cores() -> None:
    assert not load_head("mlp").uses_all_cores
    assert load_head("mlp(trainer='keras')").uses_all_cores


def test_an_unknown_trainer_is_refused_with_those_there_are() -> None:
    with pytest.raises(ValueError, match="trainer is one of numpy, keras, not 'torch'"):
        load_head("mlp(trainer='torch')").fit(*people(seed=0))


def test_training_says_nothing_of_tensorflow() -> None:
    program = (
        "import sys, numpy as np\n"
        "from facebench.classifiers import load_head\n"
        "X = np.random.default_rng(0).normal(size=(40, 8)).astype(np.float32)\n"
        "load_head('mlp').fit(X, np.arange(40) < 10, validation=(X, np.arange(40) < 10))\n"
        "print([name for name in ('tensorflow', 'keras') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_fits_in_threads_are_those_of_one_after_another() -> None:
    X, y = people(seed=0, dimension=128, count=200)
    calls = [load_head("mlp(epochs=3)", seed) for seed in range(6)]
    alone = [head.fit(X, y).weights_ for head in calls]
    with threadpool_limits(1), ThreadPoolExecutor(3) as threads:
        together = list(threads.map(lambda seed: load_head("mlp(epochs=3)", seed).fit(X, y).weights_, range(6)))
    for ours, expected in zip(together, alone, strict=True):
        for array, same in zip(ours, expected, strict=True):
            np.testing.assert_array_equal(array, same)


def test_blas_has_its_threads_again_after_a_fit() -> None:
    with threadpool_limits(2):
        before = threadpool_info()
        load_head(f"mlp({SMALL})").fit(*people(seed=0))
        assert threadpool_info() == before
