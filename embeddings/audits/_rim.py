"""`rim`: the outer tenth of a photo, where stamps and borders are; an audit."""

from __future__ import annotations

from itertools import pairwise, product
from typing import TYPE_CHECKING

import numpy as np

from ...data import Photo
from .._extractor import Card
from .._outcome import Embedding, Outcome
from .._threaded import ThreadedExtractor

if TYPE_CHECKING:
    from cv2.typing import MatLike
    from numpy.typing import NDArray

_GRID = 10
_EDGES = (0, _GRID - 1)
#: Rows and columns of the outermost cells of the grid, row by row.
_CELLS = [cell for cell in product(range(_GRID), repeat=2) if set(cell) & set(_EDGES)]
_FIGURES = 5


class Rim(ThreadedExtractor):
    """What the outer tenth of a photo looks like, as stamps, frames and borders change it: an audit.

    The photo is cut into 10x10 cells; the 36 outermost are described, row by row. Each has 5 components, log(1 + x) of
    levels 0..255: the standard deviations of brightness (the largest of red, green and blue), of saturation (largest
    less smallest) and of contrast (the differences to the pixels above and to the left, summed over channels), and the
    means of saturation and contrast. Vectors are float32, 180 components. Digits that are stamped into a corner are
    seen there from a height of 3 % of the photo on, a border from one pixel on.

    Source: Torralba and Efros, "Unbiased Look at Dataset Bias", CVPR 2011.

    >>> [outcome] = Rim().embed([Photo(np.zeros((40, 30, 3), np.uint8))])
    >>> float(outcome.vector.max())
    0.0
    """

    card = Card(
        name="rim",
        dimension=_FIGURES * len(_CELLS),
        view="audit: rim",
        licence="MIT",
        commercial="yes",
        preprocessing="36 outermost of 10x10 cells; log(1 + x) of the standard deviations of brightness, saturation "
        "and contrast, and of the means of the latter two",
        citation="Torralba and Efros, Unbiased Look at Dataset Bias, CVPR 2011",
        audit=True,
        advice="the rims of the photos (stamps, frames, borders) tell you apart. Crop both sides the same way, or add "
        "strangers with the same rim",
    )

    def stage(self, photo: Photo) -> Outcome:
        """Return the outcome of one photo."""
        pixels = photo.pixels
        rows, columns = (_slices(side) for side in pixels.shape[:2])
        figures = [_figures(pixels[rows[row], columns[column]]) for row, column in _CELLS]
        return Embedding(np.log1p(np.concatenate(figures)).astype(np.float32))


def _slices(side: int) -> list[slice]:
    """Return the parts of a side; where it has fewer pixels than parts, some share a pixel."""
    edges = np.linspace(0, side, _GRID + 1).round().astype(int).tolist()
    return [slice(min(low, side - 1), max(low + 1, high)) for low, high in pairwise(edges)]


def _figures(cell: NDArray[np.uint8]) -> list[float]:
    """Return the figures of a cell, uint8 (height, width, 3)."""
    import cv2  # computes with bytes, a tenth of the time that numpy takes; all of it is exact

    colours = cv2.split(cell)
    brightness = cv2.max(cv2.max(colours[0], colours[1]), colours[2])
    saturation = cv2.subtract(brightness, cv2.min(cv2.min(colours[0], colours[1]), colours[2]))
    contrast = np.zeros(brightness.shape, np.uint16)
    for colour in colours:
        for next_, before, sum_ in (
            (colour[1:], colour[:-1], contrast[1:]),
            (colour[:, 1:], colour[:, :-1], contrast[:, 1:]),
        ):
            if sum_.size:
                cv2.add(sum_, cv2.absdiff(next_, before), sum_, dtype=cv2.CV_16U)
    (_, bright), (saturated, colourful), (rough, uneven) = map(_moments, (brightness, saturation, contrast))
    return [bright, colourful, uneven, saturated, rough]


def _moments(levels: MatLike) -> tuple[float, float]:
    """Return mean and standard deviation of whole numbers."""
    import cv2

    count = levels.size
    # OpenCV's sum of squares is the square of a root where Intel's library computes it: not quite a whole number.
    total, squares = (round(each) for each in (cv2.sumElems(levels)[0], cv2.norm(levels, cv2.NORM_L2SQR)))
    return total / count, (count * squares - total**2) ** 0.5 / count
