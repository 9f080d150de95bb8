"""A map of vectors: the test photos of a run in the plane in which one extractor's vectors differ most."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ...embeddings import EMBEDDED, VectorStore
from ...errors import counted
from ..comparison import Row
from ..results import Predictions
from ._pairing import first_split, hardest_target, thresholds_of
from ._stored_vectors import keys_of, stored_vectors

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]
    Floats = NDArray[np.float64]
    Indices = NDArray[np.intp]

#: So many photos of each class that were decided right are shown at most; of errors, all are.
MOST = 1000
#: Fewer vectors make no plane.
FEWEST = 3


@dataclass(frozen=True, eq=False)
class VectorMap:
    """The test photos of one target in a plane: the first two principal components of their vectors.

    The vectors are centred and nothing else, neither scaled nor normalised: distances in the map are those that the
    nearest training photos are found by, as far as a plane can show them.

    Attributes:
        pairing: extractor and head; the head's decisions are marked.
        target: whose photos are told from those of others.
        paths: (n,) of the photos.
        points: float64 (n, 2), in units of the vectors.
        mine: (n,) True for photos of the target.
        wrong: (n,) True where a decision was wrong in some split.
        explained: share of the vectors' variance along both axes, 0..1.
        notes: what is not on the map, and why.
    """

    pairing: str
    target: str
    paths: list[str]
    points: Floats
    mine: Bools
    wrong: Bools
    explained: tuple[float, float]
    notes: list[str]


@dataclass(frozen=True, eq=False)
class _Tested:
    """Test photos of one target, in all splits together: arrays of (n,)."""

    paths: NDArray[np.object_]
    hashes: NDArray[np.object_]
    mine: Bools
    wrong: Bools
    embedded: Bools

    @classmethod
    def of(cls, rows: Predictions) -> _Tested:
        paths, first, place = np.unique(rows.column("path"), return_index=True, return_inverse=True)
        wrong = np.bincount(place, rows.column("decision") != rows.column("truth"), len(paths)) > 0
        hashes, truth, outcome = (rows.column(name)[first] for name in ("sha256", "truth", "outcome"))
        return cls(paths, hashes, truth == "me", wrong, outcome == EMBEDDED)

    def only(self, at: Indices) -> _Tested:
        return _Tested(self.paths[at], self.hashes[at], self.mine[at], self.wrong[at], self.embedded[at])


def vector_map(row: Row, folder: Path, store: VectorStore | None = None, target: str | None = None) -> VectorMap:
    """Return the map of a row's extractor, on which the errors of its head are marked.

    Vectors are looked up and never made: those of photos that are gone, or have been forgotten, are counted in a note.
    With fewer than `FEWEST` vectors the map is empty.

    Args:
        row: extractor and head, with the rows of its test photos.
        folder: of its run.
        store: where vectors are looked up.
        target: whose photos; default: of several, the one that the row recognises worst in its first split.

    Raises:
        FacebenchError: a target that was not tested; vectors that were not made here, or an extractor that cannot be
            made here any more; or a store that cannot be read.
    """
    target = target or hardest_target(row.pairing, first_split(row.pairing))
    thresholds_of(row.pairing, target)  # refuses one that was not tested
    tested = _Tested.of(row.predictions.where(target=target))
    chosen = tested.only(_choose(tested))
    vectors = stored_vectors(row.result, row.pairing.extractor, keys_of(folder, chosen.paths, chosen.hashes), store)
    notes = _notes(tested, len(chosen.paths), len(vectors))
    points, explained = _plane([*vectors.values()])
    shown = chosen.only(np.array([*vectors][: len(points)], dtype=np.intp))
    return VectorMap(row.title, target, shown.paths.tolist(), points, shown.mine, shown.wrong, explained, notes)


def _choose(tested: _Tested) -> Indices:
    """Return the errors and, of each class, the first right photos in the order of their hashes: a draw for ever."""
    right = tested.embedded & ~tested.wrong
    drawn = [
        sorted(np.flatnonzero(right & (tested.mine == mine)).tolist(), key=lambda photo: tested.hashes[photo])[:MOST]
        for mine in (True, False)
    ]
    errors = np.flatnonzero(tested.embedded & tested.wrong).tolist()
    return np.array(sorted([*errors, *drawn[0], *drawn[1]]), dtype=np.intp)


def _plane(vectors: list[NDArray[np.float32]]) -> tuple[Floats, tuple[float, float]]:
    """Return the first two principal components (n, 2) of n vectors, and their shares of the variance."""
    from sklearn.decomposition import PCA

    if len(vectors) < FEWEST:
        return np.empty((0, 2)), (0.0, 0.0)
    matrix = np.stack(vectors).astype(np.float64)
    points, explained = np.zeros((len(matrix), 2)), [0.0, 0.0]
    if np.ptp(matrix, axis=0).any():  # vectors that are all the same have no components
        count = min(2, matrix.shape[1])
        # ARPACK computes these two alone, and exactly, but needs a third; its start is fixed.
        components = PCA(count, svd_solver="arpack" if min(matrix.shape) > count else "full", random_state=0)
        points[:, :count] = components.fit_transform(matrix)
        explained[:count] = components.explained_variance_ratio_.tolist()
    return points, (explained[0], explained[1])


def _notes(tested: _Tested, chosen: int, found: int) -> list[str]:
    notes = []
    for whose, of_class in (("the target", tested.mine), ("others", ~tested.mine)):
        if (count := int((of_class & tested.embedded & ~tested.wrong).sum())) > MOST:
            notes.append(f"{MOST:,} of {count:,} photos of {whose} that were decided right are shown, and every error")
    if without := int((~tested.embedded).sum()):
        notes.append(f"{counted(without, 'photo')} without a vector {'is' if without == 1 else 'are'} not on the map")
    if lost := chosen - found:
        notes.append(
            f"{counted(lost, 'photo')} {'is' if lost == 1 else 'are'} not on the map: the store does not have "
            f"{'its vector' if lost == 1 else 'their vectors'} any more. The command of the run makes them again"
        )
    if found < FEWEST:
        notes.append(f"A map needs {FEWEST} vectors, and there are {found}")
    return notes
