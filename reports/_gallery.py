"""The gallery: what the best pairing got wrong, what it was sure of, and which training photos each resembles."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from ..benchmarks.comparison import Row
from ..benchmarks.examples import Example, Examples, advice_on, choose_examples, question_of, thresholds_of
from ..benchmarks.protocol import dataset_of
from ..benchmarks.results import Prediction
from ..data import Item
from ..embeddings import EMBEDDED
from ..embeddings.store import VectorStore
from ..errors import FacebenchError
from ._nearest import Neighbour, Neighbours
from ._pictures import Album, Picture

#: Pixels on the long side: of a photo, and of its nearest.
_SIDE, _SMALL_SIDE = 110, 64
#: So many errors of a kind are open to view; the others are folded.
OPEN = 24

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
    """One photo in the split in which it did worst: score, threshold, how often it went wrong, what it resembles."""

    file: str
    person: str
    target: str
    score: float | None
    threshold: float
    reason: str
    how_often: str
    question: str
    picture: Picture
    nearest: list[Near]


@dataclass(frozen=True)
class Shelf:
    """Photos of one kind.

    Attributes:
        title: the kind.
        count: of photos and decisions.
        right: whether these decisions are right.
        advice: what to do about false accepts that are none; "" for other kinds.
        parts: a heading ("" for the only part) and its tiles, open to view.
        folded: the other errors; of several targets they have neither pictures nor nearest photos.
    """

    title: str
    count: str
    right: bool
    advice: str
    parts: list[tuple[str, list[Tile]]]
    folded: list[Tile]


@dataclass(frozen=True)
class Gallery:
    """What is shown of the best pairing.

    Attributes:
        pairing: whose decisions.
        several: whether each target is named, because there are several.
        splits: how many there are.
        shelves: the wrong decisions first.
        notes: what is missing, and why.
        photos: whether faces are shown.
        framed: whether there is a frame around some.
        nearest: whether training photos could be compared.
    """

    pairing: str
    several: bool
    splits: int
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
    if not row.predictions:
        return None
    thresholds = thresholds_of(row.pairing)
    kinds = choose_examples(row.predictions, thresholds)
    targets, seeds = (set(of) for of in zip(*thresholds, strict=True))
    several = len(targets) > 1
    notes: list[str] = []
    pictured = [example.row for kind in kinds for example in (_open(kind) if several else kind.shown)]
    neighbours = _or_note(
        notes,
        "No nearest training photos",
        lambda: Neighbours(folder, row.result, row.pairing.extractor, pictured, store).of,
    )
    items = _or_note(notes, "No photos", lambda: _items(row)) if photos else None
    tile = partial(_tile, splits=len(seeds), neighbours=neighbours, album=Album(items))
    plain = partial(_tile, splits=len(seeds), neighbours=None, album=Album(None))
    shelves = [_shelf(kind, tile, plain if several else tile) for kind in kinds]
    shown = photos and items is not None
    framed = shown and any(made.box for made in pictured)
    return Gallery(row.title, several, len(seeds), shelves, notes, shown, framed, neighbours is not None)


def _open(kind: Examples) -> list[Example]:
    return kind.shown if kind.right else kind.shown[:OPEN]


def _items(row: Row) -> dict[str, Item]:
    return {item.name: item for item in dataset_of(row.result).items}


def _or_note(notes: list[str], lacking: str, make: Callable[[], T]) -> T | None:
    """Return what is made; where it cannot be, note what is lacking and why."""
    try:
        return make()
    except FacebenchError as error:
        notes.append(f"{lacking}: {error}")
        return None


def _shelf(kind: Examples, tile: Callable[[Example], Tile], folded: Callable[[Example], Tile]) -> Shelf:
    rest = kind.shown[len(_open(kind)) :]
    parts = [("", _open(kind))] if rest else kind.parts
    return Shelf(
        kind.title[:1].upper() + kind.title[1:],
        kind.count,
        kind.right,
        advice_on(example.row for example in kind.shown),
        [(heading, [tile(example) for example in shown]) for heading, shown in parts if shown],
        [folded(example) for example in rest],
    )


def _tile(
    example: Example, splits: int, neighbours: Callable[[Prediction], list[Neighbour]] | None, album: Album
) -> Tile:
    made = example.row
    near = [
        Near(n.photo.path, n.photo.person, n.is_me, n.distance, album.picture(n.photo, _SMALL_SIDE))
        for n in (neighbours(made) if neighbours else [])
    ]
    return Tile(
        made.path,
        made.person,
        made.target,
        made.score,
        example.threshold,
        "" if made.outcome == EMBEDDED else made.outcome.replace("_", " "),
        example.how_often if splits > 1 else "",
        question_of(made),
        album.picture(made, _SIDE),
        near,
    )
