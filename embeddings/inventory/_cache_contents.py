"""Inspect and clear the cache."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from ...data import parts_of_key
from ...errors import FacebenchError
from .._cache import cache_directory
from ..extraction import key_each, tell_warning
from ..store import STORE, Forgotten, VectorStore


@dataclass(frozen=True)
class CacheInfo:
    """The cache directory.

    Attributes:
        path: of the directory.
        bytes: on disk, all files together.
        vectors: stored outcomes, by extractor and parameters.
    """

    path: Path
    bytes: int
    vectors: dict[str, int]

    def __str__(self) -> str:
        rows = [f"  {count:>8,}  {title}" for title, count in self.vectors.items()] or ["  none"]
        return "\n".join([f"{self.path}: {self.bytes / 1e6:.1f} MB", "vectors by extractor:", *rows])


def cache_info() -> CacheInfo:
    """Return what is in the cache.

    Raises:
        FacebenchError: it cannot be read, or is of a newer facebench.
    """
    path = cache_directory()
    vectors: dict[str, int] = {}
    if (path / "vectors.sqlite").exists():
        with closing(VectorStore()) as store:
            vectors = store.counts()
            tell_warning(store)
    size = sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    return CacheInfo(path, size, vectors)


def forget_photos(photos: Sequence[Path]) -> Forgotten:
    """Remove all that is stored of photos, found by the sha256 of their bytes; return what that was.

    Raises:
        FacebenchError: a photo cannot be read, the store cannot be written, or a damaged one may still hold them.
    """
    hashes = [parts_of_key(key)[0] for key in key_each(photos)]
    unread = [photo for photo, found in zip(photos, hashes, strict=True) if not found]
    if unread:
        raise FacebenchError(f"{unread[0]} cannot be read, so that nothing was forgotten: its bytes are needed.")
    path = cache_directory() / STORE
    removed = Forgotten(0, 0, 0)
    if path.exists():
        with closing(VectorStore()) as store:
            removed = store.forget(hashes)
            tell_warning(store)
    aside = path.with_name(f"{STORE}.damaged")
    if aside.exists():
        raise FacebenchError(f"{aside}, a damaged store that was set aside, may still hold them: delete it.")
    return removed


def purge_cache() -> Path:
    """Delete all vectors, detections and compiled functions, and nothing else; return the directory.

    Raises:
        FacebenchError: something cannot be deleted.
    """
    path = cache_directory()
    try:
        for suffix in ("", "-wal", "-shm", "-journal", ".damaged"):
            (path / f"vectors.sqlite{suffix}").unlink(missing_ok=True)
        for folder in ("detector", "graphs"):  # the latter: networks that facebench kept until November 2026
            if (path / folder).exists():
                shutil.rmtree(path / folder)
    except OSError as error:
        raise FacebenchError(f"{error.filename} cannot be deleted: {error.strerror}.") from error
    return path
