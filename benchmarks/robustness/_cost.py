"""What `bench robust` costs, against embedding the same copies alone: processor time of one process.

`python -m facebench.benchmarks.robustness._cost RUN` measures it of a run's folder, which stays as it is: the copies
are embedded into a store of their own, then made before they are embedded again, and only the embedding is measured.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...data import DEGRADATIONS, Photo, degraded_copies
from ...embeddings import VectorStore
from ...embeddings.extraction import Embedder, Photos, embed_together
from ..protocol import Plan, replay
from ..results import RunResult, read_predictions, read_run
from ._copies import boxes_of
from ._measure import measure_robustness

#: Photos whose copies are in memory together.
_TOGETHER = 25


@dataclass(frozen=True)
class Cost:
    """Processor seconds.

    Attributes:
        photos, copies: how many there are of the run's test.
        robust: of `bench robust`, with all vectors of the run in the store and none of copies.
        alone: of embedding the copies, whose pixels are made already.
    """

    photos: int
    copies: int
    robust: float
    alone: float

    @property
    def ratio(self) -> float:
        """How many times as much `bench robust` takes."""
        return self.robust / self.alone


def measure_cost(run: Path) -> Cost:
    """Return what the robustness of a run costs."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(shutil.copytree(run, Path(temporary, "run")))
        store = VectorStore(Path(temporary, "vectors.sqlite"))
        plan = _plan(read_run(folder), store)  # the run's own vectors are stored, and networks loaded
        started = time.process_time()
        made = measure_robustness(folder, list(DEGRADATIONS.values()), store=store)
        robust = time.process_time() - started
        copies, alone = _embedding_alone(plan, folder)
        store.close()
    return Cost(made.photos, copies, robust, alone)


def _plan(result: RunResult, store: VectorStore) -> Plan:
    named = {pairing.extractor: pairing.head for pairing in result.pairings if pairing.extractor and not pairing.audit}
    plan = replay(result, list(named), list(dict.fromkeys(named.values())), store)
    for embedder in plan.embedders:
        embedder.extractor.load()
    return plan


def _embedding_alone(plan: Plan, folder: Path) -> tuple[int, float]:
    """Return how many copies there are, and the seconds that embedding them takes once their pixels are made."""
    photos = np.unique(np.concatenate([trial.test for trial in plan.trials]))
    faces, seconds, count = boxes_of(plan, photos, read_predictions(folder)), 0.0, 0
    embedders = [Embedder(embedder.name, embedder.extractor) for embedder in plan.embedders]
    for start in range(0, len(photos), _TOGETHER):
        pixels = [
            copy.pixels
            for photo in photos[start : start + _TOGETHER].tolist()
            for copy in degraded_copies(
                plan.dataset.items[photo].photo(), faces.get(photo), list(DEGRADATIONS.values())
            )
        ]
        unstored = Photos.unstored([Photo(each) for each in pixels])
        started = time.process_time()
        embed_together(unstored, embedders)
        seconds += time.process_time() - started
        count += len(pixels)
    return count, seconds


if __name__ == "__main__":
    cost = measure_cost(Path(sys.argv[1]))
    print(f"{cost.photos} photos, {cost.copies} copies: bench robust {cost.robust:.1f} s of processor time, embedding")
    print(f"its copies alone {cost.alone:.1f} s: {cost.ratio:.3f} times as much")
