"""Photo -> vector: extractors, by name, as scikit-learn transformers.

>>> from facebench.data import orl_faces
>>> from facebench.embeddings import load_extractor
>>> paths = [item.path for item in orl_faces().items[:2]]
>>> load_extractor("face_recognition").transform(paths).shape
(2, 128)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from ._cache import cache_directory, cache_place
from ._extractor import Card, Extractor, Identity, iter_outcomes
from ._licence import Terms, terms_of
from ._outcome import EMBEDDED, Box, Embedding, Failure, Outcome, box_text, outcome_text
from ._registry import extractors
from ._staged import Prepared, StagedExtractor
from ._threaded import ThreadedExtractor
from .networks import Runtime
from .store import StoreError, VectorStore

if TYPE_CHECKING:
    from .extraction._transformer import ExtractionError, PhotoTransformer


def load_extractor(
    name: str, on_failure: Literal["raise", "nan"] = "raise", *, store: bool = False
) -> PhotoTransformer:
    """Return an extractor with scikit-learn's `fit` / `transform` / `get_params`.

    It takes paths, Pillow images or uint8 RGB arrays and gives float32 vectors (n, dimension). A photo that fails
    raises one `ExtractionError` (in `facebench.embeddings`) that lists all that failed; with `on_failure="nan"`
    its row is NaN.

    Args:
        name: a name of `bench list` or a call string, such as "face_recognition(faces='center')".
        on_failure: "raise" or "nan".
        store: whether vectors are looked up and saved in the store of vectors, which `bench run` uses, too (`bench
            cache info`); a photo that is there is not decoded. By default nothing is saved.

    Raises:
        FacebenchError: unknown name or parameter.

    >>> import numpy as np
    >>> faces = load_extractor("face_recognition", on_failure="nan")
    >>> bool(np.isnan(faces.transform([np.zeros((80, 80, 3), np.uint8)])).all())
    True
    """
    from .extraction._transformer import PhotoTransformer

    extractors.create(name)  # a wrong name fails here, not at the first photo
    return PhotoTransformer(name, on_failure, store)


def __getattr__(name: str) -> object:
    if name == "ExtractionError":  # its module needs scikit-learn
        from .extraction._transformer import ExtractionError

        return ExtractionError
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
    "EMBEDDED",
    "Box",
    "Card",
    "Embedding",
    "ExtractionError",
    "Extractor",
    "Failure",
    "Identity",
    "Outcome",
    "Prepared",
    "Runtime",
    "StagedExtractor",
    "StoreError",
    "Terms",
    "ThreadedExtractor",
    "VectorStore",
    "box_text",
    "cache_directory",
    "cache_place",
    "extractors",
    "iter_outcomes",
    "load_extractor",
    "outcome_text",
    "terms_of",
]
