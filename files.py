"""Files that are written for a user: private, whole or not at all, never in the place of something else."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from .errors import FacebenchError


def check_output(file: Path, option: str, endings: tuple[str, ...], is_ours: Callable[[Path], bool]) -> None:
    """Refuse a file that cannot be written in the end: better now than after minutes of work.

    Args:
        file: to be written.
        option: that named it, for the message.
        endings: that its name may have, such as ".png".
        is_ours: whether a file that is there already was written by the same command, and may be replaced.

    Raises:
        FacebenchError: another ending, no such folder, one that cannot be written, or something else stands there.
    """
    if file.suffix.lower() not in endings:
        raise FacebenchError(f"{option} {file} does not end in {' or '.join(endings)}.")
    try:
        if not file.parent.is_dir():
            raise FacebenchError(f"{option} {file}: there is no folder {file.parent}. Make it first.")
        if _is_there(file) and not (file.is_file() and is_ours(file)):
            raise FacebenchError(f"{option} {file} exists and was not written by this command: choose another name.")
        if not os.access(file.parent, os.W_OK | os.X_OK):
            raise FacebenchError(f"{option} {file}: the folder {file.parent} cannot be written. Choose another place.")
    except OSError as error:
        raise _cannot_write(file, option, error) from error


def _is_there(file: Path) -> bool:
    try:
        file.lstat()
    except FileNotFoundError:  # no other error: a name that is too long is one that cannot be written
        return False
    return True


def write_private(file: Path, content: bytes | Iterable[bytes], option: str) -> None:
    """Write a file with mode 0600, piece by piece perhaps; a reader sees the old one or the new one, whole.

    Raises:
        FacebenchError: it cannot be written; what was there before is untouched.
    """
    try:
        handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name[:40]}.")  # mode 0600
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.writelines((content,) if isinstance(content, bytes) else content)
                stream.flush()
                os.fsync(stream.fileno())
            temporary.replace(file)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise _cannot_write(file, option, error) from error


def _cannot_write(file: Path, option: str, error: OSError) -> FacebenchError:
    return FacebenchError(f"{option} {file} cannot be written ({error.strerror}): choose another place.")
