"""Degraded copies of a run's test photos, and their vectors."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ...data import STEPS, Box, Degradation
from ...embeddings.extraction import Vectors, embed_degraded
from ..protocol import Plan
from ..results import Predictions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Indices = NDArray[np.intp]

_BOX = re.compile(r"(-?\d{1,6}) (-?\d{1,6}) (-?\d{1,6}) (-?\d{1,6})")


@dataclass(frozen=True, eq=False)
class Copies:
    """Copies of test photos: all steps of the first kind, then of the second, and so on.

    Attributes:
        photos: sorted indices of the photos in the plan's data set.
        kinds: of degradation.
        vectors: of the copies of the first photo, then of the second, and so on; one of each extractor, in the plan's
            order.
        without_box: photos of which no face is known.
    """

    photos: Indices
    kinds: Sequence[Degradation]
    vectors: Sequence[Vectors]
    without_box: int

    @property
    def count(self) -> int:
        """Copies of each photo."""
        return len(self.kinds) * STEPS

    def places(self, photos: Indices) -> Indices:
        """Return where the vectors of the copies of some photos stand, (n, copies)."""
        return np.searchsorted(self.photos, photos)[:, None] * self.count + np.arange(self.count)


def copies_of(plan: Plan, photos: Indices, rows: Predictions, kinds: Sequence[Degradation]) -> Copies:
    """Return the copies of some photos of a plan, from the store where they are there.

    Args:
        plan: the experiment.
        photos: sorted indices into its data set.
        rows: the run's predictions.
        kinds: of degradation.
    """
    faces = boxes_of(plan, photos, rows)
    vectors = embed_degraded(plan.dataset, photos, plan.screening.keys, plan.embedders, kinds, faces)
    return Copies(photos, kinds, vectors, len(photos) - len(faces))


def boxes_of(plan: Plan, photos: Indices, rows: Predictions) -> dict[int, Box]:
    """Return the box of the face in each photo, by its index, as far as it is known.

    It is that of the run's first extractor that found one: strengths are the same for all extractors.
    """
    boxes: dict[str, Box] = {}
    for path, text in zip(rows.column("path"), rows.column("box"), strict=True):
        if found := _BOX.fullmatch(text):
            left, top, right, bottom = map(int, found.groups())
            boxes.setdefault(path, (left, top, right, bottom))
    names = {photo: plan.dataset.items[photo].name for photo in photos.tolist()}
    return {photo: boxes[name] for photo, name in names.items() if name in boxes}
