"""The search of a photo: every level of the pyramid, every window, then one box for each face."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ._features import BEFORE, BEHIND, features_of
from ._histograms import DIRECTIONS, count_directions, directions
from ._model import CELL, filters_of, load_model
from ._pyramid import Box, box_of, doubled, in_photo, smaller_sizes
from ._resize import pack, resize_into
from ._scores import scores_of
from ._workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Pixels = NDArray[np.int32]


@dataclass(frozen=True)
class Found:
    """A face, as dlib's detector tells it.

    Attributes:
        box: in pixels of the photo; may reach over its edges.
        score: above the threshold of its view.
        view: of the five.
    """

    box: Box
    score: float
    view: int


class Search:
    """dlib's frontal face detector, computed by compiled functions; safe to call from several threads.

    The boxes are dlib's, in the same order; scores differ in the sixth digit, as products are summed without rounding
    in between.

    Args:
        folder: where the model is kept.

    Raises:
        FacebenchError: dlib has another detector.
    """

    def __init__(self, folder: Path) -> None:
        self.model = load_model(folder)
        self._filters = filters_of(self.model)
        self._directions = directions()
        self._workspace = Workspace()

    def run(self, photo: NDArray[np.uint8], upsamplings: int, threshold: float = 0.0) -> list[Found]:
        """Return the faces of an RGB photo, uint8 (rows, columns, 3), as `dlib.fhog_object_detector.run` does."""
        found = [
            Found(box_of(row, column, level), score, view)
            for level, pixels in enumerate(self._levels(photo, upsamplings))
            for view, row, column, score in self._windows(pixels, threshold)
        ]
        # As dlib sorts them: each view's for themselves, then all; of equal ones the first stays first.
        found.sort(key=lambda face: (face.view, -face.score))
        found.sort(key=lambda face: -face.score)
        return [Found(in_photo(face.box, upsamplings), face.score, face.view) for face in self._one_of_each(found)]

    def _levels(self, photo: NDArray[np.uint8], upsamplings: int) -> Iterator[Pixels]:
        """Yield the pixels of a photo, doubled as often as is asked for, and then ever smaller; each is valid once."""
        size = photo.shape[0], photo.shape[1]
        pixels = self._workspace.empty("pixels 0", size, np.int32)
        pack(np.ascontiguousarray(photo), pixels)
        sizes = [size]
        for _ in range(upsamplings):
            sizes.append(doubled(sizes[-1]))
        for number, size in enumerate([*sizes, *smaller_sizes(sizes[-1])]):
            if number:
                target = self._workspace.empty(f"pixels {number % 2}", size, np.int32)
                resize_into(target, pixels)
                pixels = target
            if number >= upsamplings:
                yield pixels

    def _windows(self, pixels: Pixels, threshold: float) -> Iterator[tuple[int, int, int, float]]:
        """Yield view, row, column and score of the windows that score more than a threshold."""
        rows, columns = (int(side / CELL + 0.5) for side in pixels.shape)
        if min(rows, columns) <= 2:  # the cells at the edges have no features
            return
        histograms = self._workspace.zeros("histograms", (rows + 2, columns + 2, DIRECTIONS), np.float32)
        count_directions(pixels, self._directions, histograms)
        stride = columns - 2 + BEFORE + BEHIND
        features = features_of(histograms, self._workspace)
        scores = scores_of(features, rows - 2, stride, self._filters, len(self.model.thresholds), self._workspace)
        enough = self.model.thresholds + threshold
        near = (scores >= (enough - 1e-6).astype(np.float32)[:, None, None]).ravel()
        for place in np.flatnonzero(near):
            view, row, column = (int(index) for index in np.unravel_index(place, scores.shape))
            if column < columns - 2 and scores[view, row, column] >= enough[view]:
                yield view, row, column, float(scores[view, row, column] - self.model.thresholds[view])

    def _one_of_each(self, found: list[Found]) -> list[Found]:
        """Return the best of boxes that show the same face."""
        kept: list[Found] = []
        for face in found:
            if not any(self._is_same(face.box, other.box) for other in kept):
                kept.append(face)
        return kept

    def _is_same(self, one: Box, other: Box) -> bool:
        common = _area((max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3])))
        if not common:
            return False
        # dlib's union is the box around both.
        around = _area((min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])))
        smaller = min(_area(one), _area(other))
        return common / around > self.model.overlap or common / smaller > self.model.covered


def _area(box: Box) -> int:
    return max(box[2] - box[0] + 1, 0) * max(box[3] - box[1] + 1, 0)
