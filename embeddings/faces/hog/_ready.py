"""The compiled search, made ready: compiled and tried once, kept in a private directory, verified at each use."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from ....errors import FacebenchError
from ..._cache import cache_directory
from ._trial import is_as_dlib

if TYPE_CHECKING:
    from ._search import Search

_LIST = "files.json"
#: Folders of code: one for each environment, version and processor.
_KEPT = 4


def ready_search() -> Search:
    """Return the compiled search: what an earlier process kept, or compiled now, and found to be as dlib.

    Raises:
        FacebenchError: it cannot be had here; the message says why.
        ImportError: numba is not installed, or not for this numpy.
    """
    directory = private_directory()
    kept = directory / _key()
    if _is_whole(kept):
        return _imported(kept, directory)
    print("Preparing the face detector, once: about ten seconds.", file=sys.stderr)
    with tempfile.TemporaryDirectory(dir=directory, prefix=".") as folder:
        made = Path(folder, "code")
        made.mkdir()
        search = _imported(made, directory)
        if not is_as_dlib(search):
            raise FacebenchError("compiled for this processor, it finds other faces than dlib")
        _keep(made, kept)
    return search


def private_directory() -> Path:
    """Return the directory of what was compiled, made if necessary.

    Raises:
        FacebenchError: it cannot be made, or others may write there.
    """
    path = cache_directory() / "detector"
    try:
        path.mkdir(mode=0o700, exist_ok=True)
        found = path.stat()
    except OSError as error:
        raise FacebenchError(f"{path} cannot be made ({error.strerror})") from error
    if os.name != "nt" and found.st_uid != os.getuid():
        raise FacebenchError(f"{path} belongs to somebody else")
    if os.name != "nt" and stat.S_IMODE(found.st_mode) & 0o022:
        raise FacebenchError(f"others may write into {path}")
    return path


def _key() -> str:
    """Return a hash of all that decides what is compiled: the processor, versions, and files as numba knows them."""
    from llvmlite import binding

    processor = [binding.get_host_cpu_name(), binding.get_host_cpu_features().flatten()]
    versions = [sys.version, *(version(name) for name in ("numba", "llvmlite", "numpy"))]
    files = sorted(Path(__file__).parent.glob("*.py"))
    functions = [f"{file} {file.stat().st_mtime_ns}\n{file.read_text(encoding='utf-8')}" for file in files]
    return hashlib.sha256("\n".join([*processor, *versions, *functions]).encode()).hexdigest()[:32]


def _imported(code: Path, directory: Path) -> Search:
    """Return the search, with its functions from a folder of code or compiled into it."""
    from ._compiled import kept_in

    with kept_in(code):
        from ._search import Search
    return Search(directory)


def _digests(code: Path) -> dict[str, str]:
    files = sorted(code.rglob("*.nb?"))
    return {str(file.relative_to(code)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def _is_whole(code: Path) -> bool:
    """Return whether a folder holds what was kept there, byte by byte: damaged code could do anything."""
    try:
        listed = json.loads((code / _LIST).read_bytes())
        return bool(listed) and listed == _digests(code)
    except (OSError, ValueError):
        return False


def _keep(made: Path, kept: Path) -> None:
    """Put what was compiled in its place, at once; another process may have been faster. The oldest others go."""
    (made / _LIST).write_text(json.dumps(_digests(made)), encoding="utf-8")
    if kept.exists() and not _is_whole(kept):
        shutil.rmtree(kept)
    if not kept.exists():
        made.rename(kept)
    folders = [path for path in kept.parent.iterdir() if path.is_dir() and not path.name.startswith(".")]
    for old in sorted(folders, key=lambda path: path.stat().st_mtime, reverse=True)[_KEPT:]:
        shutil.rmtree(old, ignore_errors=True)
