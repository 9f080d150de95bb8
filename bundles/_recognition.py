"""The answer to one photo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ..embeddings import Box

#: Which faces of a photo are looked at: the one that the extractor takes, or each, and any of them may be me.
Faces = Literal["largest", "any"]

ME, NOT_ME = "me", "not me"


@dataclass(frozen=True)
class SeenFace:
    """One face, or the whole photo where the extractor looks at that.

    Attributes:
        box: left, top, right, bottom in pixels of the upright photo; None for the whole photo.
        score: of the head.
        probability: that it is me, 0..1; None where the bundle is not calibrated.
    """

    box: Box | None
    score: float
    probability: float | None


@dataclass(frozen=True)
class Recognition:
    """What a bundle says of one photo.

    Attributes:
        path: of the photo, as it was given; "image" or "array" where it has none.
        answer: "me", "not me", or why there is none: "no face", "unreadable", "too large", ...
        faces: what was looked at, the one most like me first; empty where there is nothing to look at.
        detail: for people, where a photo failed.
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
        """The highest score of a face; None where nothing was looked at."""
        return self.faces[0].score if self.faces else None

    @property
    def probability(self) -> float | None:
        """The highest probability of a face; None where nothing was looked at, or without calibration."""
        return self.faces[0].probability if self.faces else None
