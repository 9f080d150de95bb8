"""Vectors of a run's photos, as the store has them: looked up, and never made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ...data import store_key
from ...embeddings import Embedding, VectorStore, extractors
from ...embeddings.extraction import Embedder
from ...errors import FacebenchError
from ..results import RunResult, read_photo_list

if TYPE_CHECKING:
    from numpy.typing import NDArray


def keys_of(folder: Path, paths: Iterable[str], hashes: Iterable[str]) -> list[str]:
    """Return under which key the store has each of some photos of a run; no photo is opened.

    Args:
        folder: of the run; one of an older facebench does not list its photos.
        paths: of the photos, as its predictions have them.
        hashes: likewise.
    """
    listed = {photo.path: photo.key for photo in read_photo_list(folder) or []}
    return [listed.get(path) or store_key(sha256, 1) for path, sha256 in zip(paths, hashes, strict=True)]


def stored_vectors(
    result: RunResult, extractor: str, keys: Sequence[str], store: VectorStore | None
) -> dict[int, NDArray[np.float32]]:
    """Return the vectors that the store has, by the position of their photo, in order.

    Args:
        result: the run.
        extractor: one of its extractors.
        keys: under which the store has the photos.
        store: where they are looked up; None: nowhere.

    Raises:
        FacebenchError: the vectors were not made here, or the extractor cannot be made here any more; or the store
            cannot be read.
    """
    if any(made.extractor == extractor and made.file for made in result.extractors):
        raise FacebenchError(f"the vectors of {extractor} were not made here.")
    if store is None:
        return {}
    made = extractors.create(extractor, runtime=result.settings.runtime)
    found = Embedder(extractor, made, store).look_up(list(keys))
    outcomes = ((position, found.get(key)) for position, key in enumerate(keys))
    return {position: outcome.vector for position, outcome in outcomes if isinstance(outcome, Embedding)}
