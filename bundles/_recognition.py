"""The answer to one photo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ..embeddings import Box

#: Which faces of a photo are examined: the one that the extractor chooses, or all of them, any of which may be me.
Faces = Literal["largest", "any"]

ME, NOT_ME = "me", "not me"


@dataclass(frozen=True)
class SeenFace:
    """One face, or the whole photo if the extractor embeds whole photos.

    Attributes:
        box: left, top, right, bottom in pixels of the upright photo; None for the whole photo.
        score: of the head.
        probability: that it is me, 0..1; None if the bundle is not calibrated.
    """

    box: Box | None
    score: float
    probability: float | None


@dataclass(frozen=True)
class Recognition:
    """The answer of a bundle to one photo.

    Attributes:
        path: of the photo, as given; "image" or "array" if it has none.
        answer: "me", "not me", or the reason why there is neither: "no face", "unreadable", "too large", ...
        faces: the faces that were examined, highest score first; empty if there are none.
        detail: human-readable, if a photo failed.
    """

    path: str
    answer: str
    faces: tuple[SeenFace, ...] = ()
    detail: str = ""

    @property
    def is_me(self) -> bool:
        """Whether it is me."""
        return self.answer == ME

    @property
    def score(self) -> float | None:
        """The highest score of a face; None if there is none."""
        return self.faces[0].score if self.faces else None

    @property
    def probability(self) -> float | None:
        """The highest probability of a face; None if there is no face or no calibration."""
        return self.faces[0].probability if self.faces else None
