"""The degraded copies of one photo, made on first use."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from ..decoding import Box, Photo
from ._degradations import Degradation
from ._subject import Subject, subject_of


def degraded_copies(photo: Photo, face: Box | None, kinds: Sequence[Degradation]) -> list[Photo]:
    """Return a photo's copies, five of each kind, whose pixels are computed on first use; the photo is decoded once.

    They are as large as the photo, but a large one is reduced first (`subject_of`). The same photo, box and kind always
    give the same copies. Reading their pixels raises `PhotoError` if the photo has none.

    Args:
        photo: the photo.
        face: the box of the face, by which strengths are measured; None where it is not known.
        kinds: in the order of the copies.

    >>> from facebench.data import DEGRADATIONS, orl_faces
    >>> photo = orl_faces().items[0].photo()
    >>> [copy.pixels.shape for copy in degraded_copies(photo, (10, 20, 80, 110), [DEGRADATIONS["blur"]])][:2]
    [(112, 92, 3), (112, 92, 3)]
    """
    ready = _Ready(photo, face)
    return [
        Photo.made_by(
            lambda kind=kind, strength=strength: kind.effect(ready.subject, strength),  # type: ignore[misc]
            f"{photo.name}, {kind.name} {step}",
        )
        for kind in kinds
        for step, strength in enumerate(kind.strengths, 1)
    ]


class _Ready:
    """A photo made ready once for all its copies, in whichever thread asks first."""

    def __init__(self, photo: Photo, face: Box | None) -> None:
        self._photo, self._face = photo, face
        self._lock = threading.Lock()
        self._subject: Subject | None = None

    @property
    def subject(self) -> Subject:
        with self._lock:
            if self._subject is None:
                self._subject = subject_of(self._photo, self._face)
            return self._subject
