"""The cache: its directory, the store of vectors in it, and the room on its disk."""

from __future__ import annotations

import os
import shlex
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from ...errors import counted
from ._item import Item

#: Room for the vectors of some ten thousand photos, and for runs.
ROOM = 500_000_000
_ELSEWHERE = "Set FACEBENCH_CACHE to another folder"


def directory() -> Iterator[Item]:
    """Tell whether the cache can be written, and is private."""
    from ...embeddings import cache_place

    place = cache_place()
    standing = _standing(place)
    if not standing.is_dir():
        yield Item("cache", "directory", "fault", f"{standing} is not a folder", _ELSEWHERE)
    elif not os.access(standing, os.W_OK | os.X_OK):
        yield Item("cache", "directory", "fault", f"{standing} cannot be written", _ELSEWHERE)
    elif standing != place:
        yield Item("cache", "directory", "ok", f"{place}, made by the first run")
    else:
        yield _private("cache", "directory", place)


def store() -> Iterator[Item]:
    """Tell whether the store of vectors is whole, private, and of a version that can be used."""
    import sqlite3

    from ...embeddings.inventory import store_state

    area = "store of vectors"
    try:
        state = store_state()
    except (sqlite3.Error, OSError) as error:
        yield Item(area, "file", "fault", f"cannot be opened ({error})", f"Look what stands there. {_ELSEWHERE}")
        return
    if state is None:
        yield Item(area, "file", "ok", "none yet")
        return
    if state.newer:
        yield Item(area, "vectors", "fault", f"{state.path} is of a newer facebench", f"Update facebench. {_ELSEWHERE}")
    elif state.damage:
        what = f"{state.path} is damaged: {state.damage}"
        yield Item(area, "vectors", "fault", what, "The next run sets it aside and begins a new one")
    elif state.wrong:
        what = f"{counted(state.wrong, 'vector')} of {state.outcomes:,} damaged"
        yield Item(area, "vectors", "fault", what, "They are made again when needed", needed=False)
    else:
        yield Item(area, "vectors", "ok", f"{state.outcomes:,}, checksums right")
    yield _private(area, "file", state.path)


def disk() -> Iterator[Item]:
    """Tell whether there is room where the cache is."""
    from ...embeddings import cache_place

    free = shutil.disk_usage(_standing(cache_place())).free
    detail = f"{free / 1e9:.1f} GB free"
    if free >= ROOM:
        yield Item("disk", "room", "ok", detail)
    else:
        yield Item("disk", "room", "fault", detail, f"Make room, {ROOM // 1_000_000} MB at least. {_ELSEWHERE}")


def _standing(place: Path) -> Path:
    """Return a folder, or what stands in its way: the first that exists of it and those above."""
    return next(path for path in (place, *place.absolute().parents) if os.path.lexists(path))


def _private(area: str, name: str, path: Path) -> Item:
    mode = stat.S_IMODE(path.stat().st_mode)
    if os.name == "posix" and mode & 0o077:
        what = f"{path} can be read by others (mode {mode:04o})"
        return Item(area, name, "fault", what, f"chmod go-rwx {shlex.quote(str(path))}", needed=False)
    return Item(area, name, "ok", f"{path}, private")
