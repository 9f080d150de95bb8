"""How much a face looks like the examples, and what is proposed because of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ._album import Band

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

#: Least cosines of "surely" and "perhaps" between a face and the middle of the examples, by the vectors' extractor.
#: Chosen on half of the people of lfw-powell: one pair in 30,000 of different people there is above the first, one in
#: 650 above the second (docs/find.md).
BANDS = {"sface": (0.45, 0.35), "face_recognition": (0.94, 0.92)}


def likeness(vectors: Vectors, examples: Vectors) -> NDArray[np.float32]:
    """Return the cosine, -1..1, of vectors (n, d) and the middle of the examples (m, d), whatever their lengths.

    >>> likeness(np.eye(2, dtype=np.float32), np.array([[1, 0]], np.float32)).tolist()
    [1.0, 0.0]
    """
    middle = _of_length_1(examples).mean(axis=0, keepdims=True)
    return np.asarray(_of_length_1(vectors) @ _of_length_1(middle)[0], np.float32)


def band(alike: float, extractor: str = "sface") -> Band:
    """Return what a likeness says about a face.

    >>> band(0.4)
    'perhaps'
    """
    surely, perhaps = BANDS[extractor]
    return "surely" if alike >= surely else "perhaps" if alike >= perhaps else "surely not"


def _of_length_1(vectors: Vectors) -> Vectors:
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(length, 1e-12), np.float32)
