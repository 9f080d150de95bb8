"""`my_extractor`: a template to copy. Give it your names, and put your network where the comments say so.

It is registered in the `pyproject.toml` of your package:

    [project.entry-points."facebench.extractors"]
    my_extractor = "my_extractor:MyExtractor"
"""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from facebench.data import Photo, PhotoError
from facebench.embeddings import Card, Embedding, Extractor, Failure, Outcome
from PIL import Image


class MyExtractor(Extractor):
    """A random projection of the photo at 16x16 or 32x32 pixels; 64 components.

    Args:
        side: of the small picture, 16 or 32.
    """

    card = Card(
        name="my_extractor",  # as registered
        dimension=64,
        view="whole photo",  # "face" if it embeds a face; a photo without one is then Failure("no_face")
        licence="MIT",
        preprocessing="averaged to side x side pixels; x / 255",
        citation="Bingham and Mannila, Random Projection in Dimensionality Reduction, 2001",
    )

    def __init__(self, side: Literal[16, 32] = 16) -> None:
        if side not in (16, 32):
            raise ValueError(f"side is 16 or 32, not {side!r}")
        self.side = side  # under its own name: vectors are stored under the values of these attributes
        self._projection: np.ndarray | None = None

    def load(self) -> None:
        """Read the weights, once."""
        if self._projection is None:  # read the file of your network here; do not download it
            self._projection = np.random.default_rng(0).normal(0, 1 / self.side, (3 * self.side**2, 64))

    def embed(self, photos: Sequence[Photo]) -> list[Outcome]:
        """Return one outcome per photo, in order."""
        self.load()
        return [self._embed(photo) for photo in photos]

    def _embed(self, photo: Photo) -> Outcome:
        try:
            picture = Image.fromarray(photo.pixels)  # uint8 (height, width, 3), upright, RGB
        except PhotoError as error:  # a bad photo is an outcome, never an exception
            return Failure(error.reason, error.detail)
        small = picture.resize((self.side, self.side), Image.Resampling.BOX)
        return Embedding((np.asarray(small).ravel() / 255 @ self._projection).astype(np.float32))


def test_it_keeps_the_contract() -> None:
    """For pytest, in your `tests/`."""
    from facebench.checks import assert_extractor

    assert_extractor("my_extractor")
