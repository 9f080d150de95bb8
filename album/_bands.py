"""How much a face looks like the examples, and what is proposed because of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ._album import Band

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

#: Least cosines of "surely" and "perhaps" between a face and the middle of the examples (vectors of `sface`). Chosen on
#: half of the people of lfw-powell: one pair in 30,000 of different people there is above the first, one in 650 above
#: the second, and no pair of one person is below it (docs/find.md).
SURELY, PERHAPS = 0.45, 0.35


def likeness(vectors: Vectors, examples: Vectors) -> NDArray[np.float32]:
    """Return the cosine, -1..1, of vectors (n, d) and the middle of the examples (m, d), all of length 1.

    >>> likeness(np.eye(2, dtype=np.float32), np.array([[1, 0]], np.float32)).tolist()
    [1.0, 0.0]
    """
    middle = examples.mean(axis=0)
    return np.asarray(vectors @ (middle / max(float(np.linalg.norm(middle)), 1e-12)), np.float32)


def band(alike: float) -> Band:
    """Return what a likeness says about a face.

    >>> band(0.4)
    'perhaps'
    """
    return "surely" if alike >= SURELY else "perhaps" if alike >= PERHAPS else "surely not"
