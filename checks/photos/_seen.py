"""What is seen on photos before anything is found on them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from ...data import Dataset, Fingerprints, same_pictures
from ...embeddings.built_in import FacesSeen

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Seen:
    """The photos that can be decoded, and what was seen on them.

    Attributes:
        dataset: these photos.
        keys: (n,) under which the store has what is known of them; the same for equal files.
        prints: (n,) hashes, tiny pictures, keypoints and times.
        groups: (n,) photos of one person with the same number are doubles or of one moment.
        faces: (n,) sizes and faces.
        faces_of_me: float32 (n, d), vectors of faces; NaN without a face, and on photos of others.
        same: pairs of photos that show the same picture; crops of one photo do not.
    """

    dataset: Dataset
    keys: list[str]
    prints: Fingerprints
    groups: NDArray[np.intp]
    faces: FacesSeen
    faces_of_me: NDArray[np.float32]

    @cached_property
    def same(self) -> list[tuple[int, int]]:
        items = self.dataset.items
        pairs = same_pictures(self.prints, [item.crop is not None for item in items])
        return [pair for pair in pairs if not items[pair[0]].is_beside(items[pair[1]])]
