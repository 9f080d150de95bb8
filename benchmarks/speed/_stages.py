"""Where an extractor's time goes, and how close its network comes to the machine's peak rate."""

from __future__ import annotations

import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ...data import Photo
from ...embeddings import Extractor, StagedExtractor
from ...text import progress_bar

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Floating-point operations per photo in 10^9, by name of the network: two (multiply, add) for each weight of a
#: convolution or dense layer and each place where the layer applies it. Biases, activations and sums are not counted.
#: MobileNetV2 without its classifier: 2 x 299,494,272; dlib's network: 2 x 270,854,144.
GFLOP = {"mobilenet": 0.598988544, "face_recognition": 0.541708288}

#: Photos from which the stages are measured, at most: more do not make the results better.
STAGED_PHOTOS = 100
_MATRIX = 2048
_PRODUCTS = 10  # other programs may be at work during some of them


def stage_milliseconds(
    extractor: Extractor, paths: Sequence[Path], label: str = ""
) -> tuple[dict[str, float], NDArray[np.uint8] | None]:
    """Return the time of each stage in milliseconds of one core per photo, and the inputs made for the network.

    It is processor time, one stage after the other: what other programs do meanwhile does not count, and the stages
    add up to the work of one photo. "network" is averaged over all photos, those without a face too.
    """
    spent: dict[str, float] = defaultdict(float)
    extractor.embed([Photo(path) for path in paths[:8]])  # loads what every thread needs
    _prepare(extractor, Photo(paths[0]), defaultdict(float))
    inputs = []
    with progress_bar(f"{label}: stages", len(paths), "photos") as advance:
        for path in paths:
            inputs.append(_prepare(extractor, Photo(path), spent))
            advance(1)
    ready = [pixels for pixels in inputs if pixels is not None]
    batch = np.stack(ready) if ready else None
    if batch is not None and isinstance(extractor, StagedExtractor):
        extractor.infer(batch[:4])  # the first call takes memory
        with _timed(spent, "network", time.process_time):
            extractor.infer(batch)
    return {stage: 1000 * seconds / len(paths) for stage, seconds in spent.items()}, batch


def _prepare(extractor: Extractor, photo: Photo, spent: dict[str, float]) -> NDArray[np.uint8] | None:
    """Go through the stages of one photo, up to what the network takes; None where there is nothing for it."""
    with _timed(spent, "decode"):
        pixels = photo.pixels
    if not isinstance(extractor, StagedExtractor):  # what else it does is its own affair
        with _timed(spent, "embed", time.process_time):
            extractor.embed([photo])
        return None
    finder = getattr(extractor, "finder", None)
    if finder is None:
        with _timed(spent, "align"):
            return getattr(extractor.stage(photo), "pixels", None)
    with _timed(spent, "detect"):
        face = finder.chosen(photo)
    if face is None:
        return None
    with _timed(spent, "align"):
        return extractor.from_face(finder.cut(pixels, face)).pixels


@contextmanager
def _timed(spent: dict[str, float], stage: str, clock: Callable[[], float] = time.thread_time) -> Iterator[None]:
    started = clock()
    yield
    spent[stage] += clock() - started


def matrix_gflops() -> float:
    """Return the machine's rate in float32 matrix products, in GFLOP/s: one on each core at a time, best of several."""
    from threadpoolctl import threadpool_limits

    left, right = np.random.default_rng(0).random((2, _MATRIX, _MATRIX), np.float32)
    cores = os.cpu_count() or 1
    seconds = []
    # One product over all cores waits for the slowest of them, and so for whatever else runs there.
    with threadpool_limits(1), ThreadPoolExecutor(cores) as threads:
        for _ in range(_PRODUCTS):
            started = time.perf_counter()
            list(threads.map(np.matmul, [left] * cores, [right] * cores))
            seconds.append(time.perf_counter() - started)
    return cores * 2 * _MATRIX**3 / min(seconds) / 1e9
