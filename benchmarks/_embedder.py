"""One extractor at work: outcomes come from the store where they are there, and go into it where they are not."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ..data import Photo, PhotoError
from ..embeddings import (
    Cluster,
    Extractor,
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

#: Outcomes of one transaction of the store: so many at most, and no more than come within so many seconds.
_KEPT_TOGETHER, _KEPT_WITHIN = 1024, 1.0
#: Yields the photos at these positions, and sets their keys to those of the very bytes it yields.
Photos = Callable[[list[int]], Iterator[Photo]]


@dataclass(frozen=True)
class Embedded:
    """One outcome per key, how many of them were in the store, and how long the others took."""

    outcomes: list[Outcome]
    stored: int
    load_seconds: float
    extract_seconds: float


class Embedder:
    """An extractor with its store.

    Args:
        name: the call string that made the extractor.
        extractor: the extractor.
        store: where vectors are looked up and kept.
        cluster: where the work is done; default: here.
        identity: under which vectors are stored; default: that of the registered extractor.
    """

    def __init__(
        self,
        name: str,
        extractor: Extractor,
        store: VectorStore | None = None,
        cluster: Cluster | None = None,
        identity: Identity | None = None,
    ) -> None:
        self.name = name
        self.card = extractor.card
        self._identity = identity or extractor_identity(extractors, name, extractor)
        self._extractor = cluster.extractor(name, extractor, self._identity.key) if cluster else extractor
        self._store = store

    def embed(self, keys: list[str], photos: Photos, what: str) -> Embedded:
        """Return the outcomes of photos by their keys in the store; each that is not there is embedded once.

        Args:
            keys: one per photo; an empty one is never stored. Those of files that have changed are corrected.
            photos: gives the photos at the positions that are missing.
            what: they are, in the plural, for progress.
        """
        found = self._store.get(self._identity, keys) if self._store else {}
        if self._store:
            tell_warning(self._store)
        missing = [position for position, key in enumerate(keys) if key not in found]
        if not missing:
            return Embedded([found[key] for key in keys], len(keys), 0.0, 0.0)
        started = time.perf_counter()
        with waiting(f"{self.name}: loading"):
            self._extractor.load()
        loaded = time.perf_counter()
        computed: dict[int, Outcome] = {}
        keep = _Keeper(self._store, self._identity)
        try:
            with progress_bar(self.name, len(missing), what) as advance:
                for position, outcome in zip(missing, iter_outcomes(self._extractor, photos(missing)), strict=True):
                    computed[position] = outcome
                    keep.add(keys[position], outcome)
                    advance(1)
        finally:
            keep.flush()
        outcomes = [computed[i] if i in computed else found[key] for i, key in enumerate(keys)]
        return Embedded(outcomes, len(keys) - len(missing), loaded - started, time.perf_counter() - loaded)


class _Keeper:
    """Puts outcomes into the store a batch at a time: what a killed run loses."""

    def __init__(self, store: VectorStore | None, identity: Identity) -> None:
        self.store, self.identity = store, identity
        self.waiting: list[tuple[str, Outcome]] = []
        self.since = time.monotonic()

    def add(self, key: str, outcome: Outcome) -> None:
        self.waiting.append((key, outcome))
        if len(self.waiting) == _KEPT_TOGETHER or time.monotonic() > self.since + _KEPT_WITHIN:
            self.flush()

    def flush(self) -> None:
        batch, self.waiting, self.since = self.waiting, [], time.monotonic()
        if self.store is None:
            return
        try:
            self.store.put(self.identity, batch)
            tell_warning(self.store)
        except StoreError as error:  # the run goes on: vectors can be had without a store
            print(f"Warning: vectors are not kept from here on. {printable(error)}", file=sys.stderr)
            self.store = None


def hash_of(photo: Photo) -> str:
    """Return the sha256 of a photo's bytes, empty where they cannot be read."""
    try:
        return photo.sha256
    except PhotoError:
        return ""


def tell_warning(store: VectorStore) -> None:
    """Print, once, what a store has to tell its user."""
    if store.warning:
        print(f"Warning: {printable(store.warning)}.", file=sys.stderr)
        store.warning = ""
