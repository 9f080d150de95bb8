"""Our passes over the photos and those of the references, in turns, and how they compare."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np

from ...embeddings import Embedding, Extractor, StagedExtractor, iter_outcomes
from ...text import progress_bar, waiting
from ._reference_process import TITLES, ReferenceProcess, library_is_installed
from ._report import Comparison, NetworkSpeed
from ._stages import GFLOP, matrix_gflops

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: The ways of `_reference` that give an extractor's vectors, by the name on its card.
_WAYS = {"mobilenet": ("keras_1", "keras_32"), "face_recognition": ("face_encodings",)}
_NETWORK_INPUTS = 128  # many requests, so that their beginning and end do not count
_PASSES = 5  # through the network alone, within a round
_CHIPS = 64  # dlib takes a tenth of a second for each


@dataclass(eq=False)
class Subject:
    """An extractor under measurement: seconds and vectors of its passes, and of its network's, if that is measured."""

    name: str
    extractor: Extractor
    network_alone: bool = True
    stages: dict[str, float] = field(default_factory=dict)
    inputs: NDArray[np.uint8] | None = None
    seconds: list[float] = field(default_factory=list)
    vectors: list[NDArray[Any] | None] = field(default_factory=list)
    network_seconds: list[float] = field(default_factory=list)

    @property
    def ways(self) -> tuple[str, ...]:
        """The references that give the same vectors, as far as they are installed."""
        ways = _WAYS.get(self.extractor.card.name, ())
        return ways if "face_encodings" not in ways or library_is_installed() else ()

    @property
    def chips(self) -> NDArray[np.uint8] | None:
        """Inputs that dlib's network takes too, if this is its network."""
        if self.inputs is None or self.extractor.card.name != "face_recognition":
            return None
        return self.inputs[:_CHIPS]


@dataclass(eq=False)
class Rounds:
    """What the rounds gave besides our own passes; `chips` are what dlib's network was given."""

    chips: NDArray[np.uint8] | None
    matrix: list[float] = field(default_factory=list)
    seconds: dict[str, list[float]] = field(default_factory=dict)
    vectors: dict[str, list[NDArray[Any]]] = field(default_factory=dict)

    def comparison(self, way: str, ours: list[float], vectors: Sequence[NDArray[Any] | None]) -> Comparison:
        """Return how our seconds and vectors compare with those of a way over the same photos, or the first of them."""
        theirs = self.vectors[way]
        share = len(theirs) / len(vectors)
        vectors = vectors[: len(theirs)]
        # Of several faces the library gives all: ours is one of them.
        pairs = [(a, b) for a, b in zip(vectors, theirs, strict=True) if a is not None and len(b)]
        differences = [float(np.abs(b - a).max(axis=1).min()) for a, b in pairs]
        return Comparison(
            reference=TITLES[way],
            photos=len(theirs),
            photos_per_second=len(theirs) / median(self.seconds[way]),
            ratio=median(b / (share * a) for a, b in zip(ours, self.seconds[way], strict=True)),
            largest_difference=max(differences, default=None),
            compared=len(pairs),
            only_ours=sum(a is not None and not len(b) for a, b in zip(vectors, theirs, strict=True)),
            only_theirs=sum(a is None and len(b) > 0 for a, b in zip(vectors, theirs, strict=True)),
        )

    def network(self, subject: Subject) -> NetworkSpeed:
        """Return what a subject's network did alone."""
        assert isinstance(subject.extractor, StagedExtractor)  # noqa: S101
        gflop = GFLOP.get(subject.extractor.network.name)
        rate = _NETWORK_INPUTS / median(subject.network_seconds)
        each = [seconds / _NETWORK_INPUTS for seconds in subject.network_seconds]
        return NetworkSpeed(
            extractor=subject.name,
            gflop=gflop,
            photos_per_second=rate,
            gflops=gflop and gflop * rate,
            fraction=gflop and median(gflop / s / peak for s, peak in zip(each, self.matrix, strict=True)),
            references=self._with_dlib(subject.extractor, each) if subject.chips is not None else [],
        )

    def _with_dlib(self, extractor: StagedExtractor, each: list[float]) -> list[Comparison]:
        assert self.chips is not None  # noqa: S101
        return [self.comparison("dlib", [s * len(self.chips) for s in each], list(extractor.infer(self.chips)))]


def run_rounds(
    subjects: list[Subject],
    paths: list[Path],
    repeats: int,
    references: ReferenceProcess,
    library_photos: int | None = None,
) -> Rounds:
    """Run everything `repeats` times, in turns: what slows the machine down meanwhile slows down all.

    Args:
        subjects: extractors.
        paths: of the photos.
        repeats: rounds.
        references: goes the ways of the references.
        library_photos: how many of the photos, at most, the library face_recognition goes through; default: all.
    """
    alone = _networks_once(subjects)
    rounds = Rounds(next((subject.chips for subject in alone if subject.chips is not None), None))
    ways = list(dict.fromkeys(way for subject in subjects for way in subject.ways))
    photos = {way: paths[:library_photos] if way == "face_encodings" else paths for way in ways}
    ways += ["dlib"] if rounds.chips is not None else []
    references.give(photos, rounds.chips)
    for _ in range(repeats):
        for subject in subjects:
            _pass(subject, paths)
        for way in ways:
            rounds.seconds.setdefault(way, []).append(references.seconds(way))
        if not any(subject.network_alone for subject in subjects):
            continue
        with waiting("networks alone"):
            rounds.matrix.append(matrix_gflops())
            for subject in alone:
                subject.network_seconds.append(_network_seconds(subject))
    rounds.vectors = {way: references.vectors(way) for way in ways}
    return rounds


def _networks_once(subjects: list[Subject]) -> list[Subject]:
    """Return the first subject of each network and runtime that is measured alone."""
    first: dict[tuple[str, str], Subject] = {}
    for subject in subjects:
        if not subject.network_alone or subject.inputs is None:
            continue
        if isinstance(subject.extractor, StagedExtractor):
            first.setdefault((subject.extractor.network.name, subject.extractor.runtime), subject)
    return list(first.values())


def _pass(subject: Subject, paths: list[Path]) -> None:
    """Go once from all photos to vectors, the store left out."""
    vectors = []
    started = time.perf_counter()
    with progress_bar(subject.name, len(paths), "photos") as advance:
        for outcome in iter_outcomes(subject.extractor, paths):
            vectors.append(outcome.vector if isinstance(outcome, Embedding) else None)
            advance(1)
    subject.seconds.append(time.perf_counter() - started)
    subject.vectors = vectors


def _network_seconds(subject: Subject) -> float:
    """Return what the network alone takes for `_NETWORK_INPUTS` inputs."""
    assert isinstance(subject.extractor, StagedExtractor)  # noqa: S101
    assert subject.inputs is not None  # noqa: S101
    batch = np.resize(subject.inputs, (_NETWORK_INPUTS, *subject.inputs.shape[1:]))
    seconds = []
    for _ in range(_PASSES):
        started = time.perf_counter()
        subject.extractor.infer(batch)
        seconds.append(time.perf_counter() - started)
    return median(seconds)
