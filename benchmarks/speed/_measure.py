"""How fast every extractor is on this machine and these photos, beside what people do today, in one run."""

from __future__ import annotations

import os
import platform
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from ...data import Dataset, Item, Photo, PhotoError
from ...embeddings import cache_directory, extractors
from ...embeddings.extraction import Embedder, Photos, embed_photos
from ...embeddings.store import VectorStore
from ...errors import FacebenchError
from ...text import progress_bar, waiting
from ._reference_process import MISSING, library_is_installed
from ._report import ExtractorSpeed, SpeedReport
from ._rounds import Subject, run_rounds
from ._stages import STAGED_PHOTOS, stage_milliseconds

#: Of the sample of photos.
SEED = 0
_COLD_PHOTOS = 32
_COLD = (
    "import sys; from facebench.embeddings import extractors, iter_outcomes; "
    "list(iter_outcomes(extractors.create(sys.argv[1]), sys.argv[2:]))"
)


def measure_speed(dataset: Dataset, names: Sequence[str] = (), photos: int = 200, repeats: int = 3) -> SpeedReport:
    """Measure extractors on a sample of a data set, each beside its references; ours and theirs alternate.

    Args:
        dataset: where photos are drawn from.
        names: extractors, as call strings; default: all of `bench list` but audits, and upsample='auto' of
            face_recognition.
        photos: size of the sample.
        repeats: rounds; figures are medians over these.

    Raises:
        FacebenchError: unknown extractor, no photo that can be read, or a reference that fails.
    """
    subjects = [Subject(name, extractors.create(name)) for name in names or _every_name()]
    items, unreadable = _readable(dataset, photos)
    paths = [item.path for item in items]
    cold = {subject.name: _cold(subject.name, paths[:_COLD_PHOTOS]) for subject in subjects}
    for subject in subjects:
        subject.stages, subject.inputs = stage_milliseconds(subject.extractor, paths[:STAGED_PHOTOS], subject.name)
    rounds = run_rounds(subjects, paths, repeats)
    stored = {subject.name: _stored(subject.name, items, repeats) for subject in subjects}
    return SpeedReport(
        processor=_processor(),
        cores=os.cpu_count() or 1,
        matrix_gflops=median(rounds.matrix),
        title=dataset.title,
        photos=len(items),
        unreadable=unreadable,
        seed=SEED,
        repeats=repeats,
        extractors=[
            ExtractorSpeed(
                name=subject.name,
                photos_per_second=len(items) / median(subject.seconds),
                cold_seconds=cold[subject.name][0],
                cold_photos=min(len(items), _COLD_PHOTOS),
                conversion_seconds=cold[subject.name][1],
                stored_per_second=stored[subject.name],
                without_vector=sum(vector is None for vector in subject.vectors),
                stages=subject.stages,
                references=[rounds.comparison(way, subject.seconds, subject.vectors) for way in subject.ways],
            )
            for subject in subjects
        ],
        networks=[rounds.network(subject) for subject in subjects if subject.network_seconds],
        notes=_notes(subjects, cold),
    )


def _cold(name: str, paths: list[Path]) -> tuple[float, float | None]:
    """Return the seconds from a process' start to its first vectors, and where a network was converted, with that."""

    def start() -> float:
        command = [sys.executable, "-P", "-c", _COLD, name, *(str(path.resolve()) for path in paths)]
        started = time.perf_counter()
        with waiting(f"{name}: cold start"):
            done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 (our own program)
        if done.returncode:
            said = done.stderr.strip().splitlines() or ["no message"]
            raise FacebenchError(f"{name} could not be measured: {said[-1]}")
        return time.perf_counter() - started

    before = _graphs()
    seconds = start()
    return (seconds, None) if _graphs() == before else (start(), seconds)


def _graphs() -> set[Path]:
    return set((cache_directory() / "graphs").glob("[!.]*"))


def _stored(name: str, items: list[Item], repeats: int) -> float:
    """Return the photos per second of passes that find every vector in a store."""
    paths = [item.path for item in items]
    with tempfile.TemporaryDirectory() as folder:
        store = VectorStore(Path(folder, "vectors.sqlite"))
        embed_photos(Photos(paths), Embedder(name, extractors.create(name), store))
        seconds = []
        for _ in range(repeats):
            started = time.perf_counter()
            embed_photos(Photos(paths), Embedder(name, extractors.create(name), store))
            seconds.append(time.perf_counter() - started)
        store.close()
    return len(items) / median(seconds)


def _readable(dataset: Dataset, photos: int) -> tuple[list[Item], int]:
    """Return a sample of photos that can be decoded, and how many cannot; their files are in memory from then on."""
    drawn = random.Random(SEED).sample(dataset.items, min(photos, len(dataset.items)))  # noqa: S311 (no secret)
    readable = []
    with progress_bar("reading photos", len(drawn), "photos") as advance:
        for item in drawn:
            try:
                Photo(item.path).pixels  # noqa: B018
                readable.append(item)
            except PhotoError:
                pass
            advance(1)
    if not readable:
        raise FacebenchError(f"None of the {len(drawn)} photos drawn from {dataset.title} can be read.")
    return readable, len(drawn) - len(readable)


def _every_name() -> list[str]:
    entries = [entry for entry in extractors.entries() if entry.factory is not None]
    available = [e.name for e in entries if not getattr(getattr(e.factory, "card", None), "audit", False)]
    return [*available, *(["face_recognition(upsample='auto')"] if "face_recognition" in available else [])]


def _notes(subjects: list[Subject], cold: dict[str, tuple[float, float | None]]) -> list[str]:
    notes = ["files lie in the memory of the system: no disk is measured"]
    notes += [
        f"{name} was converted for OpenVINO first, once and for all: its first start took {first:.0f} s"
        for name, (_, first) in cold.items()
        if first is not None
    ]
    notes += [
        f"{subject.name} takes faces in other boxes than the library, so its vectors differ a little"
        for subject in subjects
        if getattr(subject.extractor, "upsample", 1) != 1
    ]
    if not library_is_installed() and any(subject.extractor.card.name == "face_recognition" for subject in subjects):
        notes.append(MISSING)
    return notes


def _processor() -> str:
    """Return the processor's name as the system tells it."""
    information = Path("/proc/cpuinfo")
    lines = information.read_text().splitlines() if information.exists() else []
    named = (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    return next(named, "") or platform.processor() or platform.machine()
