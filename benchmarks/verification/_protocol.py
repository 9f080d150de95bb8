"""LFW's verification protocol: do two photos show the same person, decided by the distance of their vectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ...data import Pair
from ...embeddings import extractors
from ...embeddings.extraction import Embedder, Photos, Vectors, embed_together
from ...embeddings.networks import Runtime
from ...embeddings.store import VectorStore
from ...errors import FacebenchError, counted
from .._settings import Settings
from ..statistics import ranks
from ._report import Distance, Fold, Verification, VerifyReport, reasons

if TYPE_CHECKING:
    from numpy.typing import NDArray


def verify_pairs(
    pairs: Sequence[Pair],
    names: Sequence[str] = (),
    *,
    distance: Distance = "euclidean",
    store: VectorStore | None = None,
    runtime: Runtime = "openvino",
) -> VerifyReport:
    """Decide the pairs of each fold, same person or different, with the threshold that is best on the other folds.

    Up to the threshold a pair is "same". A pair with a photo that has no vector (no face found, or not readable) is
    "different", whatever the threshold: none is dropped. This is the protocol of Huang et al., "Labeled Faces in the
    Wild", 2007, view 2. Each photo is embedded once per extractor.

    Args:
        pairs: of `read_pairs`, two folds at least.
        names: extractors, as call strings; default: those of `bench run`.
        distance: of two vectors: "euclidean", as dlib compares faces, or "cosine", 1 - cosine similarity.
        store: where vectors are looked up and saved.
        runtime: of the networks.

    Raises:
        FacebenchError: unknown extractor, a single fold, or no photo with a vector.

    >>> from facebench.data import orl_faces
    >>> photos = {item.name: item.path for item in orl_faces().items}
    >>> genuine = [Pair(photos[f"s{n}/1.pgm"], photos[f"s{n}/2.pgm"], True, n % 2) for n in (1, 2, 3, 4)]
    >>> impostors = [Pair(photos[f"s{n}/1.pgm"], photos[f"s{n + 9}/1.pgm"], False, n % 2) for n in (1, 2, 3, 4)]
    >>> report = verify_pairs(genuine + impostors, ["face_recognition"])
    >>> report.photos, len(report.extractors[0].folds)
    (12, 2)
    """
    folds = np.array([pair.fold for pair in pairs])
    if len(np.unique(folds)) < 2:
        raise FacebenchError(
            "The list of pairs has a single fold, and a fold's threshold comes from the others: give one with two or "
            "more, such as LFW's pairs.txt."
        )
    # A wrong name fails now, not after an hour of extraction.
    made = [(name, extractors.create(name, runtime=runtime)) for name in names or Settings().extractors]
    paths = list(dict.fromkeys(path for pair in pairs for path in (pair.first, pair.second)))
    position = {path: index for index, path in enumerate(paths)}
    ends = np.array([(position[pair.first], position[pair.second]) for pair in pairs])
    same = np.array([pair.same for pair in pairs])
    embedders = [Embedder(name, extractor, store) for name, extractor in made]
    results = [
        _verification(vectors, pair_distances(vectors, ends, distance), same, folds)
        for vectors in embed_together(Photos(paths), embedders)
    ]
    return VerifyReport(
        distance=distance,
        photos=len(paths),
        genuine=int(same.sum()),
        impostors=int((~same).sum()),
        extractors=results,
    )


def pair_distances(vectors: Vectors, ends: NDArray[np.intp], distance: Distance) -> NDArray[np.float64]:
    """Return the distances of pairs of photos, (n,), infinite where one of them has no vector.

    Args:
        vectors: of the photos.
        ends: (n, 2) indices of photos.
        distance: "euclidean" or "cosine".
    """
    from sklearn.metrics.pairwise import paired_distances

    found = np.full(len(ends), np.inf)
    seen = vectors.embedded[ends].all(axis=1)
    if seen.any():
        first, second = vectors.matrix[ends[seen].T].astype(np.float64)
        found[seen] = paired_distances(first, second, metric=distance)
    return found


def best_threshold(distances: NDArray[np.float64], same: NDArray[np.bool_]) -> float:
    """Return the distance up to which pairs are "same", for the best accuracy.

    Of equally accurate thresholds it is the middle of the widest gap between distances that occur. It is finite: pairs
    at an infinite distance are beyond it.

    Args:
        distances: (n,) of the pairs.
        same: (n,) True for genuine pairs.

    >>> best_threshold(np.array([0.3, 0.5, 0.7, np.inf]), np.array([True, True, False, True]))
    0.6
    """
    levels = np.unique(distances[np.isfinite(distances)])
    if not len(levels):
        return 0.0
    # Cut k calls the pairs at the first k levels "same".
    genuine, impostors = (np.searchsorted(np.sort(distances[kind]), levels, side="right") for kind in (same, ~same))
    right = np.concatenate([[0], genuine - impostors])  # more than at cut 0
    gaps = np.concatenate([[0.0], np.diff(levels), [0.0]])
    best = np.flatnonzero(right == right.max())
    cut = best[np.argmax(gaps[best])]
    if cut == 0:
        return float(np.nextafter(levels[0], -np.inf))
    below = float(levels[cut - 1])
    if cut == len(levels):
        return below
    above = float(levels[cut])
    middle = (below + above) / 2
    return middle if middle < above else below  # no number lies between neighbours: the middle is one of them


def _verification(
    vectors: Vectors, distances: NDArray[np.float64], same: NDArray[np.bool_], folds: NDArray[np.intp]
) -> Verification:
    from sklearn.metrics import roc_auc_score

    if not vectors.embedded.any():
        raise FacebenchError(
            f"{vectors.extractor} has no vector for any of the {counted(len(vectors.hashes), 'photo')} "
            f"({reasons(dict(vectors.reasons))}): give photos that can be read, with faces on them."
        )
    decided = np.zeros(len(same), dtype=bool)
    tested = []
    for number in np.unique(folds):
        fold = folds == number
        threshold = best_threshold(distances[~fold], same[~fold])
        decided[fold] = distances[fold] <= threshold
        tested.append(Fold(float((decided == same)[fold].mean()), threshold))
    accuracies = np.array([fold.accuracy for fold in tested])
    return Verification(
        extractor=vectors.extractor,
        accuracy=float(accuracies.mean()),
        standard_error=float(accuracies.std(ddof=1) / np.sqrt(len(accuracies))),
        auc=float(roc_auc_score(same, ranks(-distances))),
        false_accepts=int((decided & ~same).sum()),
        false_rejects=int((~decided & same).sum()),
        no_face_genuine=int(np.isinf(distances[same]).sum()),
        no_face_impostors=int(np.isinf(distances[~same]).sum()),
        failures=dict(vectors.reasons),
        folds=tested,
    )
