"""A trial of the compiled search against dlib's own, on pictures that nobody took: what the weights look for, drawn."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from ._model import CELL, WINDOW, Model

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ._search import Search

#: Least agreement of scores; boxes and views are to be the same.
TOLERANCE = 1e-5
_ORIENTATIONS = 9


def is_as_dlib(search: Search) -> bool:
    """Return whether a search finds on drawn pictures what dlib finds, in the same order."""
    import dlib

    detector = dlib.get_frontal_face_detector()
    for picture, upsamplings in pictures(search.model):
        for threshold in (0.0, -1.0):
            boxes, scores, views = detector.run(picture, upsamplings, threshold)
            found = search.run(picture, upsamplings, threshold)
            edges = [(box.left(), box.top(), box.right(), box.bottom()) for box in boxes]
            if [(face.box, face.view) for face in found] != list(zip(edges, views, strict=True)):
                return False
            if not np.allclose([face.score for face in found], scores, rtol=0, atol=TOLERANCE):
                return False
    return True


def pictures(model: Model) -> Iterator[tuple[NDArray[np.uint8], int]]:
    """Yield RGB pictures in which dlib finds faces, of odd sizes, and how often each is doubled for the search."""
    rng = np.random.default_rng(0)
    drawn = [_drawn(weights) for weights in model.weights]
    for (height, width), upsamplings in (((401, 699), 0), ((203, 366), 1), ((67, 90), 1), ((64, 81), 0)):
        picture = rng.integers(96, 160, (height, width, 3)).astype(np.uint8)
        for view, face in enumerate(drawn):
            side = round((80 + 17 * view) / (1 + upsamplings))
            left, top = 13 + view * width // 5, (7 + 29 * view) % max(1, height - side)
            pixels = np.asarray(Image.fromarray(face).resize((side, side)))[: height - top, : max(0, width - left)]
            of_colours = (1.0, 0.9, 0.7) if view % 2 else (0.8, 1.0, 0.9)
            place = picture[top : top + pixels.shape[0], left : left + pixels.shape[1]]
            place[:] = pixels[..., None] * np.array(of_colours)
        yield picture, upsamplings


def _drawn(weights: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Return a picture of what a view's weights look for, waves across each cell, uint8 (80, 80)."""
    side = WINDOW * CELL
    y, x = np.mgrid[:side, :side]
    total = np.zeros((side, side))
    for orientation in range(_ORIENTATIONS):
        angle = np.pi * orientation / _ORIENTATIONS
        wanted = weights[orientation] + weights[orientation + _ORIENTATIONS] + weights[orientation + 2 * _ORIENTATIONS]
        amount = np.kron(np.maximum(wanted, 0), np.ones((CELL, CELL)))
        total += amount * np.sin(np.cos(angle) * x + np.sin(angle) * y)
    drawn: NDArray[np.uint8] = (128 + 100 * total / np.abs(total).max()).astype(np.uint8)
    return drawn
