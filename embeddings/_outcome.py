"""What an extractor makes of one photo: a vector, or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: (left, top, right, bottom) in pixels of the upright photo; may reach over its edges.
Box: TypeAlias = tuple[int, int, int, int]


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


def box_text(box: Box | None) -> str:
    """Return a box as files have it, left top right bottom; "" without one.

    >>> box_text((10, 20, 110, 120))
    '10 20 110 120'
    """
    return " ".join(str(int(edge)) for edge in box) if box else ""
