"""The cache directory: vectors and detections, private, in a place of the user's choice."""

import os
from pathlib import Path

import platformdirs

from ..errors import FacebenchError


def cache_place() -> Path:
    """Return where the directory is, or will be: `FACEBENCH_CACHE`, or the platform's place for caches.

    Raises:
        FacebenchError: that is in the home folder, and there is none.
    """
    try:
        return Path(os.environ.get("FACEBENCH_CACHE") or platformdirs.user_cache_dir("facebench")).expanduser()
    except RuntimeError as error:  # as in many containers
        raise FacebenchError("There is no home folder for the cache: set FACEBENCH_CACHE to a folder.") from error


def cache_directory() -> Path:
    """Return the directory, creating it with mode 0700 if necessary.

    Raises:
        FacebenchError: it cannot be made or written.
    """
    path = cache_place()
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise FacebenchError(
            f"The cache {path} cannot be made ({error.strerror}): set FACEBENCH_CACHE to another folder."
        ) from error
    if not os.access(path, os.W_OK | os.X_OK):
        raise FacebenchError(f"The cache {path} cannot be written: set FACEBENCH_CACHE to another folder.")
    return path
