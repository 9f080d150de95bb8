"""Faces grouped into people, nobody of whom is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Faces whose vectors (of `sface`) have at least this cosine show one person, and so do all that are chained so.
#: Chosen on half of the people of lfw-powell: groups hold one person each (B-cubed precision .998) and nearly all of
#: their faces (recall .97); in the next step, .45, people begin to run together (docs/find.md).
ALIKE = 0.55
#: The extractor whose vectors these are.
EXTRACTOR = "sface"


def group_people(vectors: NDArray[np.float32]) -> NDArray[np.int64]:
    """Return a number for each face (n,), the same for those of one person, the largest group first.

    Args:
        vectors: (n, d), of length 1.

    Neighbours are looked for a block at a time, so that memory grows with the faces and not with their pairs.

    Source: Ester et al., "A Density-Based Algorithm for Discovering Clusters", KDD 1996; scikit-learn.
    """
    if not len(vectors):
        return np.empty(0, np.int64)
    from sklearn.cluster import DBSCAN

    apart = float(np.sqrt(2 - 2 * ALIKE))  # of two vectors of length 1 with that cosine
    found = DBSCAN(eps=apart, min_samples=1, algorithm="brute").fit_predict(vectors)
    counts = np.bincount(found)
    order = np.argsort(-counts, kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return np.asarray(rank[found], np.int64)
