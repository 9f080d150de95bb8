"""Extractors in two stages: each photo is made ready on its own, in threads; a network takes them together."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from ..data import Photo
from ._extractor import BATCH, Box, Embedding, Failure, Outcome
from ._faces import Face, FaceFinder
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


#: What is ready of one photo, or why nothing is.
_Stage: TypeAlias = "list[Prepared] | Failure"


class StagedExtractor(ThreadedExtractor):
    """`prepare` runs in threads (decoding, detection and resizing release the GIL) while the network infers.

    Args:
        runtime: how the network runs, "openvino" or "tensorflow".
    """

    network: Network
    #: Finds the face that is looked at; None where the whole photo is.
    finder: FaceFinder | None = None

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

        def one(photo: Photo) -> _Stage:
            stage = self.prepare(photo)
            return [stage] if isinstance(stage, Prepared) else stage

        for outcome in self._embedded(self.in_threads(one, photos)):
            yield outcome if isinstance(outcome, Failure) else outcome[0]

    def stream_faces(self, photos: Iterable[Photo]) -> Iterator[list[Embedding] | Failure]:
        """Yield each face of each photo, photos in order; only where the extractor has a `finder`."""
        finder = self.finder
        assert finder is not None  # noqa: S101

        def each(photo: Photo) -> _Stage:
            faces = finder.find_all(photo.pixels)
            return [self.from_face(face) for face in faces] or Failure("no_face", "no face found")

        return self._embedded(self.in_threads(each, photos))

    def _embedded(self, stages: Iterator[_Stage | Failure]) -> Iterator[list[Embedding] | Failure]:
        self.load()
        for group in _batches(stages):
            ready = [prepared.pixels for stage in group if isinstance(stage, list) for prepared in stage]
            vectors = iter(self.infer(np.stack(ready)) if ready else ())
            for stage in group:
                if isinstance(stage, Failure):
                    yield stage
                else:
                    yield [Embedding(next(vectors), prepared.box) for prepared in stage]

    @abstractmethod
    def prepare(self, photo: Photo) -> Prepared | Failure:
        """Make one photo ready, or say why not; called from several threads at once."""

    def from_face(self, face: Face) -> Prepared:
        """Make the chip of a face ready: as it is, unless the network takes another size."""
        return Prepared(face.chip, face.box)

    def infer(self, batch: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the vectors (n, dimension) of prepared inputs, uint8 (n, side, side, 3); after `load`."""
        assert self._run is not None  # noqa: S101
        return self._run(batch)


def _batches(stages: Iterator[_Stage]) -> Iterator[list[_Stage]]:
    """Group stages so that each group but the last holds a full batch for the network, or a window of photos."""
    group: list[_Stage] = []
    ready = 0
    for stage in stages:
        group.append(stage)
        ready += 0 if isinstance(stage, Failure) else len(stage)
        if ready >= BATCH or len(group) == AHEAD:
            yield group
            group, ready = [], 0
    if group:
        yield group
