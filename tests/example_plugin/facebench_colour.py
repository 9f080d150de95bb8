"""`colour`: how much of a photo has which colour. An extractor for facebench that needs no network."""

from collections.abc import Sequence

import numpy as np
from facebench.data import Photo, PhotoError
from facebench.embeddings import Card, Embedding, Extractor, Failure, Outcome


class ColourHistogram(Extractor):
    """Shares of the pixels in each of 4x4x4 colours; 64 components that add up to 1."""

    card = Card(
        name="colour",
        dimension=64,
        view="whole photo",
        licence="MIT",
        preprocessing="4 levels each of red, green and blue",
        citation="Swain and Ballard, Color Indexing, 1991",
    )

    def embed(self, photos: Sequence[Photo]) -> list[Outcome]:
        """Return one outcome per photo, in order."""
        return [self._embed(photo) for photo in photos]

    def _embed(self, photo: Photo) -> Outcome:
        try:
            red, green, blue = np.moveaxis(photo.pixels // 64, 2, 0)
        except PhotoError as error:  # a bad photo is an outcome, never an exception
            return Failure(error.reason, error.detail)
        counts = np.bincount((16 * red + 4 * green + blue).ravel(), minlength=64)
        return Embedding((counts / counts.sum()).astype(np.float32))
