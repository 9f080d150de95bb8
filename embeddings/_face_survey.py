"""What there is to see of faces: how many a photo shows, and which one would be taken."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..data import Photo
from ._extractor import Card, Embedding, Outcome
from ._faces import FaceFinder
from ._store_rows import Identity
from ._threaded import ThreadedExtractor

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class FacesSeen:
    """What was seen on some photos.

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
        self._finder = FaceFinder()

    def stream(self, photos: Iterable[Photo]) -> Iterator[Outcome]:
        """Yield one outcome per photo, in order."""
        return self.in_threads(self._survey, photos)

    def _survey(self, photo: Photo) -> Embedding:
        height, width, _ = photo.pixels.shape
        boxes = self._finder.boxes(photo.pixels)
        taken = self._finder.choose(boxes, photo.pixels.shape) if boxes else None
        face_width = taken[2] - taken[0] if taken else 0
        return Embedding(np.array([width, height, len(boxes), face_width], dtype=np.float32), taken)
