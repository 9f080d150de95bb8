"""Extractors that work on each photo on its own: in threads, for decoding and resizing release the GIL."""

from __future__ import annotations

import os
from abc import abstractmethod
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cached_property
from itertools import islice
from typing import TypeVar

from ..data import Photo, PhotoError
from ._extractor import BATCH, Extractor, Failure, Outcome

T = TypeVar("T")

#: Photos that are worked on, or are done and wait: enough that neither threads nor the taker wait for the other.
AHEAD = 2 * BATCH


class ThreadedExtractor(Extractor):
    """What `stream` does to each photo happens in threads; few photos are in memory at a time."""

    def embed(self, photos: Sequence[Photo]) -> list[Outcome]:
        """Return one outcome per photo, in order."""
        return list(self.stream(photos))

    @abstractmethod
    def stream(self, photos: Iterable[Photo]) -> Iterator[Outcome]:
        """Yield one outcome per photo, in order."""

    def in_threads(self, work: Callable[[Photo], T], photos: Iterable[Photo]) -> Iterator[T | Failure]:
        """Yield what `work` makes of each photo, in order; a photo that gives no pixels is a failure."""

        def outcome(photo: Photo) -> T | Failure:
            try:
                return work(photo)
            except PhotoError as error:
                return Failure(error.reason, error.detail)

        remaining = iter(photos)
        under_way: deque[Future[T | Failure]] = deque()
        try:
            while True:
                for photo in islice(remaining, AHEAD - len(under_way)):
                    under_way.append(self._threads.submit(outcome, photo))
                if not under_way:
                    return
                yield under_way.popleft().result()
        finally:
            for future in under_way:
                future.cancel()

    @cached_property
    def _threads(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(os.cpu_count(), thread_name_prefix=self.card.name)
