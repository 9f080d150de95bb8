"""When the compiled search takes over from dlib's own: once a process searches so much that it pays."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING

from ....errors import FacebenchError, printable
from ..._cache import cache_place

if TYPE_CHECKING:
    from ._search import Search

#: Pixels that dlib searches in the time in which numba is imported: a dozen small photos, or half of one of a phone.
TO_LOAD = 3_000_000
#: Pixels that are searched before anybody waits for its compiler, once on a machine: two photos of a phone.
TO_COMPILE = 12_000_000


class _Turn:
    lock = threading.Lock()
    searched = 0
    search: Search | None = None
    over = False


def expect(pixels: int) -> None:
    """Make the compiled search ready now if so many pixels are to be searched that it pays."""
    if pixels > _patience() and not _Turn.over:
        with _Turn.lock:
            _decide()


def search_for(pixels: int) -> Search | None:
    """Return the compiled search; None where dlib is to search these pixels.

    One thread of a process makes it ready, while the others go on with dlib. Where it cannot be had, dlib searches on,
    and one line on standard error says so.
    """
    if _Turn.over:
        return _Turn.search
    _Turn.searched += pixels
    if _Turn.searched > _patience() and _Turn.lock.acquire(blocking=False):
        try:
            _decide()
        finally:
            _Turn.lock.release()
    return _Turn.search


def _patience() -> int:
    """Return after how many pixels the compiled search pays: fewer where an earlier process has compiled it."""
    try:
        compiled = any(path.is_dir() for path in (cache_place() / "detector").iterdir())
    except (OSError, FacebenchError):
        compiled = False
    return TO_LOAD if compiled else TO_COMPILE


def _decide() -> None:
    if not _Turn.over:
        _Turn.search = _search_or_why()
        _Turn.over = True


def _search_or_why() -> Search | None:
    try:
        from ._ready import ready_search

        return ready_search()
    except Exception as error:  # of its compiler too: it can be anything
        missing = isinstance(error, ModuleNotFoundError) and error.name == "numba"
        why = "numba is not installed" if missing else str(error) or type(error).__name__
    print(f"Note: dlib itself searches for faces, in twice the time: {printable(why)}.", file=sys.stderr)
    return None
