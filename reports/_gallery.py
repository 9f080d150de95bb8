"""The gallery: what the best pairing got wrong, what it was sure of, and which training photos each resembles."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from ..benchmarks.comparison import Row
from ..benchmarks.examples import (
    EACH,
    Examples,
    advice_on,
    choose_examples,
    first_split,
    question_of,
    thresholds_of,
)
from ..benchmarks.protocol import dataset_of
from ..benchmarks.results import Prediction
from ..data import Item
from ..embeddings import EMBEDDED
from ..embeddings.store import VectorStore
from ..errors import FacebenchError, counted
from ._nearest import Neighbour, Neighbours
from ._pictures import Album, Picture

#: Pixels on the long side: of a photo, and of its nearest.
_SIDE, _SMALL_SIDE = 110, 64

T = TypeVar("T")


@dataclass(frozen=True)
class Near:
    """A training photo that resembles a tile's."""

    file: str
    person: str
    is_me: bool
    distance: float
    picture: Picture


@dataclass(frozen=True)
class Tile:
    """One decision: the photo, the score and the threshold, what a false accept asks, and what it resembles."""

    file: str
    person: str
    target: str
    score: float | None
    threshold: float
    reason: str
    question: str
    picture: Picture
    nearest: list[Near]

    @property
    def certainty(self) -> float:
        """How far the score is from the threshold."""
        return 0.0 if self.score is None else abs(self.score - self.threshold)


@dataclass(frozen=True)
class Shelf:
    """Decisions of one kind, in parts, each with a heading; "" for the only part.

    `advice` says what to do about false accepts that are none; "" for other kinds.
    """

    title: str
    count: str
    right: bool
    advice: str
    parts: list[tuple[str, list[Tile]]]


@dataclass(frozen=True)
class Gallery:
    """What is shown of the best pairing's first split.

    Attributes:
        pairing: whose decisions.
        several: whether each target is named, because there are several.
        shelves: the wrong decisions first.
        notes: what is missing, and why.
        photos: whether faces are shown.
        framed: whether there is a frame around some.
        nearest: whether training photos could be compared.
    """

    pairing: str
    several: bool
    shelves: list[Shelf]
    notes: list[str]
    photos: bool
    framed: bool
    nearest: bool


def gallery_of(row: Row, folder: Path, store: VectorStore | None, *, photos: bool) -> Gallery | None:
    """Return the gallery of a row; None where its run kept no rows of test photos.

    Photos that are gone, or have changed since, are told as such; without them there are no nearest ones either.

    Args:
        row: the best one.
        folder: of its run.
        store: where vectors are looked up.
        photos: whether faces are shown.
    """
    split = first_split(row.pairing)
    tested = row.predictions.where(split_seed=split)
    if not tested:
        return None
    thresholds = thresholds_of(row.pairing)
    kinds = choose_examples(tested, thresholds)
    notes: list[str] = []
    shown_rows = [made for kind in kinds for made in kind.shown]
    neighbours = _or_note(
        notes,
        "No nearest training photos",
        lambda: Neighbours(folder, row.result, row.pairing.extractor, shown_rows, store).of,
    )
    items = _or_note(notes, "No photos", lambda: _items(row)) if photos else None
    album = Album(items)
    tile = partial(_tile, thresholds=thresholds, neighbours=neighbours, album=album)
    mine_right, others_right, rejects, accepts = kinds
    shelves = [_shelf(kind, tile) for kind in (accepts, rejects, mine_right, others_right)]
    shown = photos and items is not None
    framed = shown and any(made.box for kind in kinds for made in kind.shown)
    return Gallery(row.title, len(thresholds) > 1, shelves, notes, shown, framed, neighbours is not None)


def _items(row: Row) -> dict[str, Item]:
    return {item.name: item for item in dataset_of(row.result).items}


def _or_note(notes: list[str], lacking: str, make: Callable[[], T]) -> T | None:
    """Return what is made; where it cannot be, note what is lacking and why."""
    try:
        return make()
    except FacebenchError as error:
        notes.append(f"{lacking}: {error}")
        return None


def _shelf(kind: Examples, tile: Callable[[Prediction], Tile]) -> Shelf:
    title = kind.title[:1].upper() + kind.title[1:]
    count = f"{kind.count} of {counted(kind.of, 'decision')}"
    tiles = [tile(made) for made in kind.shown]
    if kind.right and len(tiles) > EACH:
        least = sorted(tiles[EACH:], key=lambda tile: (tile.score is None, tile.certainty))
        parts = [("the least certain", least), ("the most certain", tiles[:EACH])]
    else:
        parts = [("", tiles)] if tiles else []
    return Shelf(title, count, kind.right, advice_on(kind.shown), parts)


def _tile(
    made: Prediction,
    thresholds: dict[str, float],
    neighbours: Callable[[Prediction], list[Neighbour]] | None,
    album: Album,
) -> Tile:
    near = [
        Near(n.photo.path, n.photo.person, n.is_me, n.distance, album.picture(n.photo, _SMALL_SIDE))
        for n in (neighbours(made) if neighbours else [])
    ]
    reason = "" if made.outcome == EMBEDDED else made.outcome.replace("_", " ")
    return Tile(
        made.path,
        made.person,
        made.target,
        made.score,
        thresholds[made.target],
        reason,
        question_of(made),
        album.picture(made, _SIDE),
        near,
    )
