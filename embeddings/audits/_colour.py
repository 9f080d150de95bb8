"""`colour`: which colours a photo has, and how much of each; an audit."""

from __future__ import annotations

import numpy as np

from ...data import Photo
from .._extractor import Card
from .._outcome import Embedding, Outcome
from .._threaded import ThreadedExtractor

_LEVELS = 4
_BINS = _LEVELS**3


class Colour(ThreadedExtractor):
    """Colour histogram, 4x4x4 levels of red, green and blue: recognises nobody, an audit.

    A component is the square root of the share of the pixels with its colour (the component of levels r, g and b is
    16 r + 4 g + b), so that vectors have length 1, whatever the size of the photo, and their Euclidean distance is
    that of Hellinger: a wall does not drown out a tie. RGB, because what gives a camera away is its tint and its
    exposure, and grey has no hue. Vectors are float32, 64 components.

    Source: Swain and Ballard, "Color Indexing", IJCV 1991; Arandjelovic and Zisserman, CVPR 2012, for the root.

    >>> [outcome] = Colour().embed([Photo(np.zeros((40, 30, 3), np.uint8))])
    >>> float(outcome.vector[0])
    1.0
    """

    card = Card(
        name="colour",
        dimension=_BINS,
        view="audit: colours",
        licence="MIT",
        commercial="yes",
        preprocessing="4 levels each of red, green and blue; square roots of the shares",
        citation="Swain and Ballard, Color Indexing, IJCV 1991",
        audit=True,
        advice="colours alone tell you apart. Add strangers in the same light and from the same camera",
    )

    def stage(self, photo: Photo) -> Outcome:
        """Return the outcome of one photo."""
        import cv2  # counts bytes as they are; numpy would first make eight of each

        counts = cv2.calcHist([photo.pixels], [0, 1, 2], None, [_LEVELS] * 3, [0, 256] * 3).ravel().astype(np.float64)
        return Embedding(np.sqrt(counts / counts.sum()).astype(np.float32))
