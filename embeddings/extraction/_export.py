"""`bench embed`: the vectors of a folder of photos as a file, for other programs."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np

from ...data import FAULTS, Dataset
from ...files import check_output, write_private
from .._identity import extractor_identity
from .._outcome import box_text, outcome_text
from .._registry import extractors
from ..networks import Runtime
from ..store import VectorStore
from ..vector_files import FORMATS, VectorTable
from ._embedder import Embedder
from ._one_pass import embed_photos
from ._photos import Photos
from ._vectors import Vectors


@dataclass(frozen=True)
class Export:
    """What was written.

    Attributes:
        photos: rows.
        with_vector: rows that have one.
        failures: rows without, by reason.
    """

    photos: int
    with_vector: int
    failures: Counter[str]

    @property
    def readable(self) -> int:
        """Photos that can be decoded."""
        return self.photos - sum(count for reason, count in self.failures.items() if reason in FAULTS)


def export_vectors(
    dataset: Dataset,
    file: Path,
    name: str = "face_recognition",
    *,
    store: VectorStore | None = None,
    runtime: Runtime = "openvino",
) -> Export:
    """Write a row per photo (path, sha256, person, outcome, box, vector) as .npz or .parquet, mode 0600.

    A photo without a vector (no face, not readable) is a row too: NaN in .npz, null in .parquet.

    Args:
        dataset: the photos, of `photos_folder` or `orl_faces`.
        file: ends in .npz or .parquet; an older one of this function is replaced, anything else is not.
        name: of the extractor, or its call string.
        store: where vectors are looked up and kept.
        runtime: how networks run.

    Raises:
        FacebenchError: unknown extractor, a file that cannot be written or must not, or .parquet without pyarrow.
    """
    form = FORMATS.get(file.suffix.lower())
    if form:
        form.check()
    check_output(file, "--output", tuple(FORMATS), lambda there: form is not None and form.is_ours(there))
    assert form is not None  # noqa: S101 (check_output has raised otherwise)
    extractor = extractors.create(name, runtime=runtime)
    vectors = embed_photos(Photos(dataset.items), Embedder(name, extractor, store))
    table = _table(dataset, vectors)
    about = {
        "version": version("facebench"),
        # The call string with all its parameters, the runtime among them.
        "extractor": extractor_identity(extractors, name, extractor).title,
        "dimension": str(extractor.card.dimension),
        "card": json.dumps(extractor.card.facts()),
    }
    write_private(file, form.packed(table, about), "--output")
    return Export(len(table.path), int(vectors.embedded.sum()), vectors.reasons)


def _table(dataset: Dataset, vectors: Vectors) -> VectorTable:
    return VectorTable(
        path=[item.name for item in dataset.items],
        sha256=vectors.hashes,
        person=[item.person or "" for item in dataset.items],
        outcome=[outcome_text(outcome) for outcome in vectors.outcomes],
        box=[box_text(vectors.boxes.get(photo)) for photo in range(len(vectors.hashes))],
        vectors=np.where(vectors.embedded[:, None], vectors.matrix, np.float32(np.nan)),
    )
