"""Extractors that work on each photo on its own: in threads, for decoding and resizing release the GIL."""

from __future__ import annotations

import os
import time
from abc import abstractmethod
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import cache
from itertools import islice
from statistics import fmean
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ..data import Photo, PhotoError
from ..errors import FacebenchError, printable
from ._extractor import BATCH, Extractor
from ._fork import refuse_fork
from ._outcome import Failure, Outcome

if TYPE_CHECKING:
    from .faces import Detector

S = TypeVar("S")
T = TypeVar("T")

#: Photos that are worked on, or are done and wait: enough that neither threads nor the taker wait for the other.
AHEAD = 2 * BATCH
#: Seconds: photos that take less (64x64 pixels, say) are worked on by the thread that asks for them: it is faster than
#: threads that wait for one another's interpreter lock, and takes half the processor time.
_QUICK = 0.004


class ThreadedExtractor(Extractor):
    """`stage` works on each photo in threads, `finish` makes outcomes of several; few photos are in memory at a time.

    Attributes:
        detector: of faces; None if it needs none.
    """

    detector: Detector | None = None

    @abstractmethod
    def stage(self, photo: Photo) -> Any:
        """Return what `finish` makes an outcome of, or an outcome; called from several threads at once.

        Raises:
            PhotoError: the photo gives no pixels.
        """

    def finish(self, stages: Sequence[Any]) -> list[Outcome]:
        """Return the outcomes of stages, after `load`; failures stay as they are."""
        return list(stages)

    def embed(self, photos: Sequence[Photo]) -> list[Outcome]:
        """Return one outcome per photo, in order."""
        return list(self.stream(photos))

    def stream(self, photos: Iterable[Photo]) -> Iterator[Outcome]:
        """Yield one outcome per photo, in order, with a few photos in memory."""
        self.load()
        for stages in full_batches(in_threads(lambda photo: staged(self.stage, photo), photos)):
            yield from self.finish(stages)


def staged(stage: Callable[[Photo], T], photo: Photo) -> T | Failure:
    """Return what a stage makes of a photo; one that gives no pixels is a failure."""
    try:
        return stage(photo)
    except PhotoError as error:
        return Failure(error.reason, error.detail)


def in_threads(work: Callable[[S], T], items: Iterable[S], ahead: int = AHEAD) -> Iterator[T]:
    """Yield what `work` makes of each item, in order; some are taken ahead, unless they are quick work.

    An item for which memory did not suffice is worked on again alone, once nothing else is under way.

    Raises:
        FacebenchError: memory does not suffice for one item alone, or the process was forked after the threads were
            made.
    """
    refuse_fork(_first_user())
    remaining = iter(items)
    under_way: deque[Future[tuple[T | _Short[S], float]]] = deque()
    recent: deque[float] = deque([1.0], maxlen=AHEAD)

    def timed(item: S) -> tuple[T | _Short[S], float]:
        started = time.perf_counter()
        try:
            result: T | _Short[S] = work(item)
        except MemoryError:
            result = _Short(item)
        return result, time.perf_counter() - started

    try:
        while True:
            quick = fmean(recent) < _QUICK
            for item in islice(remaining, 0 if quick else ahead - len(under_way)):
                under_way.append(_threads().submit(timed, item))
            if under_way:
                result, seconds = under_way.popleft().result()
            elif quick and (one := list(islice(remaining, 1))):
                result, seconds = timed(one[0])
            else:
                return
            recent.append(seconds)
            if isinstance(result, _Short):
                wait(under_way)
                yield alone(work, result.item)
            else:
                yield result
    finally:
        for future in under_way:
            future.cancel()


@dataclass(frozen=True)
class _Short(Generic[S]):
    """An item for which memory did not suffice."""

    item: S


def alone(work: Callable[[S], T], item: S) -> T:
    """Return what `work` makes of an item, a photo or what holds one, while nothing else is under way.

    Raises:
        FacebenchError: memory does not suffice.
    """
    try:
        return work(item)
    except MemoryError as error:
        photo = getattr(item, "photo", item)
        raise FacebenchError(
            f"{printable(getattr(photo, 'name', 'A photo'))} needs more memory than there is, even alone: end other "
            "programs, or save it smaller. What came before it is saved, and the same command resumes there."
        ) from error


@cache
def _threads() -> ThreadPoolExecutor:
    """Return a thread per core, the same for all extractors: what a thread has loaded for itself stays loaded."""
    return ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="photos")


@cache
def _first_user() -> int:
    """Return the process that first used threads."""
    return os.getpid()


def full_batches(stages: Iterable[T]) -> Iterator[list[T]]:
    """Group stages so that each group but the last holds what is no failure of a full batch, or a window of photos."""
    group: list[T] = []
    ready = 0  # photos that fail cost no network time
    for stage in stages:
        group.append(stage)
        ready += not isinstance(stage, Failure)
        if ready >= BATCH or len(group) >= AHEAD:
            yield group
            group, ready = [], 0
    if group:
        yield group
