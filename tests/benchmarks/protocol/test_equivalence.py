"""Augmentation on precomputed vectors is augmentation: the head ends with the weights of training on the images.

The other side is Keras alone, as the original report does it: the frozen network with the head on top is shown
augmented images. Ours embeds each variant once and trains the head on the vectors.
"""

from typing import Any

import numpy as np
import pytest
from facebench.classifiers._mlp import MLP
from facebench.classifiers.dense import Architecture
from facebench.classifiers.dense._keras_training import build, compiled
from facebench.data import Augmentation, Photo, orl_faces
from facebench.embeddings import Embedding, extractors
from facebench.embeddings.networks._mobilenet_v2 import mobilenet_v2
from facebench.import_tensorflow import import_keras
from PIL import Image

EPOCHS, BATCH, SEED = 3, 8, 5
HEAD = Architecture(1280)
#: A hundredth of a step of Adam: weights that begin near zero are no larger than their nine steps.
ATOL = 1e-6


@pytest.fixture(scope="module")
def photos() -> list[Photo]:
    """Three photos each of eight people; the first two people are "me"."""
    names = [f"s{person}/{photo}.pgm" for person in range(1, 9) for photo in range(1, 4)]
    paths = {item.name: item.path for item in orl_faces().items}
    return [Photo(paths[name]) for name in names]


@pytest.fixture(scope="module")
def labels() -> np.ndarray:
    return np.arange(24) < 6


@pytest.fixture(scope="module")
def variants(photos: list[Photo]) -> list[list[Photo]]:
    """The variants of each epoch."""
    return [list(of_epoch) for of_epoch in zip(*(Augmentation().variants(p, EPOCHS) for p in photos), strict=True)]


@pytest.fixture(scope="module")
def vectors(variants: list[list[Photo]]) -> np.ndarray:
    """float32 (epochs, 24, 1280). TensorFlow on both sides: the weights are compared, not the runtimes."""
    extractor = extractors.create("mobilenet(scaling='unit', resize='nearest', runtime='tensorflow')")
    outcomes = [extractor.embed(of_epoch) for of_epoch in variants]
    return np.array([[o.vector for o in of_epoch if isinstance(o, Embedding)] for of_epoch in outcomes])


@pytest.fixture(scope="module")
def start() -> list[np.ndarray]:
    """The head's weights before training."""
    network = compiled(HEAD, BATCH, 1e-4)
    network.reset(SEED)
    return network.weights()


@pytest.fixture(scope="module")
def end_to_end(variants: list[list[Photo]], labels: np.ndarray, start: list[np.ndarray]) -> list[np.ndarray]:
    """The head's weights after Keras has trained the whole on the images."""
    keras = import_keras()
    head = build(HEAD)
    head.set_weights(start)
    [dropout] = [layer for layer in head.layers if isinstance(layer, keras.layers.Dropout)]
    dropout.seed_generator.state.assign(np.array([SEED, 0], np.uint32))
    pixels = keras.layers.Input((224, 224, 3))
    frozen = mobilenet_v2("unit")
    model = keras.Model(pixels, head(frozen(pixels, training=False)))
    model.compile(keras.optimizers.Adam(1e-4), keras.losses.BinaryCrossentropy(from_logits=True))
    assert sum(int(np.prod(weight.shape)) for weight in model.trainable_weights) == 721_665
    shuffle = np.random.default_rng(SEED)
    for of_epoch in variants:
        images = np.array([resized(variant) for variant in of_epoch])
        order = shuffle.permutation(len(images))
        model.fit(images[order], labels[order, None].astype(np.float32), BATCH, epochs=1, shuffle=False, verbose=0)
    trained: list[np.ndarray] = head.get_weights()
    return trained


def test_the_head_alone_ends_with_the_weights_of_training_on_images(
    vectors: np.ndarray, labels: np.ndarray, start: list[np.ndarray], end_to_end: list[np.ndarray]
) -> None:
    for ours, theirs, before in zip(trained(vectors, labels), end_to_end, start, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=ATOL)
        assert np.abs(ours - before).max() > 100 * ATOL


def test_epochs_in_another_order_end_elsewhere(
    vectors: np.ndarray, labels: np.ndarray, end_to_end: list[np.ndarray]
) -> None:
    assert apart(trained(vectors[::-1], labels), end_to_end) > 100 * ATOL


@pytest.mark.parametrize(
    "change", [{"seed": SEED + 1}, {"dropout": 0.4}, {"batch_size": 6}, {"class_weight": "balanced"}]
)
def test_another_seed_or_training_ends_elsewhere(
    change: dict[str, Any], vectors: np.ndarray, labels: np.ndarray, end_to_end: list[np.ndarray]
) -> None:
    assert apart(trained(vectors, labels, **change), end_to_end) > 100 * ATOL


def trained(vectors: np.ndarray, labels: np.ndarray, **change: Any) -> list[np.ndarray]:
    """Return the weights of the head trained on vectors."""
    options = {"class_weight": None, "epochs": EPOCHS, "batch_size": BATCH, "seed": SEED, "trainer": "keras", **change}
    weights: list[np.ndarray] = MLP(**options).fit(vectors, labels).weights_
    return weights


def apart(ours: list[np.ndarray], theirs: list[np.ndarray]) -> float:
    return max(float(np.abs(a - b).max()) for a, b in zip(ours, theirs, strict=True))


def resized(photo: Photo) -> np.ndarray:
    """Return what Keras' image generator shows a network of 224x224."""
    return np.asarray(Image.fromarray(photo.pixels).resize((224, 224), Image.Resampling.NEAREST), dtype=np.float32)
