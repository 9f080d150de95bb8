"""Look-alikes with the photos that show it: of each, the nearest to one of the target, in the eyes of an extractor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ...embeddings import VectorStore
from ...errors import FacebenchError, counted
from ..lookalikes import Lookalike, Lookalikes, Pair, Untested, lookalikes_of
from ..protocol import dataset_of
from ..results import PairingResult, Predictions, RunResult, read_photo_list
from ._stored_vectors import stored_vectors

if TYPE_CHECKING:
    from numpy.typing import NDArray


def lookalikes_with_pairs(
    folder: Path,
    result: RunResult,
    pairing: PairingResult,
    predictions: Predictions,
    thresholds: Mapping[tuple[str, int], float],
    store: VectorStore | None,
) -> Lookalikes:
    """Return the look-alikes of some targets in the eyes of one pairing, each with the nearest pair of photos.

    Pairs are of all photos of the run, whether they were tested or not; so people in no test are compared, too.
    Vectors are looked up and never made, and no photo is opened. Where pairs cannot be known, a note says why.

    Args:
        folder: of the run.
        result: the run.
        pairing: one of its pairings.
        predictions: of the run, or of this pairing alone.
        thresholds: of the pairing, by target and seed of the split; other tests are left out.
        store: where vectors are looked up.
    """
    found = lookalikes_of(result, pairing, predictions, thresholds)
    try:
        photos = _Photos(folder, result, pairing.extractor, store)
    except FacebenchError as error:
        return replace(found, notes=[*found.notes, f"No nearest pairs of photos: {error}".rstrip(".")])
    ranked = [replace(each, pair=photos.pair(each.target, photos.of(each))) for each in found.ranked]
    lost = sum(each.pair is None for each in ranked)
    if lost:
        found.notes.append(
            f"{counted(lost, 'row')} without a nearest pair of photos: the store does not have the vectors any more. "
            "The command of the run makes them again"
        )
    return replace(found, ranked=ranked, untested=_untested(found, photos))


def _untested(found: Lookalikes, photos: _Photos) -> list[Untested]:
    tested = {(each.target, each.person) for each in found.ranked}
    pairs = [
        Untested(target, person, pair)
        for target in found.targets
        for person, theirs in photos.of_people.items()
        if person and person != target and (target, person) not in tested and (pair := photos.pair(target, theirs))
    ]
    return sorted(pairs, key=lambda each: (each.pair.distance, each.target, each.person))


class _Photos:
    """The photos of a run that have a stored vector.

    Attributes:
        of_people: positions of each person's photos; "" has those of nobody known.
    """

    def __init__(self, folder: Path, result: RunResult, extractor: str, store: VectorStore | None) -> None:
        listed = read_photo_list(folder)
        if listed is None:
            raise FacebenchError("an older facebench made the run, and did not list its photos.")
        people = {item.name: item.person or "" for item in dataset_of(result).items}
        self._vectors = stored_vectors(result, extractor, [photo.key for photo in listed], store)
        self._paths = [photo.path for photo in listed]
        self._positions = {self._paths[position]: position for position in self._vectors}
        self.of_people: dict[str, list[int]] = {}
        for path, position in self._positions.items():
            self.of_people.setdefault(people.get(path, ""), []).append(position)

    def of(self, each: Lookalike) -> Sequence[int]:
        """Return the positions of a person's photos; of somebody without a name, that of the one photo."""
        if each.person:
            return self.of_people.get(each.person, [])
        return [self._positions[each.photo]] if each.photo in self._positions else []

    def pair(self, target: str, theirs: Sequence[int]) -> Pair | None:
        """Return the nearest of some photos and of the target's; None where one side has no vector."""
        from scipy.spatial.distance import cdist

        mine = self.of_people.get(target, [])
        if not mine or not theirs:
            return None
        distances = cdist(self._matrix(theirs), self._matrix(mine))
        first, second = np.unravel_index(distances.argmin(), distances.shape)
        paths = self._paths[theirs[int(first)]], self._paths[mine[int(second)]]
        return Pair(*paths, float(distances[first, second]))

    def _matrix(self, positions: Sequence[int]) -> NDArray[np.float64]:
        return np.stack([self._vectors[position] for position in positions]).astype(np.float64)
