"""Look-alikes: whom each extractor takes for the target, or nearly, with the photos that are nearest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..benchmarks.comparison import Row, best_of_each
from ..benchmarks.examples import lookalikes_with_pairs, thresholds_of
from ..benchmarks.lookalikes import Lookalike, Pair, Untested
from ..benchmarks.protocol import dataset_of
from ..benchmarks.results import read_photo_list
from ..embeddings.store import VectorStore
from ..errors import FacebenchError
from ._pictures import Album, Picture

#: So many people of each extractor are shown, and so many of those in no test.
_SHOWN, _UNTESTED = 5, 3
#: Pixels on the long side of a photo.
_SIDE = 64


@dataclass(frozen=True)
class Person:
    """One of the other people.

    Attributes:
        target: whom the person resembles.
        name: "" where nobody knows it.
        figures: tests that ended in a false accept, mean and highest score from the threshold, distance of the pair.
        pair: file and picture of the nearest photos, theirs and the target's; empty where they are not known.
    """

    target: str
    name: str
    figures: list[str]
    pair: list[tuple[str, Picture]]


@dataclass(frozen=True)
class LookalikesTable:
    """The look-alikes of one extractor.

    Attributes:
        pairing: extractor and head.
        several: whether each target is named, because there are several.
        people: the nearest first, then those in no test.
        notes: who is not among them, and why.
        photos: whether faces are shown.
    """

    pairing: str
    several: bool
    people: list[Person]
    notes: list[str]
    photos: bool


def lookalike_tables(
    rows: Sequence[Row], folders: Mapping[str, Path], store: VectorStore | None, *, photos: bool
) -> list[LookalikesTable]:
    """Return a table of each extractor's best head, of those whose runs kept rows of test photos.

    Args:
        rows: best first.
        folders: of their runs, by name.
        store: where vectors are looked up; none is made.
        photos: whether faces are shown.
    """
    known = [row for row in best_of_each(rows) if row.predictions and row.pairing.targets]
    tables = [_table(row, folders[row.run], store, photos=photos) for row in known]
    return [table for table in tables if table.people]


def _table(row: Row, folder: Path, store: VectorStore | None, *, photos: bool) -> LookalikesTable:
    found = lookalikes_with_pairs(folder, row.result, row.pairing, row.predictions, thresholds_of(row.pairing), store)
    shown = _Shown(row, folder, photos=photos)
    people = [shown.person(each, _figures(each)) for each in found.ranked[:_SHOWN]]
    people += [shown.person(each, ["in no test", "", "", *_distance(each.pair)]) for each in found.untested[:_UNTESTED]]
    return LookalikesTable(row.title, len(found.targets) > 1, people, found.notes, shown.photos)


def _figures(each: Lookalike) -> list[str]:
    return [f"{each.accepted}/{each.tests}", f"{each.mean:+.3f}", f"{each.highest:+.3f}", *_distance(each.pair)]


def _distance(pair: Pair | None) -> list[str]:
    return [f"{pair.distance:#.3g}" if pair else "-"]


class _Shown:
    """The photos of a run as a table shows them."""

    def __init__(self, row: Row, folder: Path, *, photos: bool) -> None:
        self._row = row.predictions[0]
        self._hashes = {photo.path: photo.sha256 for photo in read_photo_list(folder) or []}
        try:
            items = {item.name: item for item in dataset_of(row.result).items} if photos else None
        except FacebenchError:  # the gallery says why
            items = None
        self._album = Album(items)
        self.photos = items is not None

    def person(self, each: Lookalike | Untested, figures: list[str]) -> Person:
        """Return a person with figures, and the photos of the nearest pair."""
        pair = [each.pair.theirs, each.pair.mine] if each.pair else []
        return Person(each.target, each.person, figures, [(path, self._picture(path)) for path in pair])

    def _picture(self, path: str) -> Picture:
        shown = self._row.model_copy(update={"path": path, "sha256": self._hashes.get(path, ""), "box": ""})
        return self._album.picture(shown, _SIDE)
