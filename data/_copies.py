"""Copies the photos of me into one folder; nothing is overwritten or deleted."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable
from itertools import count
from pathlib import Path

from ..errors import FacebenchError, counted
from .decoding import Photo, PhotoError


def check_folder(folder: Path, arguments: Iterable[str], photos: Iterable[Path]) -> Path:
    """Return the folder to copy to, creating it if necessary.

    Args:
        folder: as given.
        arguments: that name the photos to search.
        photos: that they name.

    Raises:
        FacebenchError: it cannot be created or written, or it lies in a searched folder or contains some of these
            photos: the copies would be found again.
    """
    try:
        folder = folder.expanduser()
        searched = [Path(name) for name in arguments if Path(name).expanduser().is_dir()]
        around = next((path for path in searched if _holds(path.expanduser(), folder)), None)
        inside = next((photo for photo in photos if _holds(folder, photo)), None)
        if around is None and inside is None:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except (OSError, RuntimeError) as error:  # RuntimeError: "~name" of an unknown user, circular links
        what = getattr(error, "strerror", None) or error
        raise FacebenchError(f"--copy-to {folder} cannot be made: {what}. Choose another folder.") from error
    if inside is not None:
        raise FacebenchError(f"--copy-to {folder} holds {inside}, which is looked at: choose another folder.")
    if around is not None:
        raise FacebenchError(
            f"--copy-to {folder} lies in {around}, where the copies would be found again: choose another folder."
        )
    if not os.access(folder, os.W_OK | os.X_OK):
        raise FacebenchError(f"--copy-to {folder} cannot be written: choose another folder.")
    return folder


def _holds(folder: Path, path: Path) -> bool:
    return path.resolve().is_relative_to(folder.resolve())


def copy_photos(photos: Iterable[Path], folder: Path) -> tuple[int, int]:
    """Copy photos into a folder; return how many were copied, and how many identical ones existed already.

    If another photo of the same name exists, the copy gets a number.

    Raises:
        FacebenchError: a photo cannot be read or written; those copied before stay.
    """
    copied = there = 0
    for photo in photos:
        try:
            if _copy(photo, folder):
                copied += 1
            else:
                there += 1
        except (OSError, PhotoError) as error:
            what = error.detail if isinstance(error, PhotoError) else error.strerror
            raise FacebenchError(
                f"{photo} cannot be copied to {folder} ({what}): {counted(copied, 'photo')} copied before it."
            ) from error
    return copied, there


def _copy(photo: Path, folder: Path) -> bool:
    """Copy a photo under its own name or one with a number; return False if it exists already."""
    for number in count(1):
        target = folder / (photo.name if number == 1 else f"{photo.stem}-{number}{photo.suffix}")
        try:
            target.touch(mode=0o600, exist_ok=False)  # the name is ours, or another program's
        except FileExistsError:
            if target.is_file() and Photo(target).sha256 == Photo(photo).sha256:
                return False
            continue
        _fill(target, photo)
        return True
    raise AssertionError  # numbers do not end


def _fill(target: Path, photo: Path) -> None:
    """Replace an empty file by a photo, atomically."""
    files = [target]
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=".copy.")
        files.append(Path(name))
        os.close(handle)
        shutil.copy2(photo, name)
        Path(name).replace(target)
    except BaseException:
        for file in files:
            file.unlink(missing_ok=True)
        raise
