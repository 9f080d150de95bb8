"""The file of a bundle: a zip of a manifest and arrays, uncompressed, with nothing executable in it.

Every member is checked before it is read: a file that is not a bundle, or was changed after it was written, is refused
with a message that says what is wrong.
"""

from __future__ import annotations

import hashlib
import io
import math
import re
import warnings
import zipfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import FacebenchError, printable

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

MANIFEST = "manifest.json"
#: A manifest takes a few kilobytes; the arrays of a head a few megabytes.
_MANIFEST_LIMIT, _FILE_LIMIT = 1_000_000, 2_000_000_000
_MEMBER = re.compile(r"head/[a-z_]{1,40}\.npy")
_TYPES = {np.dtype("<f4"), np.dtype("<f8"), np.dtype("u1")}


class BundleError(FacebenchError):
    """A file that is not a valid bundle."""

    def __init__(self, path: Path, what: str) -> None:
        super().__init__(f"{path} {what}.")


def member_of(array: str) -> str:
    """Return the member that holds an array.

    >>> member_of("coef")
    'head/coef.npy'
    """
    return f"head/{array}.npy"


def packed(array: Array) -> bytes:
    """Return an array in numpy's format, without pickle."""
    stream = io.BytesIO()
    np.lib.format.write_array(stream, np.ascontiguousarray(array), allow_pickle=False)
    return stream.getvalue()


def archive(members: Mapping[str, bytes]) -> bytes:
    """Return a zip of members by name; the same members give the same bytes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as file:
        for name, content in members.items():
            file.writestr(zipfile.ZipInfo(name), content)
    return stream.getvalue()


def is_bundle(path: Path) -> bool:
    """Return whether a file begins like a bundle: with its manifest."""
    with path.open("rb") as stream:
        return stream.read(30 + len(MANIFEST)).endswith(MANIFEST.encode())


def read_members(path: Path) -> dict[str, bytes]:
    """Return the members of a bundle's file by name, including the manifest.

    Raises:
        BundleError: not readable, not a zip, or not a bundle: members that are compressed, encrypted or duplicate, or
            have names that no bundle has; no manifest; or checksums that do not match.
    """
    try:
        size = path.stat().st_size
        if size > _FILE_LIMIT:
            raise BundleError(path, f"is no bundle: it is larger than {_FILE_LIMIT / 1e9:.0f} GB")
        with path.open("rb") as stream, zipfile.ZipFile(stream) as file:
            members = file.infolist()
            _check(path, members, size)
            return {member.filename: file.read(member) for member in members}
    except OSError as error:
        raise BundleError(path, f"cannot be read: {error.strerror or error}") from error
    # With a damaged zip directory, zipfile may raise any of these.
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, OverflowError) as error:
        raise BundleError(path, f"is no bundle, or a damaged one: {printable(error)}") from error


def _check(path: Path, members: list[zipfile.ZipInfo], size: int) -> None:
    """Refuse members that a bundle cannot have, before anything is read."""
    names = Counter(member.filename for member in members)
    for member in members:
        name = printable(member.filename)
        given = member.filename
        if ".." in given.split("/") or given.startswith("/") or "\\" in given or ":" in given:
            raise BundleError(path, f"is refused: its member '{name}' leads out of the file (path traversal)")
        if member.flag_bits & 1:
            raise BundleError(path, f"is refused: its member '{name}' is encrypted")
        if member.compress_type != zipfile.ZIP_STORED or member.compress_size != member.file_size:
            raise BundleError(path, f"is refused: its member '{name}' is compressed, and could be a zip bomb")
        if names[member.filename] > 1:
            raise BundleError(path, f"is refused: its member '{name}' is there twice")
    if MANIFEST not in names:
        raise BundleError(path, f"is a zip, and no bundle: it has no {MANIFEST}")
    for member in members:
        if member.filename != MANIFEST and not _MEMBER.fullmatch(member.filename):
            raise BundleError(path, f"is refused: a bundle has no member '{printable(member.filename)}'")
        if member.filename == MANIFEST and member.file_size > _MANIFEST_LIMIT:
            raise BundleError(path, f"is refused: its {MANIFEST} is larger than {_MANIFEST_LIMIT // 1_000_000} MB")
    if sum(member.file_size for member in members) > size:
        raise BundleError(path, "is refused: its members are larger than the file, and could be a zip bomb")


def unpacked(path: Path, name: str, content: bytes, sha256: str) -> Array:
    """Return the array in a member.

    Raises:
        BundleError: not the bytes that were written, or not an array of finite values of a type that bundles have.
    """
    if hashlib.sha256(content).hexdigest() != sha256:
        raise BundleError(path, f"is damaged: '{name}' has another sha256 than its manifest says")
    stream = io.BytesIO(content)
    try:
        version = np.lib.format.read_magic(stream)
        if version != (1, 0):
            raise ValueError(f"version {version} of numpy's format")
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            shape, fortran, dtype = np.lib.format.read_array_header_1_0(stream)
    except Exception as error:  # numpy parses it as a Python literal: a crafted header may raise anything
        raise BundleError(path, f"is damaged: '{name}' is no array ({printable(error)})") from error
    if dtype.hasobject:
        raise BundleError(path, f"is refused: '{name}' holds Python objects, which could execute something")
    if dtype not in _TYPES or fortran:
        raise BundleError(path, f"is refused: '{name}' holds {printable(dtype)}, which no bundle has")
    # Before memory is allocated: a header may declare more than the file contains.
    if math.prod(shape) * dtype.itemsize != len(content) - stream.tell():
        raise BundleError(path, f"is damaged: '{name}' promises {printable(shape)} numbers and has others")
    try:
        array: Array = np.frombuffer(content, dtype, offset=stream.tell()).reshape(shape)
    except (ValueError, OverflowError) as error:  # an impossible shape, such as (-1, -8)
        raise BundleError(path, f"is damaged: '{name}' is no array ({printable(error)})") from error
    if not np.isfinite(array).all():
        raise BundleError(path, f"is damaged: '{name}' holds non-finite values")
    return array
