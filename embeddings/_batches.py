"""Photos to outcomes, a batch at a time: what is in memory does not grow with their number."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

import numpy as np

from ..data import Photo, PhotoLike
from ..errors import FacebenchError
from ._extractor import Extractor, Failure, Outcome

#: Photos that are in memory together.
BATCH = 32


def iter_outcomes(extractor: Extractor, photos: Iterable[PhotoLike]) -> Iterator[Outcome]:
    """Yield one outcome per photo, in order, batch by batch."""
    remaining = iter(photos)
    while batch := [Photo(source) for source in islice(remaining, BATCH)]:
        yield from _checked(extractor, batch)


def _checked(extractor: Extractor, batch: Sequence[Photo]) -> list[Outcome]:
    # Plug-ins are other people's code: a wrong count or shape here would shift every later photo.
    outcomes = extractor.embed(batch)
    dimension = extractor.card.dimension
    if len(outcomes) != len(batch):
        raise FacebenchError(
            f"The extractor {extractor.card.name} gave {len(outcomes)} outcomes for {len(batch)} photos."
        )
    for photo, outcome in zip(batch, outcomes, strict=True):
        if isinstance(outcome, Failure):
            continue
        vector = np.asarray(outcome.vector)
        if vector.shape != (dimension,) or vector.dtype != np.float32 or not np.isfinite(vector).all():
            raise FacebenchError(
                f"The extractor {extractor.card.name} gave {photo.name} a vector of shape {vector.shape}, type "
                f"{vector.dtype}, or with values that are no numbers; its card says {dimension} components, and "
                "vectors are float32."
            )
    return outcomes
