"""The training photos nearest to a test photo, by the vectors of an extractor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..benchmarks.protocol import replay, replay_listed
from ..benchmarks.results import Prediction, RunResult, read_photo_list
from ..embeddings import VectorStore, box_text

#: How many are shown.
NEAREST = 3


@dataclass(frozen=True)
class Neighbour:
    """A training photo near a test photo.

    Attributes:
        photo: the training photo, as a row that can be shown.
        is_me: whether it is of the target.
        distance: Euclidean, between the vectors.
    """

    photo: Prediction
    is_me: bool
    distance: float


class Neighbours:
    """The photos of a run under one extractor, reproduced.

    Args:
        folder: of the run.
        result: the run.
        extractor: its call string.
        store: where vectors are looked up; those that are not there are extracted again.

    Raises:
        FacebenchError: the photos are not where they were, have changed, or cannot be embedded any more.
    """

    def __init__(self, folder: Path, result: RunResult, extractor: str, store: VectorStore | None) -> None:
        listed = read_photo_list(folder)
        if listed is None:  # by an older facebench
            plan = replay(result, extractor, [], store)
            self._trials, self._dataset, self._vectors = plan.trials, plan.dataset, plan.vectors[0]
        else:
            self._trials, self._dataset, self._vectors = replay_listed(result, listed, extractor, store)
        self._positions = {item.name: index for index, item in enumerate(self._dataset.items)}

    def of(self, row: Prediction) -> list[Neighbour]:
        """Return the training photos nearest to a test photo, the nearest first; none where it has no vector."""
        query = self._positions.get(row.path)
        trials = [t for t in self._trials if (t.target, t.seed) == (row.target, row.split_seed)]
        if query is None or not trials or not self._vectors.embedded[query]:
            return []
        [trial] = trials
        train = trial.train[self._vectors.embedded[trial.train]]
        found, distances = nearest(self._vectors.matrix[query], self._vectors.matrix[train])
        photos = train[found].tolist()
        return [
            Neighbour(self._row(photo, row), bool(trial.mine[photo]), distance)
            for photo, distance in zip(photos, distances, strict=True)
        ]

    def _row(self, photo: int, of: Prediction) -> Prediction:
        item = self._dataset.items[photo]
        changes = {
            "path": item.name,
            "sha256": self._vectors.hashes[photo],
            "person": item.person or "",
            "box": box_text(self._vectors.boxes.get(photo)),
        }
        return of.model_copy(update=changes)


def nearest(vector: np.ndarray, others: np.ndarray, count: int = NEAREST) -> tuple[Sequence[int], Sequence[float]]:
    """Return the positions of the vectors nearest to one, and their Euclidean distances.

    Args:
        vector: (dimension,).
        others: (n, dimension).
        count: how many, of n at most.

    >>> nearest(np.array([0.0]), np.array([[3.0], [1.0], [2.0]]), 2)
    ([1, 2], [1.0, 2.0])
    """
    distances = np.sqrt(np.square(others.astype(np.float64) - vector).sum(axis=1))
    first = np.argsort(distances, kind="stable")[:count]
    return first.tolist(), distances[first].tolist()
