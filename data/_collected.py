"""The photos of me, collected in a folder as copies or as relative links; nothing is overwritten or deleted."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from glob import has_magic
from itertools import count, takewhile
from pathlib import Path

from ..errors import FacebenchError, counted
from .decoding import Photo, PhotoError


def check_folder(folder: Path, option: str, arguments: Iterable[str], photos: Iterable[Path]) -> Path:
    """Return the folder to collect photos in, creating it if necessary.

    Args:
        folder: as given.
        option: that gave it, for messages.
        arguments: that name the photos to search.
        photos: that they name.

    Raises:
        FacebenchError: it cannot be created or written, or it lies in a searched folder or contains some of these
            photos: what is collected would be found again.
    """
    try:
        folder = folder.expanduser()
        searched = [Path(name) for name in arguments if Path(name).expanduser().is_dir()]
        around = next((path for path in searched if _holds(path.expanduser(), folder)), None)
        # A photo there may be a link, of an earlier time, that leads out of it.
        inside = next((photo for photo in photos if _holds(folder, photo) or _holds(folder, photo.parent)), None)
        if around is None and inside is None:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except (OSError, RuntimeError) as error:  # RuntimeError: "~name" of an unknown user, circular links
        what = getattr(error, "strerror", None) or error
        raise FacebenchError(f"{option} {folder} cannot be made: {what}. Choose another folder.") from error
    if inside is not None:
        raise FacebenchError(f"{option} {folder} holds {inside}, which is looked at: choose another folder.")
    if around is not None:
        raise FacebenchError(
            f"{option} {folder} lies in {around}, where its photos would be found again: choose another folder."
        )
    if not os.access(folder, os.W_OK | os.X_OK):
        raise FacebenchError(f"{option} {folder} cannot be written: choose another folder.")
    return folder


def _holds(folder: Path, path: Path) -> bool:
    return path.resolve().is_relative_to(folder.resolve())


def check_links(folder: Path) -> None:
    """Make a link in a folder, and remove it.

    Raises:
        FacebenchError: there can be none: the file system has none, or Windows does not let this user make any.
    """
    try:
        with tempfile.TemporaryDirectory(prefix=".link.", dir=folder) as place:
            (Path(place) / "link").symlink_to("photo")
    except (OSError, NotImplementedError) as error:
        what = getattr(error, "strerror", None) or error
        raise FacebenchError(
            f"--link-to {folder}: no link can be made there ({what}). Give --copy-to instead."
        ) from error


def folder_around(arguments: Iterable[str]) -> Path:
    """Return the deepest folder that holds all that is searched: folders, the folders of photos and of patterns.

    A pattern is searched in the folder before its first wildcard.

    Raises:
        FacebenchError: there is none, as they lie on several drives.
    """
    searched = [_searched(argument) for argument in arguments]
    try:
        return Path(os.path.commonpath([os.path.abspath(folder) for folder in searched]))  # noqa: PTH100 (a link stays one)
    except ValueError as error:
        raise FacebenchError(
            "--keep-folders: no folder holds all these photos, as they lie on several drives. Search one at a time."
        ) from error


def _searched(argument: str) -> Path:
    path = Path(argument).expanduser()
    if path.is_dir():
        return path
    if path.exists():
        return path.parent
    return Path(*takewhile(lambda part: not has_magic(part), path.parts))


def copy_photos(photos: Iterable[Path], folder: Path, root: Path | None = None) -> tuple[int, int]:
    """Copy photos into a folder; return how many were copied, and how many identical ones were there already.

    If there is something else of the same name, the copy gets a number.

    Args:
        photos: to copy.
        folder: of the copies.
        root: a folder around all photos, whose subfolders are kept; None: the copies lie side by side.

    Raises:
        FacebenchError: a photo cannot be read or written; those copied before stay.
    """
    return _collect(photos, folder, root, _copy, "copied")


def link_photos(photos: Iterable[Path], folder: Path, root: Path | None = None) -> tuple[int, int]:
    """Make relative links to photos in a folder; return how many were made, and how many were there already.

    As `copy_photos`; a link leads to the file itself, whatever links there are on the way to it.

    Raises:
        FacebenchError: a photo cannot be linked; links made before stay.
    """
    return _collect(photos, folder, root, _link, "linked")


def _collect(
    photos: Iterable[Path], folder: Path, root: Path | None, put: Callable[[Path, Path], bool], done: str
) -> tuple[int, int]:
    made = there = 0
    for photo in photos:
        try:
            if put(photo, _place(photo, folder, root)):
                made += 1
            else:
                there += 1
        except (OSError, PhotoError, ValueError) as error:  # ValueError: no relative path leads to another drive
            what = error.detail if isinstance(error, PhotoError) else getattr(error, "strerror", None) or error
            raise FacebenchError(
                f"{photo} cannot be {done} into {folder} ({what}): {counted(made, 'photo')} {done} before it."
            ) from error
    return made, there


def _place(photo: Path, folder: Path, root: Path | None) -> Path:
    """Return where a photo goes, under its own name; the folders down to it are made, and private."""
    if root is None:
        return folder / photo.name
    below = Path(os.path.abspath(photo)).relative_to(root)  # noqa: PTH100 (a link stays one)
    for parent in reversed(below.parents):
        (folder / parent).mkdir(mode=0o700, exist_ok=True)
    return folder / below


def _copy(photo: Path, place: Path) -> bool:
    """Copy a photo under its own name or one with a number; return False if it exists already."""
    for target in _names(place):
        try:
            target.touch(mode=0o600, exist_ok=False)  # the name is ours, or another program's
        except FileExistsError:
            if target.is_file() and not target.is_symlink() and Photo(target).sha256 == Photo(photo).sha256:
                return False
            continue
        _fill(target, photo)
        return True
    raise AssertionError  # numbers do not end


def _link(photo: Path, place: Path) -> bool:
    """Make a relative link to a photo; return False if there is one to the same file already."""
    way = os.path.relpath(photo.resolve(strict=True), place.parent.resolve())
    for target in _names(place):
        try:
            target.symlink_to(way)
        except FileExistsError:
            if target.is_symlink() and target.exists() and target.samefile(photo):
                return False
            continue
        return True
    raise AssertionError  # numbers do not end


def _names(place: Path) -> Iterator[Path]:
    """Yield a place, and those of the same name with a number."""
    yield place
    for number in count(2):
        yield place.with_name(f"{place.stem}-{number}{place.suffix}")


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
