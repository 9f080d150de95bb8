"""The photos that are measured: some of those given, and the first of them as a phone takes them."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

from ...data import Dataset, Photo, PhotoError
from ...errors import FacebenchError
from ...text import progress_bar
from ._phone_photos import phone_photos

#: Of the sample of photos.
SEED = 0
_LARGE_PHOTOS = 24  # each costs far more than a small one


def readable_sample(dataset: Dataset, photos: int) -> tuple[Dataset, int]:
    """Return a sample of photos that can be decoded, and how many cannot; their files are in memory from then on.

    Raises:
        FacebenchError: there is none.
    """
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
    return Dataset(dataset.title, dataset.slug, tuple(readable)), len(drawn) - len(readable)


def large_sample(sample: Dataset, folder: Path, megapixels: float) -> tuple[Dataset, int]:
    """Return the first photos of a sample at a size, and how many were enlarged for it, into `folder`."""
    some = sample.items[:_LARGE_PHOTOS]
    paths, enlarged = phone_photos([item.path for item in some], folder, megapixels)
    items = (replace(item, file=str(path)) for item, path in zip(some, paths, strict=True))
    return Dataset(sample.title, sample.slug, tuple(items)), enlarged
