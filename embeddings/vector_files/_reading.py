"""Files of vectors, read: what is not what it says, or cannot be used, is refused by the name of file and row."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ...data import spelled_out
from ...errors import FacebenchError
from .._outcome import EMBEDDED
from ._formats import FORMATS, Format
from ._table import MARK, TEXTS, Found, NoVectors, VectorTable, row_called

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FAMILY = MARK.rpartition(" ")[0]
_SHA256, _BOX = re.compile(r"[0-9a-f]{64}"), re.compile(r"-?\d{1,9}( -?\d{1,9}){3}")


@dataclass(frozen=True)
class Origin:
    """The file that vectors came from.

    Attributes:
        name: of the file, without its folders.
        sha256: of its bytes.
    """

    name: str
    sha256: str


def size_of(file: Path) -> int:
    """Return the size in bytes of a file of vectors, which is not opened.

    Raises:
        FacebenchError: another ending, no such file, or .parquet without pyarrow.
    """
    _format_of(file)
    try:
        return file.stat().st_size
    except OSError as error:
        raise _unreadable(file, error) from error


def read_vectors(file: Path) -> tuple[VectorTable, Origin]:
    """Return the table in a file, and where it came from; vectors of other float types become float32.

    Raises:
        FacebenchError: as `size_of`; a damaged file or another kind of file; pickled objects; no paths and no hashes;
            vectors that are no floats, of different lengths, or not finite in float32.
    """
    form = _format_of(file)
    try:
        content = file.read_bytes()
    except OSError as error:
        raise _unreadable(file, error) from error
    try:
        table = _checked(form.found_in(content))
    except NoVectors as error:
        raise FacebenchError(f"--vectors {file} {error}.") from error
    except Exception as error:  # numpy, zipfile and pyarrow may raise anything about a damaged file
        why = " ".join(str(error).split())[:200].rstrip(".") or type(error).__name__
        raise FacebenchError(
            f"--vectors {file} is damaged, or no {file.suffix.lower()} file ({why}): write it again."
        ) from error
    return table, Origin(spelled_out(file.name), hashlib.sha256(content).hexdigest())


def _format_of(file: Path) -> Format:
    form = FORMATS.get(file.suffix.lower())
    if form is None:
        raise FacebenchError(f"--vectors {file} does not end in {' or '.join(FORMATS)}.")
    form.check()
    return form


def _unreadable(file: Path, error: OSError) -> FacebenchError:
    return FacebenchError(f"--vectors {file} cannot be read: {error.strerror or error}.")


def _checked(found: Found) -> VectorTable:
    if found.mark.startswith(_FAMILY) and found.mark != MARK:
        raise NoVectors("was written by a newer facebench: update facebench to read it")
    vectors = found.vectors
    if vectors.ndim != 2 or not vectors.size:
        raise NoVectors(f"has vectors of shape {vectors.shape}: (photos, components) is needed")
    if vectors.dtype.kind != "f":
        raise NoVectors(f"has vectors of type {vectors.dtype}: float16, float32 or float64 is needed")
    for name, values in found.texts.items():
        if len(values) != len(vectors):
            raise NoVectors(f"has {len(vectors)} vectors and {len(values)} values of '{name}'")
    texts = {name: found.texts.get(name) or [""] * len(vectors) for name in TEXTS}
    if not any(texts["path"]) and not any(texts["sha256"]):
        raise NoVectors("does not say whose vectors these are: 'path' or 'sha256' is needed")
    texts["sha256"] = [sha256.lower() for sha256 in texts["sha256"]]
    for name, form in (("sha256", _SHA256), ("box", _BOX)):
        for row, value in enumerate(texts[name]):
            if value and not form.fullmatch(value):
                raise NoVectors(f"has {value[:80]!r} as '{name}' in {row_called(row, texts)}")
    return VectorTable(**texts, vectors=_finite(vectors, texts))


def _finite(vectors: NDArray[np.floating], texts: dict[str, list[str]]) -> NDArray[np.float32]:
    """Return vectors as float32; a row that is all NaN has none, unless the file says that it has."""
    with np.errstate(over="ignore"):  # what is too large becomes infinite, and is refused
        matrix: NDArray[np.float32] = vectors.astype(np.float32, copy=False)
    absent = np.isnan(matrix).all(axis=1) & (np.array(texts["outcome"], dtype=object) != EMBEDDED)
    for row in np.flatnonzero(~absent & ~np.isfinite(matrix).all(axis=1)).tolist():
        raise NoVectors(f"has components that are not finite numbers in float32, first in {row_called(row, texts)}")
    return matrix
