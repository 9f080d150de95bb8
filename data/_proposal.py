"""What labels proposed by an extractor leave out: faces of me that were not proposed, of which a sample tells."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stratum:
    """A part of what was not proposed, from which a sample was drawn at random.

    Attributes:
        size: faces, or photos without a face, that are in it.
        looked: how many of them somebody has looked at, in the order of the draw.
        mine: how many of these are me.
    """

    size: int
    looked: int
    mine: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """Where labels come from.

    Attributes:
        extractors: the call strings of those that proposed.
        mine: faces confirmed as me, found in whatever way.
        strata: of what was not proposed.
    """

    extractors: tuple[str, ...]
    mine: int
    strata: tuple[Stratum, ...]
