"""Outcomes and detections on their way into the store, a batch at a time: what a killed run loses."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from types import TracebackType

from ...errors import printable
from .._extractor import Identity
from .._outcome import Outcome
from ..faces import Detections
from ..store import StoreError, VectorStore

#: Outcomes of one transaction of the store: so many at most, and no more than come within so many seconds.
_TOGETHER, _WITHIN = 1024, 1.0


class Keeper:
    """Puts what comes into the store a batch at a time; what is left when the block ends, too.

    Args:
        store: the store; None: nothing is stored.
    """

    def __init__(self, store: VectorStore | None) -> None:
        self._store = store
        self._outcomes: dict[Identity, list[tuple[str, Outcome]]] = {}
        self._detections: dict[Identity, list[tuple[str, Detections]]] = {}
        self._since = time.monotonic()

    def __enter__(self) -> Keeper:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._flush()

    def add(self, identity: Identity, key: str, outcome: Outcome) -> None:
        """Take an outcome under an extractor's identity; flush where there are many."""
        waiting = self._outcomes.setdefault(identity, [])
        waiting.append((key, outcome))
        if len(waiting) >= _TOGETHER or time.monotonic() > self._since + _WITHIN:
            self._flush()

    def add_detections(self, key: str, found: Mapping[Identity, Detections]) -> None:
        """Take what detectors found on a photo, by their identities."""
        for identity, detections in found.items():
            self._detections.setdefault(identity, []).append((key, detections))

    def _flush(self) -> None:
        self._since = time.monotonic()
        outcomes, self._outcomes = self._outcomes, {}
        detections, self._detections = self._detections, {}
        if self._store is None:
            return
        try:
            for identity, found in detections.items():
                self._store.put_detections(identity, found)
            for identity, batch in outcomes.items():
                self._store.put(identity, batch)
            tell_warning(self._store)
        except StoreError as error:  # the run goes on: vectors can be had without a store
            print(f"Warning: vectors are not saved from here on. {printable(error)}", file=sys.stderr)
            self._store = None


def tell_warning(store: VectorStore | None) -> None:
    """Print, once, what a store has to tell its user."""
    if store and store.warning:
        print(f"Warning: {printable(store.warning)}.", file=sys.stderr)
        store.warning = ""
