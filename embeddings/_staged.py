"""Extractors in two stages: each photo is made ready on its own, in threads; the network takes them together."""

from __future__ import annotations

import os
from abc import abstractmethod
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from ..data import Photo, PhotoError
from ._extractor import Box, Embedding, Extractor, Failure, Outcome

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Prepared:
    """A network's input made from one photo, and the face it was taken from, if any."""

    pixels: NDArray[np.uint8]
    box: Box | None = None


class StagedExtractor(Extractor):
    """`prepare` runs in threads (decoding, detection and resizing release the GIL), `infer` once per batch."""

    def embed(self, photos: Sequence[Photo]) -> list[Outcome]:
        """Return one outcome per photo, in order; photos that fail cost no network time."""
        self.load()
        stages = list(self._threads.map(self._prepare_or_fail, photos))
        ready = [stage for stage in stages if isinstance(stage, Prepared)]
        vectors = iter(self.infer(np.stack([stage.pixels for stage in ready])) if ready else ())
        return [Embedding(next(vectors), s.box) if isinstance(s, Prepared) else s for s in stages]

    @abstractmethod
    def prepare(self, photo: Photo) -> Prepared | Failure:
        """Make one photo ready, or say why not; called from several threads at once."""

    @abstractmethod
    def infer(self, batch: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the vectors (n, dimension) of prepared inputs, uint8 (n, height, width, 3)."""

    def _prepare_or_fail(self, photo: Photo) -> Prepared | Failure:
        try:
            return self.prepare(photo)
        except PhotoError as error:
            return Failure(error.reason, error.detail)

    @cached_property
    def _threads(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(os.cpu_count(), thread_name_prefix=self.card.name)
