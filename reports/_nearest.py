"""The training photos nearest to a test photo, by the vectors of an extractor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..benchmarks.protocol import Screening, Trial, replay, splits_listed
from ..benchmarks.results import Prediction, RunResult, read_photo_list
from ..embeddings import VectorStore, box_text, extractors
from ..embeddings.extraction import Embedder, Photos, embed_photos
from ..errors import FacebenchError

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
    """Training photos near some test photos of a run, in the eyes of one extractor.

    Args:
        folder: of the run.
        result: the run.
        extractor: its call string.
        shown: the test photos.
        store: where vectors are looked up; those that are not there are extracted again.

    Raises:
        FacebenchError: the photos are not where they were, have changed, or cannot be embedded any more; or the vectors
            were not made here.
    """

    def __init__(
        self, folder: Path, result: RunResult, extractor: str, shown: Sequence[Prediction], store: VectorStore | None
    ) -> None:
        if any(made.extractor == extractor and made.file for made in result.extractors):
            raise FacebenchError(f"the vectors of {extractor} were not made here.")
        trials, screening = _splits(folder, result, store)
        asked = {(row.target, row.split_seed) for row in shown}
        self._trials = {(t.target, t.seed): t for t in trials if (t.target, t.seed) in asked}
        self._items = screening.dataset.items
        names = {row.path for row in shown}
        self._shown = {item.name: index for index, item in enumerate(self._items) if item.name in names}
        trained = [trial.train for trial in self._trials.values()]
        #: The photos whose vectors are needed, sorted.
        self._photos = np.unique(np.concatenate([*trained, np.array(list(self._shown.values()), dtype=np.intp)]))
        made = extractors.create(extractor, runtime=result.settings.runtime)
        self._vectors = embed_photos(
            Photos([self._items[i] for i in self._photos], [screening.keys[i] for i in self._photos]),
            Embedder(extractor, made, store),
        )

    def of(self, row: Prediction) -> list[Neighbour]:
        """Return the training photos nearest to a test photo, the nearest first; none where it has no vector."""
        trial = self._trials.get((row.target, row.split_seed))
        if row.path not in self._shown or trial is None:
            return []
        query = int(np.searchsorted(self._photos, self._shown[row.path]))
        places = np.searchsorted(self._photos, trial.train)
        embedded = self._vectors.embedded
        if not embedded[query]:
            return []
        train, places = trial.train[embedded[places]], places[embedded[places]]
        found, distances = nearest(self._vectors.matrix[query], self._vectors.matrix[places])
        return [
            Neighbour(self._row(int(train[n]), int(places[n]), row), bool(trial.mine[train[n]]), distance)
            for n, distance in zip(found, distances, strict=True)
        ]

    def _row(self, photo: int, place: int, of: Prediction) -> Prediction:
        item = self._items[photo]
        changes = {
            "path": item.name,
            "sha256": self._vectors.hashes[place],
            "person": item.person or "",
            "box": box_text(self._vectors.boxes.get(place)),
        }
        return of.model_copy(update=changes)


def _splits(folder: Path, result: RunResult, store: VectorStore | None) -> tuple[list[Trial], Screening]:
    listed = read_photo_list(folder)
    if listed is not None:
        return splits_listed(result, listed)
    plan = replay(result, [], [], store)  # of an older facebench, which did not list the photos
    return plan.trials, plan.screening


def nearest(vector: np.ndarray, others: np.ndarray, count: int = NEAREST) -> tuple[Sequence[int], Sequence[float]]:
    """Return the positions of the vectors nearest to one, and their Euclidean distances.

    Args:
        vector: (dimension,).
        others: (n, dimension).
        count: how many, of n at most.

    >>> nearest(np.array([0.0]), np.array([[3.0], [1.0], [2.0]]), 2)
    ([1, 2], [1.0, 2.0])
    """
    apart = others.astype(np.float64)
    apart -= vector
    distances = np.sqrt(np.square(apart, out=apart).sum(axis=1))
    first = np.argsort(distances, kind="stable")[:count]
    return first.tolist(), distances[first].tolist()
