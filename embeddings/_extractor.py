"""What an extractor is: a card and one batch method, photos in, one outcome each out."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from typing import ClassVar

import numpy as np

from ..data import Photo, PhotoLike
from ..errors import FacebenchError
from ._licence import Commercial
from ._outcome import Failure, Outcome

#: Photos that are embedded together.
BATCH = 32
#: What a card says that no vector depends on.
_NOT_IN_VECTORS = ("advice", "commercial", "weights_bytes")


@dataclass(frozen=True)
class Card:
    """The description of an extractor.

    Attributes:
        name: as registered.
        dimension: components of a vector.
        view: its input: "whole photo" or "face"; of an audit, what it measures instead of the face.
        network: architecture; "" where there is none.
        weights_sha256: of the weights file; "" where there is none.
        weights_bytes: size of that file, of several all together; 0 where there is none, or it is not said. No vector
            depends on it.
        licence: of the weights.
        training_data: what the network was trained on.
        preprocessing: what happens to the pixels.
        citation: paper or page to cite.
        audit: True if it recognises nobody, and shows how well classes are separated without looking at a face.
        commercial: whether the weights may be used commercially: "yes", "no" or "unknown"; of known files their hash
            says it, whatever stands here. No vector depends on it.
        advice: of an audit, what a run says where it does well: a clause that says what tells the person apart, a full
            stop, and what to do, without one at its end. No vector depends on it.
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
    commercial: Commercial = "unknown"
    advice: str = ""
    weights_bytes: int = 0

    def facts(self) -> dict[str, str | int]:
        """Return what vectors depend on, by name: it is kept beside them."""
        return {key: value for key, value in asdict(self).items() if key not in _NOT_IN_VECTORS}


@dataclass(frozen=True)
class Identity:
    """What a vector depends on besides the photo.

    Attributes:
        title: extractor and parameters, for people.
        facts: all the rest, as text.
    """

    title: str
    facts: str

    @property
    def key(self) -> str:
        """sha256 of both."""
        return hashlib.sha256(f"{self.title}\n{self.facts}".encode()).hexdigest()


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
            yield from embed_batch(self, batch)


def embed_batch(extractor: Extractor, photos: Sequence[Photo]) -> list[Outcome]:
    """Return an extractor's outcomes of a batch, one per photo.

    Raises:
        FacebenchError: `embed` gave another number of outcomes, which would shift every later photo.
    """
    outcomes = extractor.embed(photos)
    if len(outcomes) != len(photos):
        raise FacebenchError(
            f"The extractor {extractor.card.name} gave {len(outcomes)} outcomes for {len(photos)} photos."
        )
    return outcomes


def iter_outcomes(extractor: Extractor, photos: Iterable[PhotoLike]) -> Iterator[Outcome]:
    """Yield one outcome per photo, in order; memory does not grow with their number.

    Raises:
        FacebenchError: the extractor breaks its contract: a vector of another shape or type than on its card, or
            another number of outcomes than of photos.
    """
    names: deque[str] = deque()

    def named() -> Iterator[Photo]:
        for source in photos:
            photo = Photo(source)
            names.append(photo.name)
            yield photo

    asked = named()
    for outcome in extractor.stream(asked):
        if not names:
            raise FacebenchError(f"The extractor {extractor.card.name} gave more outcomes than it took photos.")
        check_outcome(extractor, names.popleft(), outcome)
        yield outcome
    if names or next(asked, None) is not None:
        raise FacebenchError(f"The extractor {extractor.card.name} gave fewer outcomes than there are photos.")


def check_outcome(extractor: Extractor, photo: str, outcome: Outcome) -> None:
    """Refuse what an extractor made of a photo, by the photo's name, where it breaks the contract.

    Raises:
        FacebenchError: a vector of another shape or type than on its card.
    """
    if isinstance(outcome, Failure):
        return
    vector, card = np.asarray(outcome.vector), extractor.card
    if vector.shape != (card.dimension,) or vector.dtype != np.float32 or not np.isfinite(vector).all():
        raise FacebenchError(
            f"The extractor {card.name} gave {photo} a vector of shape {vector.shape}, type {vector.dtype}, or with "
            f"non-finite values; its card says {card.dimension} components, and vectors are float32."
        )
