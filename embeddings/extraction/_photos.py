"""Where photos to embed come from: each with the key under which its vectors are stored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from ...data import Item, Photo, PhotoError, PhotoLike
from ...text import progress_bar


class PhotoSource(Protocol):
    """Photos by position.

    Attributes:
        keys: one per photo; an empty one is never stored. Those of files that have changed are corrected when read.
        what: they are, in the plural, for progress.
    """

    keys: list[str]
    what: str

    def read(self, positions: Sequence[int]) -> Iterator[tuple[str, Photo]]:
        """Yield the photos at some positions, each with the key of the very bytes that it yields."""


class Photos:
    """Photos of a data set, or anything else that is a photo; their keys are those of `Photo.key`.

    Args:
        photos: items, paths, files' bytes, Pillow images or uint8 RGB arrays.
        keys: where they are known; default: all photos are read.
    """

    what = "photos"

    def __init__(self, photos: Sequence[PhotoLike | Item], keys: list[str] | None = None) -> None:
        self.photos = photos
        self.keys = key_each(photos) if keys is None else keys

    @classmethod
    def unstored(cls, photos: Sequence[PhotoLike]) -> Photos:
        """Return photos whose outcomes are stored nowhere: they have no keys, and none is hashed."""
        return cls(photos, [""] * len(photos))

    def read(self, positions: Sequence[int]) -> Iterator[tuple[str, Photo]]:
        """Yield the photos at some positions, each with its key."""
        keyed = any(self.keys)
        for position in positions:
            photo = _photo(self.photos[position])
            yield key_of(photo) if keyed else "", photo


def key_of(photo: Photo) -> str:
    """Return the key of a photo, empty where its bytes cannot be read."""
    try:
        return photo.key
    except PhotoError:
        return ""


def key_each(photos: Sequence[PhotoLike | Item], known: Mapping[Any, str] | None = None) -> list[str]:
    """Return the key of each photo, empty where its bytes cannot be read.

    Args:
        photos: as `Photos` takes them.
        known: keys by item, or by path as text; these photos stay shut.
    """
    found = [known.get(photo) if known and isinstance(photo, Item | str) else None for photo in photos]
    keys = []
    with progress_bar("reading photos", found.count(None), "photos") as bar:
        for photo, key in zip(photos, found, strict=True):
            keys.append(key_of(_photo(photo)) if key is None else key)
            bar(int(key is None))
    return keys


def _photo(source: PhotoLike | Item) -> Photo:
    return source.photo() if isinstance(source, Item) else Photo(source)
