"""The face detector and the dense network alone, each beside what people use in its place, in turns."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np

from ...classifiers import load_head
from ...data import Photo
from ...embeddings.faces import Detection, Hog
from ...text import progress_bar, waiting
from ._reference_process import TITLES, ReferenceProcess
from ._report import DetectorSpeed, FitReference, FitSpeed

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Photos that are searched at most: more do not make the result better.
_SEARCHED = 40
#: Photos and components that the network is fitted to, as many as an ORL run has of MobileNetV2's.
_FITTED = (420, 1280)
_EPOCHS = 15
_OTHER_FITS = ("keras_fit", "sklearn_fit")


def detector_speeds(paths: Sequence[Path], repeats: int) -> list[DetectorSpeed]:
    """Return what the search for faces takes, upsampled once and not, by facebench and by dlib itself."""
    photos = [Photo(path).pixels for path in paths[:_SEARCHED]]
    return [_detector_speed(photos, upsample, repeats) for upsample in (1, 0)]


def _detector_speed(photos: list[NDArray[np.uint8]], upsample: Any, repeats: int) -> DetectorSpeed:
    ours, theirs = Hog(upsample), Hog(upsample, implementation="dlib")
    ours.expect(10**6)
    spent: dict[Hog, list[float]] = {ours: [], theirs: []}
    found: dict[Hog, list[list[Detection]]] = {}
    with progress_bar(f"search for faces, upsample {upsample}", 2 * repeats, "passes") as advance:
        for _ in range(repeats):
            for detector, seconds in spent.items():
                detector.detect(photos[0])  # the first search takes memory
                started = time.thread_time()
                found[detector] = [detector.detect(pixels) for pixels in photos]
                seconds.append(time.thread_time() - started)
                advance(1)
    pairs = [([face.box for face in a], [face.box for face in b]) for a, b in zip(*found.values(), strict=True)]
    return DetectorSpeed(
        upsample=upsample,
        photos=len(photos),
        milliseconds=1000 * median(spent[ours]) / len(photos),
        dlib_milliseconds=1000 * median(spent[theirs]) / len(photos),
        ratio=median(b / a for a, b in zip(*spent.values(), strict=True)),
        boxes=sum(len(boxes) for _, boxes in pairs),
        photos_with_other_boxes=sum(a != b for a, b in pairs),
    )


def fit_speed(references: ReferenceProcess, repeats: int) -> FitSpeed:
    """Return what a fit of `mlp` takes, and of the same network in Keras and in scikit-learn."""
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=_FITTED).astype(np.float32), np.arange(_FITTED[0]) < _FITTED[0] // 5
    X[y] += 0.1
    references.give_vectors(X, y, _EPOCHS)
    head = load_head(f"mlp(epochs={_EPOCHS})")
    head.fit(X, y)  # imports
    ours: list[float] = []
    theirs: dict[str, list[float]] = {way: [] for way in _OTHER_FITS}
    for _ in range(repeats):
        with waiting("mlp: fit"):
            started = time.perf_counter()
            head.fit(X, y)
            ours.append(time.perf_counter() - started)
        for way, seconds in theirs.items():  # which show themselves what they do
            seconds.append(references.seconds(way))
    return FitSpeed(
        head="mlp",
        photos=_FITTED[0],
        components=_FITTED[1],
        epochs=_EPOCHS,
        seconds=median(ours),
        references=[
            FitReference(TITLES[way], median(seconds), median(b / a for a, b in zip(ours, seconds, strict=True)))
            for way, seconds in theirs.items()
        ],
    )
