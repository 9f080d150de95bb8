"""What an extractor makes of one photo: a vector, or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from ..data import Box, box_text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["EMBEDDED", "Box", "Embedding", "Failure", "Outcome", "box_text", "outcome_text"]


@dataclass(frozen=True, eq=False, slots=True)
class Embedding:
    """A photo's vector, float32 (dimension,), and the face it was taken from, if any."""

    vector: NDArray[np.float32]
    box: Box | None = None


@dataclass(frozen=True)
class Failure:
    """Why a photo has no vector: "no_face", a fault of `facebench.data`, or a plug-in's own short word."""

    reason: str
    detail: str = ""


Outcome: TypeAlias = Embedding | Failure
#: What a file says of a photo that has a vector; of any other, the reason why it has none.
EMBEDDED = "embedded"


def outcome_text(outcome: Outcome) -> str:
    """Return an outcome as files have it.

    >>> outcome_text(Failure("no_face", "no face found"))
    'no_face'
    """
    return outcome.reason if isinstance(outcome, Failure) else EMBEDDED
