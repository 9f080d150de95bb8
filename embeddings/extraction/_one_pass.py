"""One pass over photos for several extractors: each photo is read, decoded and searched for faces once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import TYPE_CHECKING, Any

import numpy as np

from ...data import FAULTS, Photo
from ...text import Bar, progress_bar
from .._extractor import Identity
from .._outcome import Failure, Outcome
from .._threaded import AHEAD, in_threads, staged
from ..faces import Detections
from ._elsewhere import run_elsewhere
from ._keeper import Keeper
from ._lane import Lane
from ._photos import Photos
from ._vectors import joined

if TYPE_CHECKING:
    from ._embedder import Embedder
    from ._photos import PhotoSource
    from ._vectors import Vectors

#: Photos taken ahead for extractors that take them whole: their pixels wait with them.
_WHOLE_AHEAD = 8
#: Extractors that a progress bar names.
_NAMED = 3
#: Gets the outcomes of a pass's first extractor as they come, each with its photo's position; may raise.
Watch = Callable[[int, Outcome], None]


def embed_photos(photos: PhotoSource, embedder: Embedder) -> Vectors:
    """Return the vectors of photos under one extractor, from its store where they are there.

    Raises:
        FacebenchError: the extractor breaks its contract, or cannot be loaded.
    """
    [vectors] = embed_together(photos, [embedder])
    return vectors


def embed_together(photos: PhotoSource, embedders: Sequence[Embedder], watch: Watch | None = None) -> list[Vectors]:
    """Return the vectors of photos under each extractor: a photo that several lack is decoded once for all of them.

    A photo that one extractor cannot decode is not tried by the next. Outcomes are stored batch by batch: a pass that
    is ended early resumes there. The parts of a fusion are extractors of the pass, each once.

    Args:
        photos: the photos.
        embedders: extractors with their stores.
        watch: gets the outcomes of the first extractor, no fusion, that are not in the store.

    Raises:
        FacebenchError: an extractor breaks its contract, or cannot be loaded.
    """
    singles = [embedder for embedder in embedders if not embedder.fusion]
    compared = {embedder.identity for embedder in singles}
    parts = {part.identity: part for embedder in embedders for part in embedder.parts}
    singles += [part for identity, part in parts.items() if identity not in compared]
    made = dict(zip(singles, _embed_singles(photos, singles, watch), strict=True))
    by_identity = {embedder.identity: vectors for embedder, vectors in made.items()}

    def of(embedder: Embedder) -> Vectors:
        if embedder.fusion is None:
            return made[embedder]
        return joined(embedder.name, embedder.fusion, [by_identity[part.identity] for part in embedder.parts])

    return [of(embedder) for embedder in embedders]


def _embed_singles(photos: PhotoSource, embedders: Sequence[Embedder], watch: Watch | None) -> list[Vectors]:
    """Return the vectors of photos under extractors that have no parts."""
    lanes = [Lane(embedder, photos.keys) for embedder in embedders]
    lacking = [lane for lane in lanes if len(lane.missing)]
    if here := [lane for lane in lacking if lane.embedder.is_local]:
        _Pass(here, photos, {lanes[0]: watch} if watch else {}).run()
    for lane in lacking:
        if not lane.embedder.is_local:
            run_elsewhere(lane, photos)
    if isinstance(photos, Photos):  # variants are made first: their time says nothing of photos
        for lane in lacking:
            lane.save_speed()
    return [lane.vectors() for lane in lanes]


@dataclass(frozen=True)
class _Item:
    """A photo on its way to a thread."""

    position: int
    key: str
    photo: Photo
    lanes: tuple[Lane, ...]


@dataclass(frozen=True)
class _Worked:
    """What a thread made of a photo: without the photo, whose pixels would wait with it.

    Attributes:
        position, key, name, lanes: of the photo.
        stages: one per lane.
        alone: seconds that each lane took, as if it were alone.
        together: seconds of all lanes.
        searched: detections that were not known before, by detector.
    """

    position: int
    key: str
    name: str
    lanes: tuple[Lane, ...]
    stages: list[Any]
    alone: list[float]
    together: float
    searched: dict[Identity, Detections]


class _Pass:
    def __init__(self, lanes: list[Lane], photos: PhotoSource, watches: dict[Lane, Watch]) -> None:
        self._lanes, self._photos, self._watches = lanes, photos, watches
        self._positions = np.unique(np.concatenate([lane.missing for lane in lanes]))

    def run(self) -> None:
        """Embed what the lanes lack."""
        names = list(dict.fromkeys(lane.embedder.name for lane in self._lanes))
        label = ", ".join(names) if len(names) <= _NAMED else f"{names[0]} and {len(names) - 1} extractors"
        ahead = _WHOLE_AHEAD if any(lane.takes_photos for lane in self._lanes) else AHEAD
        known = self._known()
        self._expect(known)
        together, started = 0.0, time.perf_counter()
        with (
            progress_bar(label, len(self._positions), self._photos.what) as bar,
            Keeper(self._lanes[0].embedder.store) as keeper,
        ):
            for worked in in_threads(_work, self._items(known), ahead):
                self._photos.keys[worked.position] = worked.key
                keeper.add_detections(worked.key, worked.searched)
                together += worked.together
                for lane, stage, seconds in zip(worked.lanes, worked.stages, worked.alone, strict=True):
                    lane.add(worked.position, worked.name, stage)
                    lane.work += seconds
                    if lane.is_full:
                        together += self._finish(lane, keeper, bar)
                bar(1)
            for lane in self._lanes:
                together += self._finish(lane, keeper, bar)
        wall = time.perf_counter() - started - sum(lane.load_seconds for lane in self._lanes)
        for lane in self._lanes:
            lane.extract_seconds = wall * lane.work / together if together else 0.0

    def _items(self, known: dict[Identity, dict[str, Detections]]) -> Iterator[_Item]:
        lacks = np.zeros((len(self._positions), len(self._lanes)), dtype=bool)
        for number, lane in enumerate(self._lanes):
            lacks[np.searchsorted(self._positions, lane.missing), number] = True
        positions = self._positions.tolist()
        for position, (key, photo), row in zip(positions, self._photos.read(positions), lacks, strict=True):
            photo.found |= {detector: found[key] for detector, found in known.items() if key in found}
            yield _Item(position, key, photo, tuple(compress(self._lanes, row)))

    def _expect(self, known: dict[Identity, dict[str, Detections]]) -> None:
        """Let detectors get ready for the photos that they are to search."""
        for lane in self._lanes:
            if detector := lane.embedder.detector:
                detector.expect(len(lane.missing) - len(known.get(detector.identity, ())))

    def _known(self) -> dict[Identity, dict[str, Detections]]:
        """Return what the store knows of faces on photos that are missing, by detector and key of the photo."""
        store, keys = self._lanes[0].embedder.store, self._photos.keys
        if store is None:
            return {}
        missing: dict[Identity, set[str]] = {}
        for lane in self._lanes:
            if lane.embedder.detector:
                wanted = missing.setdefault(lane.embedder.detector.identity, set())
                wanted.update(keys[photo] for photo in lane.missing)
        return {detector: store.detections(detector, list(wanted)) for detector, wanted in missing.items()}

    def _finish(self, lane: Lane, keeper: Keeper, bar: Bar) -> float:
        """Make the outcomes of all that waits in a lane; return the seconds that took."""
        if not lane.is_loaded:
            with bar.saying(f"{lane.embedder.name}: loading"):
                lane.load()
        before = lane.work
        for position, outcome in lane.finish():
            keeper.add(lane.embedder.identity, self._photos.keys[position], outcome)
            if lane in self._watches:
                self._watches[lane](position, outcome)
        return lane.work - before


def _work(item: _Item) -> _Worked:
    """Stage a photo for each lane that lacks it; runs in a thread."""
    photo = item.photo
    stages: list[Any] = []
    alone: list[float] = []
    fault: Failure | None = None
    own = 0.0
    for lane in item.lanes:
        shared, started = sum(photo.spent.values()), time.perf_counter()
        stage = fault or staged(lane.stage, photo)
        seconds = time.perf_counter() - started - (sum(photo.spent.values()) - shared)
        own += seconds
        detector = lane.embedder.detector
        search = photo.spent.get(detector.identity, 0.0) if detector else 0.0
        stages.append(stage)
        alone.append(seconds + photo.spent.get("decode", 0.0) + search)
        if isinstance(stage, Failure) and stage.reason in FAULTS:
            fault = stage  # no other extractor can decode it either
    together = own + sum(photo.spent.values())
    return _Worked(item.position, item.key, photo.name, item.lanes, stages, alone, together, searched(photo))


def searched(photo: Photo) -> dict[Identity, Detections]:
    """Return the detections on a photo that were not known before, by detector."""
    return {who: found for who, found in photo.found.items() if isinstance(who, Identity) and who in photo.spent}
