"""An album: photos, every face on them, and what is proposed about whose each is."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

from ..embeddings import Box

#: Whether a face is proposed as the person of the examples.
Band = Literal["surely", "perhaps", "surely not"]


@dataclass(frozen=True, slots=True)
class AlbumPhoto:
    """One photo of an album.

    Attributes:
        file: its path.
        name: inside the album, with "/" between folders.
        key: of its bytes, under which its vectors are stored.
    """

    file: str
    name: str
    key: str


@dataclass(frozen=True, slots=True)
class AlbumFace:
    """One face.

    Attributes:
        photo: position of its photo in the album.
        box: left, top, right, bottom in pixels of the upright photo; may reach over its edges.
        likeness: cosine of the angle between its vector and the middle of the examples', -1..1.
        band: what follows from it.
        person: number of the group of faces that look like one person, from 0 on, the largest group first; None for
            those that are proposed, surely or perhaps.
    """

    photo: int
    box: Box
    likeness: float
    band: Band
    person: int | None = None


@dataclass(frozen=True)
class Album:
    """Photos and the faces on them.

    Attributes:
        root: folder of the photos.
        photos: in a fixed order.
        faces: in the order of their photos, from left to right.
        faceless: positions of the photos that can be seen and show no face that was found.
        reasons: number of photos without a face, by reason, those that cannot be read among them.
        extractor: that proposes, its call string.
    """

    root: Path
    photos: tuple[AlbumPhoto, ...]
    faces: tuple[AlbumFace, ...]
    faceless: tuple[int, ...]
    reasons: dict[str, int]
    extractor: str

    @cached_property
    def people(self) -> Counter[int]:
        """Faces by the number of their group."""
        return Counter(face.person for face in self.faces if face.person is not None)

    @property
    def without_face(self) -> str:
        """How many photos show no face, by reason, in words; "" if there is none."""
        return ", ".join(f"{count} {reason.replace('_', ' ')}" for reason, count in sorted(self.reasons.items()))

    def of_band(self, band: Band) -> list[AlbumFace]:
        """Return the faces of a band, in order."""
        return [face for face in self.faces if face.band == band]
