"""What extraction needs on this machine, inspected but never changed: weights, the store."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import quote

from .._cache import cache_place
from ..faces import landmarks_file, mmod_file, yunet_file
from ..networks import _dlib_network, _mobilenet_v2
from ..networks.onnx import sface_file
from ..store import EMBEDDINGS, STORE, VERSION, count_old_rows, count_rows, is_damage

#: Returns the verified file, or raises `FacebenchError` with what is wrong.
WEIGHTS: dict[str, Callable[[], Path]] = {
    "MobileNetV2 weights": _mobilenet_v2.weights_file,
    "dlib's face network": _dlib_network.weights_file,
    "dlib's 5 landmarks": landmarks_file,
    "dlib's convolutional detector": mmod_file,
    "YuNet": yunet_file,
    "SFace": sface_file,
}


@dataclass(frozen=True)
class StoreState:
    """The store of vectors, as it lies on disk.

    Attributes:
        path: of its file.
        version: of its layout; 0: nothing has been written.
        newer: whether it was written by a newer facebench.
        outcomes: rows.
        wrong: rows with a checksum that does not match; they are not served, but made again.
        damage: what SQLite finds; "" where it is whole.
    """

    path: Path
    version: int
    newer: bool = False
    outcomes: int = 0
    wrong: int = 0
    damage: str = ""


def store_state() -> StoreState | None:
    """Return how the store of vectors is; None where there is none yet. The file is not changed.

    Raises:
        sqlite3.Error: it cannot be opened at all, or another program has it locked.
        OSError: it cannot be reached.
    """
    path = cache_place() / STORE
    if not path.exists():
        return None
    # Without a log nobody writes: then SQLite need not put its own files beside it.
    logged = path.with_name(f"{STORE}-wal").exists()
    address = f"file:{quote(str(path))}?mode=ro{'' if logged else '&immutable=1'}"
    with closing(sqlite3.connect(address, uri=True, timeout=5)) as connection:
        connection.text_factory = partial(str, encoding="utf-8", errors="replace")
        try:
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if version > VERSION or version == 0:
                return StoreState(path, version, newer=version > VERSION)
            found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
            if found != "ok":
                return StoreState(path, version, damage=str(found))
            counts = count_old_rows(connection) if version == 1 else count_rows(connection, EMBEDDINGS)
            return StoreState(path, version, False, *counts)
        except (sqlite3.Error, UnicodeDecodeError) as error:
            if not is_damage(error):
                raise
            return StoreState(path, 0, damage=str(error))
