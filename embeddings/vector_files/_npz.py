"""Vectors as NumPy's .npz: a zip of plain arrays, without pickle."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ...errors import some_of
from ._table import MARK, TEXTS, Found, NoVectors, VectorTable

if TYPE_CHECKING:
    from numpy.typing import NDArray


def packed(table: VectorTable, about: dict[str, str]) -> bytes:
    """Return the bytes of a table, with what is told about it by name."""
    texts = {name: np.array(values, dtype=np.str_) for name, values in {**table.texts(), **about}.items()}
    stream = io.BytesIO()
    np.savez(stream, allow_pickle=False, format=np.array(MARK), vectors=table.vectors, **texts)
    return stream.getvalue()


def is_ours(file: Path) -> bool:
    """Return whether a file was written by facebench."""
    try:
        with zipfile.ZipFile(file) as archive, archive.open("format.npy") as stream:
            return str(np.lib.format.read_array(stream, allow_pickle=False, max_header_size=1000)) == MARK
    except (zipfile.BadZipFile, KeyError, ValueError, EOFError, NotImplementedError):
        return False


def found_in(content: bytes) -> Found:
    """Return what a file's bytes hold: the array `vectors`, and those of text.

    Raises:
        NoVectors: no such array, or pickled objects; anything that `zipfile` and numpy raise for a damaged file.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = [member.removesuffix(".npy") for member in archive.namelist()]
        if "vectors" not in names:
            raise NoVectors(f"has no array 'vectors'; its arrays: {some_of(names) or 'none'}")
        return Found(
            mark=str(_array(archive, "format")) if "format" in names else "",
            texts={name: _text(archive, name) for name in TEXTS if name in names},
            vectors=_array(archive, "vectors"),
        )


def _array(archive: zipfile.ZipFile, name: str) -> NDArray[Any]:
    stream = io.BytesIO(archive.read(f"{name}.npy"))  # whole: only then is its checksum looked at
    try:
        array: NDArray[Any] = np.lib.format.read_array(stream, allow_pickle=False)
    except ValueError as error:
        if "allow_pickle" in str(error):
            raise NoVectors(
                f"holds '{name}' as pickled objects, which could execute something: save text as an array of str, and "
                "vectors of one length as an array of float32"
            ) from error
        raise
    return array


def _text(archive: zipfile.ZipFile, name: str) -> list[str]:
    array = _array(archive, name)
    if array.ndim != 1 or array.dtype.kind != "U":
        raise NoVectors(f"has '{name}' as {array.dtype} of shape {array.shape}: a text per row is needed")
    texts: list[str] = array.tolist()
    return texts
