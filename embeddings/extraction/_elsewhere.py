"""What one extractor lacks, embedded on a cluster: photos go out in batches, outcomes come back in order."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ...data import Photo
from ...text import progress_bar
from .._extractor import iter_outcomes
from ._keeper import Keeper

if TYPE_CHECKING:
    from ._lane import Lane
    from ._photos import PhotoSource


def run_elsewhere(lane: Lane, photos: PhotoSource) -> None:
    """Embed what a lane lacks, and put the outcomes into it and into the store."""
    lane.load()
    started = time.perf_counter()
    positions = lane.missing.tolist()
    identity = lane.embedder.identity

    def read() -> Iterator[Photo]:
        for position, (key, photo) in zip(positions, photos.read(positions), strict=True):
            photos.keys[position] = key
            yield photo

    with progress_bar(lane.embedder.name, len(positions), photos.what) as bar, Keeper(lane.embedder.store) as keeper:
        for position, outcome in zip(positions, iter_outcomes(lane.embedder.extractor, read()), strict=True):
            lane.put(position, outcome)
            keeper.add(identity, photos.keys[position], outcome)
            bar(1)
    lane.extract_seconds = time.perf_counter() - started
