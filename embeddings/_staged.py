"""Extractors in two stages: each photo is made ready on its own, in threads; a network takes them together."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from ..data import Photo
from ._extractor import BATCH, Box, Embedding, Failure, Outcome
from ._network import Network, Runner, Runtime, check_runtime
from ._runtime import load_network
from ._threaded import AHEAD, ThreadedExtractor

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Prepared:
    """A network's input made from one photo, and the face it was taken from, if any."""

    pixels: NDArray[np.uint8]
    box: Box | None = None


_Stage: TypeAlias = Prepared | Failure


class StagedExtractor(ThreadedExtractor):
    """`prepare` runs in threads (decoding, detection and resizing release the GIL) while the network infers.

    Args:
        runtime: how the network runs, "openvino" or "tensorflow".
    """

    network: Network

    def __init__(self, runtime: Runtime = "openvino") -> None:
        check_runtime(runtime)
        self.runtime = runtime
        self._run: Runner | None = None

    def load(self) -> None:
        """Make the network ready."""
        if self._run is None:
            self._run = load_network(self.network, self.runtime)

    def stream(self, photos: Iterable[Photo]) -> Iterator[Outcome]:
        """Yield one outcome per photo, in order; photos that fail cost no network time."""
        self.load()
        for stages in _batches(self.in_threads(self.prepare, photos)):
            ready = [stage.pixels for stage in stages if isinstance(stage, Prepared)]
            vectors = iter(self.infer(np.stack(ready)) if ready else ())
            for stage in stages:
                yield Embedding(next(vectors), stage.box) if isinstance(stage, Prepared) else stage

    @abstractmethod
    def prepare(self, photo: Photo) -> Prepared | Failure:
        """Make one photo ready, or say why not; called from several threads at once."""

    def infer(self, batch: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the vectors (n, dimension) of prepared inputs, uint8 (n, side, side, 3); after `load`."""
        assert self._run is not None  # noqa: S101
        return self._run(batch)


def _batches(stages: Iterator[_Stage]) -> Iterator[list[_Stage]]:
    """Group stages so that each group but the last holds a full batch for the network, or a window of failures."""
    group: list[_Stage] = []
    ready = 0
    for stage in stages:
        group.append(stage)
        ready += isinstance(stage, Prepared)
        if ready == BATCH or len(group) == AHEAD:
            yield group
            group, ready = [], 0
    if group:
        yield group
