"""A survey of faces: how many a photo shows, and which one would be chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ...data import Photo
from .._extractor import Card, Identity
from .._outcome import Embedding, Outcome
from .._threaded import ThreadedExtractor
from ..faces import Hog, choose, detections_on

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class FacesSeen:
    """The faces in some photos.

    Attributes:
        sizes: int (n, 2), width and height of the upright photo in pixels.
        counts: int (n,), faces.
        widths: int (n,), of the face that `face_recognition` takes, in pixels; 0 without a face.
    """

    sizes: NDArray[np.int64]
    counts: NDArray[np.int64]
    widths: NDArray[np.int64]

    @classmethod
    def of(cls, vectors: NDArray[np.float32]) -> FacesSeen:
        """Return what vectors (n, 4) of the extractor `FaceSurvey` say."""
        numbers = vectors.astype(np.int64)
        return cls(numbers[:, :2], numbers[:, 2], numbers[:, 3])


class FaceSurvey(ThreadedExtractor):
    """Width and height of the photo, number of faces, width of the face that `face_recognition` takes (4 components).

    A photo without a face is no failure here: it has none.
    """

    card = Card(
        name="faces",
        dimension=4,
        view="whole photo",
        preprocessing="HOG with one upsampling, the largest face, as face_recognition",
    )
    #: Not an extractor that anybody names: its vectors have an identity of their own in the store.
    identity = Identity("faces()", "1")

    def __init__(self) -> None:
        self._hog = self.detector = Hog()

    def stage(self, photo: Photo) -> Outcome:
        """Return the outcome of one photo; it is not decoded where its faces are known."""
        found = detections_on(photo, self._hog)
        taken = choose(found.faces, found.size)
        face_width = taken.box[2] - taken.box[0] if taken else 0
        numbers = np.array([*found.size, len(found.faces), face_width], dtype=np.float32)
        return Embedding(numbers, taken.box if taken else None)
