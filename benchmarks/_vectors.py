"""Every photo of a data set embedded once by one extractor."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..data import FAULTS, Dataset, Photo, PhotoError
from ..embeddings import Embedding, Extractor, Failure, Outcome, iter_outcomes
from ._progress import progress_bar, waiting
from ._schema import ExtractorResult

if TYPE_CHECKING:
    from numpy.typing import NDArray


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


def embed_dataset(dataset: Dataset, name: str, extractor: Extractor) -> Vectors:
    """Return the vectors of all photos of the data set; each is decoded and embedded once."""
    started = time.perf_counter()
    with waiting(f"{name}: loading"):
        extractor.load()
    loaded = time.perf_counter()

    hashes: list[str] = []
    outcomes: list[Outcome] = []
    with progress_bar(name, len(dataset.items), "photos") as advance:
        for outcome in iter_outcomes(extractor, _photos(dataset, hashes)):
            outcomes.append(outcome)
            advance(1)
    finished = time.perf_counter()

    matrix = np.zeros((len(outcomes), extractor.card.dimension), dtype=np.float32)
    embedded = np.array([isinstance(outcome, Embedding) for outcome in outcomes])
    for row, outcome in zip(matrix, outcomes, strict=True):
        if isinstance(outcome, Embedding):
            row[:] = outcome.vector
    summary = ExtractorResult(
        extractor=name,
        card=asdict(extractor.card),
        photos=len(outcomes),
        failures=Counter(outcome.reason for outcome in outcomes if isinstance(outcome, Failure)),
        load_seconds=loaded - started,
        extract_seconds=finished - loaded,
    )
    return Vectors(outcomes, matrix, embedded, hashes, summary)


def _photos(dataset: Dataset, hashes: list[str]) -> Iterator[Photo]:
    """Yield the photos, noting the hash of each: its bytes are read once, for the hash and for the decoder."""
    for item in dataset.items:
        photo = Photo(item.path)
        try:
            hashes.append(photo.sha256)
        except PhotoError:
            hashes.append("")
        yield photo
