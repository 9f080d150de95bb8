"""Extractors in two stages: each photo is made ready on its own, in threads; a network takes them together."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..data import Photo
from ._fork import refuse_fork
from ._outcome import Box, Embedding, Failure, Outcome
from ._threaded import ThreadedExtractor
from .faces import Face, FaceFinder
from .networks import Network, Runner, Runtime, check_runtime, load_network

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Prepared:
    """A network's input made from one photo, and the face it was taken from, if any."""

    pixels: NDArray[np.uint8]
    box: Box | None = None


class StagedExtractor(ThreadedExtractor):
    """`stage` runs in threads (decoding, detection and resizing release the GIL) while the network infers.

    Args:
        runtime: how the network runs, "openvino" or "tensorflow".
    """

    network: Network
    #: Finds the face to embed; None if the whole photo is embedded.
    finder: FaceFinder | None = None

    def __init__(self, runtime: Runtime = "openvino") -> None:
        check_runtime(runtime, getattr(self, "network", None))  # subclasses of others may set it later
        self.runtime = runtime
        self._run: Runner | None = None

    def load(self) -> None:
        """Make the network ready."""
        if self._run is None:
            self._run = load_network(self.network, self.runtime)
            self._owner = os.getpid()

    def finish(self, stages: Sequence[Prepared | Failure]) -> list[Outcome]:
        """Return the outcomes of prepared photos, their vectors from the network in one call."""
        ready = [stage.pixels for stage in stages if isinstance(stage, Prepared)]
        vectors = iter(self.infer(np.stack(ready)) if ready else ())
        return [s if isinstance(s, Failure) else Embedding(next(vectors), s.box) for s in stages]

    def stage_faces(self, photo: Photo) -> list[Prepared] | Failure:
        """Return an input for each face of a photo; only where the extractor has a `finder`."""
        assert self.finder is not None  # noqa: S101
        return [self.from_face(face) for face in self.finder.find_all(photo)] or Failure("no_face", "no face found")

    def finish_faces(self, stages: Sequence[list[Prepared] | Failure]) -> list[list[Embedding] | Failure]:
        """Return the vectors of each face of prepared photos."""
        ready = [prepared.pixels for stage in stages if not isinstance(stage, Failure) for prepared in stage]
        vectors = iter(self.infer(np.stack(ready)) if ready else ())
        return [s if isinstance(s, Failure) else [Embedding(next(vectors), face.box) for face in s] for s in stages]

    def stage(self, photo: Photo) -> Prepared | Failure:
        """Prepare one photo, or return why that failed; called from several threads at once.

        Here, the face of a photo; an extractor without a `finder` has its own.
        """
        assert self.finder is not None  # noqa: S101
        face = self.finder.find(photo)
        return self.from_face(face) if face else Failure("no_face", "no face found")

    def from_face(self, face: Face) -> Prepared:
        """Prepare the chip of a face: unchanged, unless the network takes another size."""
        return Prepared(face.chip, face.box)

    def infer(self, batch: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the vectors (n, dimension) of prepared inputs, uint8 (n, side, side, 3); after `load`."""
        assert self._run is not None  # noqa: S101
        refuse_fork(self._owner)
        return self._run(batch)
