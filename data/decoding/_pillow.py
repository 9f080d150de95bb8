"""Pillow's settings for the whole process, left as others set them: damage is refused, and nothing is printed."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import ImageFile

_lock = threading.Lock()
_strict_users = 0
_tolerated_before = False


@contextmanager
def quiet() -> Iterator[None]:
    """Do not print what Pillow would only warn of, size or damage: the outcome says it instead."""
    with _lock, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@contextmanager
def truncated_files_refused() -> Iterator[None]:
    """Refuse truncated files.

    Some libraries (face_recognition among them) make Pillow fill missing parts with grey for the whole process; the
    same file must give the same outcome with them and without.
    """
    global _strict_users, _tolerated_before  # noqa: PLW0603
    with _lock:
        if _strict_users == 0:
            _tolerated_before = ImageFile.LOAD_TRUNCATED_IMAGES
            ImageFile.LOAD_TRUNCATED_IMAGES = False
        _strict_users += 1
    try:
        yield
    finally:
        with _lock:
            _strict_users -= 1
            if _strict_users == 0:
                # Retained also if it was set in the meantime.
                ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES or _tolerated_before
