"""Every photo of a data set embedded once by one extractor."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..data import FAULTS, Dataset, Photo, PhotoError
from ..embeddings import (
    Cluster,
    Embedding,
    Extractor,
    Failure,
    Identity,
    Outcome,
    StoreError,
    VectorStore,
    extractor_identity,
    extractors,
    iter_outcomes,
)
from ..errors import printable
from ._progress import progress_bar, waiting
from ._schema import ExtractorResult

if TYPE_CHECKING:
    from numpy.typing import NDArray


#: Outcomes of one transaction of the store.
_KEPT_TOGETHER = 32


@dataclass(frozen=True, eq=False)
class Vectors:
    """One outcome per photo of a data set, in its order.

    Attributes:
        outcomes: a vector or a reason each.
        matrix: float32 (photos, dimension), zero where there is no vector.
        embedded: (photos,) True where there is one.
        hashes: sha256 of each photo's bytes; empty where they cannot be read.
        summary: counts and times, for the result.
    """

    outcomes: list[Outcome]
    matrix: NDArray[np.float32]
    embedded: NDArray[np.bool_]
    hashes: list[str]
    summary: ExtractorResult

    def unreadable(self) -> dict[int, Failure]:
        """Return the photos that cannot be decoded, whatever the extractor, by index."""
        failures = ((i, outcome) for i, outcome in enumerate(self.outcomes) if isinstance(outcome, Failure))
        return {index: failure for index, failure in failures if failure.reason in FAULTS}


def embed_dataset(
    dataset: Dataset,
    name: str,
    extractor: Extractor,
    store: VectorStore | None = None,
    cluster: Cluster | None = None,
) -> Vectors:
    """Return the vectors of all photos of the data set; each that is not in the store is embedded once.

    Args:
        dataset: the photos.
        name: the call string that made the extractor.
        extractor: the extractor.
        store: where vectors are looked up and kept.
        cluster: where the work is done; default: here.
    """
    hashes = _hashes(dataset) if store else [""] * len(dataset.items)
    identity = extractor_identity(extractors, name, extractor)
    found = store.get(identity, hashes) if store else {}
    if store:
        tell_warning(store)
    missing = [index for index, photo in enumerate(hashes) if photo not in found]
    if cluster:
        extractor = cluster.extractor(name, extractor, identity.key)
    computed, load_seconds, extract_seconds = {}, 0.0, 0.0
    if missing:
        started = time.perf_counter()
        with waiting(f"{name}: loading"):
            extractor.load()
        loaded = time.perf_counter()
        keep = _Keeper(store, identity)
        photos = _photos(dataset, missing, hashes)
        with progress_bar(name, len(missing), "photos") as advance:
            for index, outcome in zip(missing, iter_outcomes(extractor, photos), strict=True):
                computed[index] = outcome
                keep.add(hashes[index], outcome)
                advance(1)
        keep.flush()
        load_seconds, extract_seconds = loaded - started, time.perf_counter() - loaded

    outcomes = [computed[i] if i in computed else found[photo] for i, photo in enumerate(hashes)]
    matrix = np.zeros((len(outcomes), extractor.card.dimension), dtype=np.float32)
    for row, outcome in zip(matrix, outcomes, strict=True):
        if isinstance(outcome, Embedding):
            row[:] = outcome.vector
    summary = ExtractorResult(
        extractor=name,
        card=asdict(extractor.card),
        photos=len(outcomes),
        stored=len(outcomes) - len(missing),
        failures=Counter(outcome.reason for outcome in outcomes if isinstance(outcome, Failure)),
        load_seconds=load_seconds,
        extract_seconds=extract_seconds,
    )
    embedded = np.array([isinstance(outcome, Embedding) for outcome in outcomes])
    return Vectors(outcomes, matrix, embedded, hashes, summary)


class _Keeper:
    """Puts outcomes into the store a batch at a time: what a killed run loses."""

    def __init__(self, store: VectorStore | None, identity: Identity) -> None:
        self.store, self.identity = store, identity
        self.waiting: list[tuple[str, Outcome]] = []

    def add(self, photo: str, outcome: Outcome) -> None:
        self.waiting.append((photo, outcome))
        if len(self.waiting) == _KEPT_TOGETHER:
            self.flush()

    def flush(self) -> None:
        batch, self.waiting = self.waiting, []
        if self.store is None:
            return
        try:
            self.store.put(self.identity, batch)
            tell_warning(self.store)
        except StoreError as error:  # the run goes on: vectors can be had without a store
            print(f"Warning: vectors are not kept from here on. {printable(error)}", file=sys.stderr)
            self.store = None


def tell_warning(store: VectorStore) -> None:
    """Print, once, what a store has to tell its user."""
    if store.warning:
        print(f"Warning: {printable(store.warning)}.", file=sys.stderr)
        store.warning = ""


def _hashes(dataset: Dataset) -> list[str]:
    """Return the sha256 of each photo's bytes, empty where they cannot be read."""
    with progress_bar("reading photos", len(dataset.items), "photos") as advance:
        hashes = []
        for item in dataset.items:
            hashes.append(_hash(Photo(item.path)))
            advance(1)
    return hashes


def _photos(dataset: Dataset, indices: list[int], hashes: list[str]) -> Iterator[Photo]:
    """Yield photos, noting the hash of the very bytes that will be decoded: a file may have changed meanwhile."""
    for index in indices:
        photo = Photo(dataset.items[index].path)
        hashes[index] = _hash(photo)
        yield photo


def _hash(photo: Photo) -> str:
    try:
        return photo.sha256
    except PhotoError:
        return ""
