"""The speed of every extractor on this machine and these photos, compared with common alternatives in one run."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from ...data import Dataset
from ...embeddings import Extractor, extractors
from ...embeddings.extraction import Embedder, Photos, embed_photos
from ...embeddings.store import VectorStore
from ...errors import FacebenchError
from ...text import waiting
from ._alone import detector_speeds, fit_speed
from ._phone_photos import MEGAPIXELS
from ._reference_process import ReferenceProcess, library_is_installed, missing_library
from ._report import ExtractorSpeed, LargePhotos, SpeedReport
from ._rounds import Rounds, Subject, run_rounds
from ._sample import SEED, large_sample, readable_sample
from ._stages import STAGED_PHOTOS, stage_milliseconds

_COLD_PHOTOS = 32
_LARGE_LIBRARY_PHOTOS = 3  # face_encodings takes ten seconds for each
_COLD = (
    "import sys; from facebench.embeddings import extractors, iter_outcomes; "
    "list(iter_outcomes(extractors.create(sys.argv[1]), sys.argv[2:]))"
)


def measure_speed(
    dataset: Dataset,
    names: Sequence[str] = (),
    photos: int = 200,
    repeats: int = 3,
    megapixels: float = MEGAPIXELS,
) -> SpeedReport:
    """Measure extractors on a sample of a data set, each beside its references; ours and theirs alternate.

    Args:
        dataset: where photos are drawn from.
        names: extractors, as call strings; default: all of `bench list` that can be made by name, but audits, and
            upsample='auto' of face_recognition.
        photos: size of the sample.
        repeats: rounds; results are medians over these.
        megapixels: size of the photos of a second measurement, with the first few of the sample; smaller photos are
            enlarged for it. 0: there is none.

    Raises:
        FacebenchError: unknown extractor, no photo that can be read, or a reference that fails.
    """
    extractor_of = {name: extractors.create(name) for name in names or _every_name()}
    sample, unreadable = readable_sample(dataset, photos)
    with tempfile.TemporaryDirectory() as folder, ReferenceProcess(Path(folder)) as references:
        given = _measured([Subject(*named) for named in extractor_of.items()], sample, repeats, references)
        large = _on_large_photos(extractor_of, sample, repeats, references, megapixels) if megapixels else None
        fit = None if names else fit_speed(references, repeats)
    searching = any(getattr(extractor, "detector", None) for extractor in extractor_of.values())
    return SpeedReport(
        processor=_processor(),
        cores=os.cpu_count() or 1,
        matrix_gflops=median(given.rounds.matrix),
        title=dataset.title,
        photos=len(sample.items),
        unreadable=unreadable,
        seed=SEED,
        repeats=repeats,
        extractors=given.speeds,
        large=large,
        networks=[given.rounds.network(subject) for subject in given.subjects if subject.network_seconds],
        detectors=detector_speeds([item.path for item in sample.items], repeats) if searching else [],
        fit=fit,
        notes=_notes(given),
    )


@dataclass(frozen=True, eq=False)
class _Measured:
    """What extractors did with some photos."""

    subjects: list[Subject]
    rounds: Rounds
    speeds: list[ExtractorSpeed]


def _measured(
    subjects: list[Subject],
    sample: Dataset,
    repeats: int,
    references: ReferenceProcess,
    library_photos: int | None = None,
) -> _Measured:
    """Measure extractors on all photos of a sample, the library face_recognition on the first few perhaps."""
    paths = [item.path for item in sample.items]
    cold = {subject.name: _cold(subject.name, paths[:_COLD_PHOTOS]) for subject in subjects}
    for subject in subjects:
        if detector := getattr(subject.extractor, "detector", None):
            detector.expect(10**6)
        subject.stages, subject.inputs = stage_milliseconds(subject.extractor, paths[:STAGED_PHOTOS], subject.name)
    rounds = run_rounds(subjects, paths, repeats, references, library_photos)
    speeds = [
        ExtractorSpeed(
            name=subject.name,
            photos_per_second=len(paths) / median(subject.seconds),
            cold_seconds=cold[subject.name],
            cold_photos=min(len(paths), _COLD_PHOTOS),
            stored_per_second=_stored(subject.name, sample, repeats),
            without_vector=sum(vector is None for vector in subject.vectors),
            stages=subject.stages,
            references=[rounds.comparison(way, subject.seconds, subject.vectors) for way in subject.ways],
        )
        for subject in subjects
    ]
    return _Measured(subjects, rounds, speeds)


def _on_large_photos(
    extractor_of: dict[str, Extractor],
    sample: Dataset,
    repeats: int,
    references: ReferenceProcess,
    megapixels: float,
) -> LargePhotos:
    """Measure the same on photos as a phone takes them; networks see no difference."""
    subjects = [Subject(*named, network_alone=False) for named in extractor_of.items()]
    with tempfile.TemporaryDirectory() as folder:
        large, enlarged = large_sample(sample, Path(folder), megapixels)
        speeds = _measured(subjects, large, repeats, references, _LARGE_LIBRARY_PHOTOS).speeds
    return LargePhotos(megapixels, len(large.items), enlarged, speeds)


def _cold(name: str, paths: list[Path]) -> float:
    """Return the seconds from a process' start to its first vectors."""
    command = [sys.executable, "-P", "-c", _COLD, name, *(str(path.resolve()) for path in paths)]
    started = time.perf_counter()
    with waiting(f"{name}: cold start"):
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 (our own program)
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["no message"]
        raise FacebenchError(f"{name} could not be measured: {said[-1]}")
    return time.perf_counter() - started


def _stored(name: str, sample: Dataset, repeats: int) -> float:
    """Return the photos per second of passes that find every vector in a store."""
    paths = [item.path for item in sample.items]
    with tempfile.TemporaryDirectory() as folder:
        store = VectorStore(Path(folder, "vectors.sqlite"))
        embed_photos(Photos(paths), Embedder(name, extractors.create(name), store))
        seconds = []
        for _ in range(repeats):
            started = time.perf_counter()
            embed_photos(Photos(paths), Embedder(name, extractors.create(name), store))
            seconds.append(time.perf_counter() - started)
        store.close()
    return len(sample.items) / median(seconds)


def _every_name() -> list[str]:
    entries = [entry for entry in extractors.entries() if entry.factory is not None]
    seeing = [e.name for e in entries if not getattr(getattr(e.factory, "card", None), "audit", False)]
    return [name for name in [*seeing, "face_recognition(upsample='auto')"] if _can_be_made(name)]


def _can_be_made(name: str) -> bool:
    """Return whether an extractor needs no parameter, and no package that is missing."""
    try:
        extractors.create(name)
    except FacebenchError:
        return False
    return True


def _notes(given: _Measured) -> list[str]:
    notes = ["files lie in the memory of the system: no disk is measured"]
    notes += [
        f"{subject.name} takes faces in other boxes than the library, so its vectors differ a little"
        for subject in given.subjects
        if getattr(subject.extractor, "upsample", 1) != 1
    ]
    if not library_is_installed() and any(s.extractor.card.name == "face_recognition" for s in given.subjects):
        notes.append(missing_library())
    return notes


def _processor() -> str:
    """Return the processor's name as the system tells it."""
    information = Path("/proc/cpuinfo")
    lines = information.read_text().splitlines() if information.exists() else []
    named = (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    return next(named, "") or platform.processor() or platform.machine()
