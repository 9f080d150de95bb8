"""One extractor's part of a pass over photos: what is missing, what waits for a full batch, what came out."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np

from ...data import Photo
from .._extractor import BATCH, Extractor, check_outcome, embed_batch
from .._outcome import Box, Failure, Outcome
from .._threaded import AHEAD, ThreadedExtractor, alone
from ..store import StoreError
from ._embedder import Embedder
from ._keeper import tell_warning
from ._vectors import Vectors

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Keys that are looked up in the store together: few enough to need little memory.
_LOOKED_UP = 10_000
#: Bytes of pixels that wait for an extractor that takes whole photos.
_WAITING_BYTES = 200_000_000


class Lane:
    """One extractor's part of a pass.

    Args:
        embedder: the extractor with its store.
        keys: of the photos that it is to embed, under which the store has their outcomes.

    Attributes:
        missing: positions of photos whose outcomes are not in the store, sorted.
        takes_photos: whether it takes photos whole, as plug-ins do, so that pixels wait with them.
        is_loaded: whether it is ready.
        load_seconds: wall clock.
        work: seconds of one thread that the missing photos took, as if there were no other extractor.
        extract_seconds: wall clock of the missing photos, as if there were no other extractor.
    """

    def __init__(self, embedder: Embedder, keys: list[str]) -> None:
        self.embedder = embedder
        self.takes_photos = not isinstance(embedder.extractor, ThreadedExtractor)
        self.is_loaded = False
        self.load_seconds = self.work = self.extract_seconds = 0.0
        self._keys = keys
        self._matrix = np.zeros((len(keys), embedder.card.dimension), dtype=np.float32)
        self._embedded = np.zeros(len(keys), dtype=bool)
        self._stored = np.zeros(len(keys), dtype=bool)
        self._boxes: dict[int, Box] = {}
        self._failures: dict[int, Failure] = {}
        self._waiting: list[tuple[int, str, Any]] = []
        self._ready = self._bytes = 0
        self._look_up()
        self.missing: NDArray[np.intp] = np.flatnonzero(~self._stored)

    def _look_up(self) -> None:
        if self.embedder.store is None:
            return
        for start in range(0, len(self._keys), _LOOKED_UP):
            keys = self._keys[start : start + _LOOKED_UP]
            found = self.embedder.look_up(keys)
            tell_warning(self.embedder.store)
            for position, key in enumerate(keys, start):
                if key in found:
                    self._stored[position] = True
                    self.put(position, found[key])

    def put(self, position: int, outcome: Outcome) -> None:
        """Take the outcome of a photo."""
        if isinstance(outcome, Failure):
            self._failures[position] = outcome
            return
        self._matrix[position] = outcome.vector
        self._embedded[position] = True
        if outcome.box:
            self._boxes[position] = outcome.box

    @property
    def stage(self) -> Callable[[Photo], Any]:
        """What a thread does with each photo."""
        extractor = self.embedder.extractor
        return extractor.stage if isinstance(extractor, ThreadedExtractor) else _whole

    def add(self, position: int, name: str, stage: Any) -> None:
        """Take what a thread made of a photo."""
        self._waiting.append((position, name, stage))
        self._ready += not isinstance(stage, Failure)
        if isinstance(stage, Photo) and "pixels" in vars(stage):
            self._bytes += stage.pixels.nbytes

    @property
    def is_full(self) -> bool:
        """Whether what waits is a full batch, or all that memory should hold."""
        return self._ready >= BATCH or len(self._waiting) >= AHEAD or self._bytes > _WAITING_BYTES

    def finish(self) -> list[tuple[int, Outcome]]:
        """Return the outcomes of all that waits, by position."""
        waiting, self._waiting = self._waiting, []
        self._ready = self._bytes = 0
        extractor = self.embedder.extractor
        started = time.perf_counter()
        outcomes = _outcomes(extractor, [stage for _, _, stage in waiting])
        self.work += time.perf_counter() - started
        for (position, name, _), outcome in zip(waiting, outcomes, strict=True):
            check_outcome(extractor, name, outcome)
            self.put(position, outcome)
        return [(position, outcome) for (position, _, _), outcome in zip(waiting, outcomes, strict=True)]

    def load(self) -> None:
        """Make the extractor ready."""
        started = time.perf_counter()
        self.embedder.extractor.load()
        self.load_seconds = time.perf_counter() - started
        self.is_loaded = True

    def save_speed(self) -> None:
        """Store how long the missing photos took."""
        if store := self.embedder.store:
            with suppress(StoreError):  # said when the vectors could not be saved
                photos = [self._keys[position] for position in self.missing]
                store.put_speed(self.embedder.identity, photos, self.extract_seconds)

    @property
    def _seconds_per_photo(self) -> float | None:
        """The speed, measured now or when vectors were stored; None where it is not known."""
        if store := self.embedder.store:
            with suppress(StoreError):
                if speed := store.speed(self.embedder.identity, self._keys):
                    return speed
        return self.extract_seconds / len(self.missing) if len(self.missing) else None

    def vectors(self) -> Vectors:
        """Return what came out, after all photos."""
        return Vectors(
            extractor=self.embedder.name,
            card=self.embedder.card,
            keys=list(self._keys),
            matrix=self._matrix,
            embedded=self._embedded,
            stored=self._stored,
            boxes=self._boxes,
            failures=self._failures,
            load_seconds=self.load_seconds,
            extract_seconds=self.extract_seconds,
            seconds_per_photo=self._seconds_per_photo,
        )


def _whole(photo: Photo) -> Photo:
    return photo


def _outcomes(extractor: Extractor, stages: list[Any]) -> list[Outcome]:
    """Return an extractor's outcomes of what threads made of photos; failures stay as they are."""
    if isinstance(extractor, ThreadedExtractor):
        return extractor.finish(stages)
    photos = [stage for stage in stages if not isinstance(stage, Failure)]
    try:
        made = embed_batch(extractor, photos) if photos else []
    except MemoryError:
        made = [alone(lambda photo: embed_batch(extractor, [photo.unread()])[0], photo) for photo in photos]
    remaining = iter(made)
    return [stage if isinstance(stage, Failure) else next(remaining) for stage in stages]
