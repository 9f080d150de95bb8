"""What disk and memory a run needs at most, said before it begins."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...classifiers import load_head
from ...data import FINGERPRINT_DIMENSION, MAX_PIXELS, Dataset, folder_spelled
from ...embeddings import Extractor, ThreadedExtractor, extractors
from ...embeddings.built_in import Fusion, Properties
from ...embeddings.vector_files import size_of
from .._settings import Settings
from ._audit import audits_of
from ._plan import targets_of

#: Bytes that a stored vector takes besides its components, a photo in all lists of a run, and a row of predictions.
_ROW, _PHOTO, _PREDICTION = 640, 8_000, 400
#: Bytes of the program and its libraries, with networks on OpenVINO, and with TensorFlow; of compiled code on disk.
_PROGRAM, _WITH_NETWORKS, _WITH_TENSORFLOW, _COMPILED = 300_000_000, 700_000_000, 1_600_000_000, 2_000_000
#: Bytes of a pixel of a photo, as an array, as an image and as one without its face; and of the search for faces on it.
_PIXEL, _SEARCH = 11, 150_000_000
#: Copies of all vectors that a head may make of them.
_COPIES = 4
#: Bytes per byte of a file of vectors: itself, the table in it and that of the photos, which may be float16 in it.
_OF_FILE = 1 + 2 * (2 + _COPIES)
#: Pixels of a phone's photo.
_USUAL = 12_200_000


@dataclass(frozen=True)
class Needs:
    """What a run needs at most, in bytes.

    Attributes:
        disk: for vectors and results.
        memory: with photos of 12 megapixels at most.
        largest: memory with the largest photos that are decoded.
    """

    disk: int
    memory: int
    largest: int

    def __str__(self) -> str:
        """Return it in words.

        >>> str(Needs(3_400_000, 400_000_000, 2_000_000_000))
        'Needs at most 4 MB of disk and 0.4 GB of memory (2.0 GB with photos of 89 megapixels)'
        """
        memory, largest = (f"{amount / 1e9:.1f} GB" for amount in (self.memory, self.largest))
        return (
            f"Needs at most {-(-self.disk // 1_000_000):,} MB of disk and {memory} of memory ({largest} with photos of "
            f"{MAX_PIXELS // 1_000_000} megapixels)"
        )

    def said(self, folder: Path) -> str:
        """Return it in words, with a warning where the disk of a folder, or this machine's memory, has less."""
        free, built_in = shutil.disk_usage(folder).free, _memory_of_this_machine()
        warnings = ""
        if free < self.disk:
            warnings += f"; only {free // 1_000_000:,} MB are free in {folder}: make room, or set FACEBENCH_CACHE"
        if built_in is not None and built_in < self.memory:
            warnings += f"; this machine has {built_in / 1e9:.1f} GB: if they do not suffice, take fewer photos"
        return f"{self}{warnings}"


def _memory_of_this_machine() -> int | None:
    """Return its memory in bytes, free or not; None where the system does not say."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None


def needs_of(dataset: Dataset, settings: Settings, hard_by: str | None = None) -> Needs:
    """Return what a run of a data set needs at most; no photo is opened.

    Args:
        dataset: the photos.
        settings: of the run.
        hard_by: an extractor whose vectors are stored besides, as in `run_benchmark`.

    Raises:
        FacebenchError: unknown names, too few photos, or a file of vectors that is not there.
    """
    targets = len(targets_of(dataset, settings))
    heads = [load_head(head, settings.seed) for head in settings.heads]  # a run that is refused needs nothing
    photos = len(dataset.items)
    compared = [extractors.create(name) for name in settings.extractors]
    working = [*compared, *(part for one in compared if isinstance(one, Fusion) for part in one.extractors)]
    working += [extractors.create(name) for name in (hard_by,) if name]
    audits = [extractors.create(name) for name in audits_of(settings.audit, dataset)]
    files = [size_of(folder_spelled(file)) for file in settings.vectors]
    each = 1 + settings.augment
    components = sum(each * one.card.dimension for one in working) + sum(one.card.dimension for one in audits)
    beside = FINGERPRINT_DIMENSION + Properties.card.dimension
    rows = each * len(working) + len(audits) + 3  # the screening's own, properties, and detections
    pairings = (len(compared) + len(files)) * len(settings.heads) + len(audits)
    tested = pairings * targets * settings.repeats_for(targets) * (photos // 4 + 2)
    disk = photos * (4 * (components + beside) + _ROW * rows + _ROW) + tested * _PREDICTION
    at_once = os.cpu_count() or 1
    memory = _libraries(compared, heads) + _OF_FILE * sum(files)
    memory += photos * (_PHOTO + 4 * (components * _COPIES + beside)) + tested * _PREDICTION
    if any(isinstance(one, ThreadedExtractor) and one.detector for one in working):
        memory += at_once * _SEARCH
    return Needs(
        disk=disk + _COMPILED,
        memory=memory + at_once * _PIXEL * _USUAL,
        largest=memory + at_once * _PIXEL * MAX_PIXELS,
    )


def _libraries(compared: Sequence[Extractor], heads: Sequence[Any]) -> int:
    """Return the bytes of the program with the libraries that extractors and heads use."""
    if any(getattr(one, "runtime", "") == "tensorflow" for one in compared):
        return _WITH_TENSORFLOW
    if any(getattr(head, "trainer", "") == "keras" for head in heads):
        return _WITH_TENSORFLOW
    return _WITH_NETWORKS if any(one.card.network for one in compared) else _PROGRAM
