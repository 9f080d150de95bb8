"""What an extractor is: a card and one batch method, photos in, one outcome each out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, ClassVar, TypeAlias

import numpy as np

from ..errors import FacebenchError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..data import Photo

#: Photos that are embedded together.
BATCH = 32
#: (left, top, right, bottom) in pixels of the upright photo; may reach over its edges.
Box: TypeAlias = tuple[int, int, int, int]


@dataclass(frozen=True)
class Card:
    """What is known about an extractor.

    Attributes:
        name: as registered.
        dimension: components of a vector.
        view: what it looks at: "whole photo" or "face"; of an audit, what there is besides the face.
        network: architecture; "" where there is none.
        weights_sha256: of the weights file; "" where there is none.
        licence: of the weights.
        training_data: what the network was trained on.
        preprocessing: what happens to the pixels.
        citation: paper or page to cite.
        audit: True where it recognises nobody, and shows what can be told without looking at a face.
    """

    name: str
    dimension: int
    view: str
    network: str = ""
    weights_sha256: str = ""
    licence: str = ""
    training_data: str = ""
    preprocessing: str = ""
    citation: str = ""
    audit: bool = False


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


class Extractor(ABC):
    """Turns photos into vectors.

    A new extractor is a class with a `card` and `embed`, registered under the entry-point group
    `facebench.extractors`. Parameters are keyword arguments of its constructor.
    """

    card: ClassVar[Card]

    def load(self) -> None:  # noqa: B027 (nothing to load is the common case of a plug-in)
        """Read weights and build networks, once; `embed` does it when nobody has."""

    @abstractmethod
    def embed(self, photos: Sequence[Photo]) -> list[Outcome]:
        """Return one outcome per photo, in order.

        A bad photo is a `Failure`, never an exception. The same photo gives the same vector (within 1e-4)
        alone, in a batch, in any order and in another process.
        """

    def stream(self, photos: Iterable[Photo]) -> Iterator[Outcome]:
        """Yield one outcome per photo, in order, with a batch of photos in memory at a time.

        Raises:
            FacebenchError: `embed` gave another number of outcomes, which would shift every later photo.
        """
        remaining = iter(photos)
        while batch := list(islice(remaining, BATCH)):
            outcomes = self.embed(batch)
            if len(outcomes) != len(batch):
                raise FacebenchError(
                    f"The extractor {self.card.name} gave {len(outcomes)} outcomes for {len(batch)} photos."
                )
            yield from outcomes
