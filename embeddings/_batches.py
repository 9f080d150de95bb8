"""Any photos to outcomes that can be relied on, whoever wrote the extractor."""

from collections import deque
from collections.abc import Iterable, Iterator

import numpy as np

from ..data import Photo, PhotoLike
from ..errors import FacebenchError
from ._extractor import Embedding, Extractor, Outcome


def iter_outcomes(extractor: Extractor, photos: Iterable[PhotoLike]) -> Iterator[Outcome]:
    """Yield one outcome per photo, in order; memory does not grow with their number.

    Raises:
        FacebenchError: the extractor breaks its contract: a vector of another shape or type than on its card, or
            another number of outcomes than of photos.
    """
    names: deque[str] = deque()

    def named() -> Iterator[Photo]:
        for source in photos:
            photo = Photo(source)
            names.append(photo.name)
            yield photo

    asked = named()
    for outcome in extractor.stream(asked):
        if not names:
            raise FacebenchError(f"The extractor {extractor.card.name} gave more outcomes than it took photos.")
        name = names.popleft()
        if isinstance(outcome, Embedding):
            _check(extractor, name, outcome)
        yield outcome
    if names or next(asked, None) is not None:
        raise FacebenchError(f"The extractor {extractor.card.name} gave fewer outcomes than there are photos.")


def _check(extractor: Extractor, photo: str, embedding: Embedding) -> None:
    vector, card = np.asarray(embedding.vector), extractor.card
    if vector.shape != (card.dimension,) or vector.dtype != np.float32 or not np.isfinite(vector).all():
        raise FacebenchError(
            f"The extractor {card.name} gave {photo} a vector of shape {vector.shape}, type {vector.dtype}, or with "
            f"values that are no numbers; its card says {card.dimension} components, and vectors are float32."
        )
