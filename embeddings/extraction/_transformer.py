"""An extractor as a scikit-learn transformer, for other people's code."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin

from ...data import Photo, PhotoLike
from ...errors import FacebenchError, counted, printable
from .._extractor import BATCH, Card, Extractor, iter_outcomes
from .._outcome import Failure, Outcome
from .._registry import extractors
from ..store import VectorStore
from ._embedder import Embedder
from ._one_pass import embed_photos
from ._photos import Photos

if TYPE_CHECKING:
    from numpy.typing import NDArray


class ExtractionError(FacebenchError):
    """Photos that gave no vector, all of them in one message.

    Attributes:
        failures: (name of the photo, why), in order.
    """

    def __init__(self, failures: list[tuple[str, Failure]]) -> None:
        lines = [f"  {printable(name)}: {failure.reason} ({failure.detail})" for name, failure in failures]
        photos = counted(len(failures), "photo")
        super().__init__(f"{photos} gave no vector:\n" + "\n".join(lines) + "\nRemove them, or take on_failure='nan'.")
        self.failures = failures


class PhotoTransformer(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Paths, Pillow images or uint8 RGB arrays to vectors, with scikit-learn's fit / transform / get_params.

    Args:
        extractor: name or call string, such as "mobilenet" or "face_recognition(faces='center')".
        on_failure: "raise" one `ExtractionError` that lists every failed photo, or a row of "nan" for each.
        store: whether vectors are looked up and saved in the store of vectors, which `bench run` uses, too.
    """

    def __init__(self, extractor: str, on_failure: Literal["raise", "nan"] = "raise", store: bool = False) -> None:
        self.extractor = extractor
        self.on_failure = on_failure
        self.store = store

    @property
    def card(self) -> Card:
        """What is known about the extractor."""
        return self._instance.card

    def fit(self, X: Any = None, y: Any = None) -> PhotoTransformer:  # noqa: ARG002 (scikit-learn's signature)
        """Do nothing: extractors are frozen."""
        return self

    def transform(self, X: Iterable[PhotoLike]) -> NDArray[np.float32]:
        """Return the vectors of the photos X, float32 (n, dimension).

        Raises:
            ExtractionError: a photo failed and `on_failure` is "raise".
            TypeError: X is one photo, or holds something that is none.
            ValueError: `on_failure` is neither "raise" nor "nan".
        """
        if self.on_failure not in ("raise", "nan"):
            raise ValueError(f"on_failure is 'raise' or 'nan', not {self.on_failure!r}")
        # The letters of a path or the rows of an array would pass for photos.
        if isinstance(X, str) or (isinstance(X, np.ndarray) and X.ndim == 3 and X.shape[2] == 3):
            raise TypeError("transform takes a list of photos: [photo] for a single one")
        sources = list(X)
        outcomes = self._stored(sources) if self.store else list(self.iter(sources))
        failures = [(Photo(s).name, o) for s, o in zip(sources, outcomes, strict=True) if isinstance(o, Failure)]
        if failures and self.on_failure == "raise":
            raise ExtractionError(failures)
        nothing = np.full(self.card.dimension, np.nan, np.float32)
        rows = [nothing if isinstance(outcome, Failure) else outcome.vector for outcome in outcomes]
        return np.stack(rows) if rows else np.empty((0, self.card.dimension), np.float32)

    def iter(self, photos: Iterable[PhotoLike]) -> Iterator[Outcome]:
        """Yield one outcome per photo, in order, with only a batch of photos in memory."""
        if not self.store:
            return iter_outcomes(self._instance, photos)
        remaining = iter(photos)
        batches = iter(lambda: list(islice(remaining, BATCH)), [])
        return (outcome for batch in batches for outcome in self._stored(batch))

    def _stored(self, photos: Sequence[PhotoLike]) -> list[Outcome]:
        store = VectorStore()
        try:
            return embed_photos(Photos(photos), Embedder(self.extractor, self._instance, store)).outcomes
        finally:
            store.close()

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def __getstate__(self) -> dict[str, Any]:
        # Networks stay behind: a copy in another process loads its own.
        return {key: value for key, value in super().__getstate__().items() if key != "_loaded"}

    @property
    def _instance(self) -> Extractor:
        loaded = self.__dict__.get("_loaded")
        if loaded is None or loaded[0] != self.extractor:
            loaded = self._loaded = self.extractor, extractors.create(self.extractor)
        instance: Extractor = loaded[1]
        return instance
