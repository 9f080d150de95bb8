"""`thumbnail`: a photo as a tiny grey picture. An extractor for facebench that needs no network."""

from collections.abc import Sequence

import numpy as np
from facebench.data import Photo, PhotoError
from facebench.embeddings import Card, Embedding, Extractor, Failure, Outcome
from PIL import Image


class Thumbnail(Extractor):
    """Grey levels of the photo at 8x8 pixels, row by row; 64 components from 0 to 1."""

    card = Card(
        name="thumbnail",
        dimension=64,
        view="whole photo",
        licence="MIT",
        preprocessing="grey, averaged to 8x8 pixels; x / 255",
        citation="Torralba et al., 80 Million Tiny Images, 2008",
    )

    def embed(self, photos: Sequence[Photo]) -> list[Outcome]:
        """Return one outcome per photo, in order."""
        return [self._embed(photo) for photo in photos]

    def _embed(self, photo: Photo) -> Outcome:
        try:
            grey = Image.fromarray(photo.pixels).convert("L")
        except PhotoError as error:  # a bad photo is an outcome, never an exception
            return Failure(error.reason, error.detail)
        tiny = grey.resize((8, 8), Image.Resampling.BOX)
        return Embedding(np.asarray(tiny, np.float32).ravel() / 255)
