"""Files of vectors: NumPy's .npz and Parquet, marked so that they are known again."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ...errors import FacebenchError

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: How a file of vectors is known again, and its layout: the array `format`, or the schema's "facebench.format".
MARK = "facebench vectors 1"
_TEXTS = ("path", "sha256", "person", "outcome", "box")


@dataclass(frozen=True, eq=False)
class VectorTable:
    """Columns of equal length.

    Attributes:
        path: of each photo, relative to its folder.
        sha256: of its bytes; "" where they cannot be read.
        person: on it; "" where not known.
        outcome: "embedded", or why there is no vector.
        box: of the face, "left top right bottom" in pixels of the upright photo; "" without.
        vectors: float32 (n, dimension), NaN where there is none.
    """

    path: list[str]
    sha256: list[str]
    person: list[str]
    outcome: list[str]
    box: list[str]
    vectors: NDArray[np.float32]

    def texts(self) -> dict[str, list[str]]:
        """Return the columns of text by name."""
        return {name: getattr(self, name) for name in _TEXTS}


@dataclass(frozen=True)
class _Format:
    """One kind of file.

    Attributes:
        check: refuses where the library that it needs is not installed.
        is_ours: whether a file is one of ours.
        packed: the bytes of a table, with what is told about it by name.
    """

    check: Callable[[], None]
    is_ours: Callable[[Path], bool]
    packed: Callable[[VectorTable, dict[str, str]], bytes]


def _check_pyarrow() -> None:
    if find_spec("pyarrow") is None:
        raise FacebenchError(".parquet needs the package pyarrow: install facebench[parquet], or write .npz instead.")


def _pyarrow() -> Any:
    """Return the module, untyped; its part for Parquet is imported too."""
    import pyarrow.parquet

    return pyarrow


def _npz(table: VectorTable, about: dict[str, str]) -> bytes:
    texts = {name: np.array(values, dtype=np.str_) for name, values in {**table.texts(), **about}.items()}
    stream = io.BytesIO()
    np.savez(stream, allow_pickle=False, format=np.array(MARK), vectors=table.vectors, **texts)
    return stream.getvalue()


def _is_our_npz(file: Path) -> bool:
    try:
        with zipfile.ZipFile(file) as archive, archive.open("format.npy") as stream:
            return str(np.lib.format.read_array(stream, allow_pickle=False, max_header_size=1000)) == MARK
    except (zipfile.BadZipFile, KeyError, ValueError, EOFError, NotImplementedError):
        return False


def _parquet(table: VectorTable, about: dict[str, str]) -> bytes:
    pyarrow = _pyarrow()
    there = ~np.isnan(table.vectors).any(axis=1)
    ends = np.concatenate([[0], np.cumsum(there * table.vectors.shape[1])]).astype(np.int32)
    columns = {name: pyarrow.array(texts, pyarrow.string()) for name, texts in table.texts().items()}
    # Not of fixed size: not every pyarrow reads one with nulls from Parquet.
    columns["vector"] = pyarrow.ListArray.from_arrays(
        ends, pyarrow.array(table.vectors[there].ravel()), mask=pyarrow.array(~there)
    )
    told = {f"facebench.{name}": text for name, text in {"format": MARK, **about}.items()}
    stream = pyarrow.BufferOutputStream()
    pyarrow.parquet.write_table(pyarrow.table(columns).replace_schema_metadata(told), stream)
    packed: bytes = stream.getvalue().to_pybytes()
    return packed


def _is_our_parquet(file: Path) -> bool:
    pyarrow = _pyarrow()
    try:
        metadata = pyarrow.parquet.read_schema(file).metadata or {}
    except (pyarrow.ArrowException, OSError):
        return False
    return bool(metadata.get(b"facebench.format") == MARK.encode())


#: By the ending of the file's name.
FORMATS = {
    ".npz": _Format(lambda: None, _is_our_npz, _npz),
    ".parquet": _Format(_check_pyarrow, _is_our_parquet, _parquet),
}
