"""Vectors as Parquet: columns of text, and a column of lists; needs pyarrow, the extra `parquet`."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ...errors import FacebenchError, some_of
from ...extras import how_to_install
from ._table import MARK, TEXTS, Found, NoVectors, VectorTable, row_called

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MARK_KEY = b"facebench.format"


def check_pyarrow() -> None:
    """Refuse to go on without pyarrow.

    Raises:
        FacebenchError: it is not installed.
    """
    if find_spec("pyarrow") is None:
        raise FacebenchError(f".parquet needs the package pyarrow: {how_to_install('parquet')}, or write .npz instead.")


def _pyarrow() -> Any:
    """Return the module, untyped; its parts that are used here are imported too."""
    import pyarrow.compute
    import pyarrow.parquet

    return pyarrow


def packed(table: VectorTable, about: dict[str, str]) -> bytes:
    """Return the bytes of a table, with what is told about it by name."""
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
    marked = pyarrow.table(columns).replace_schema_metadata(told)
    pyarrow.parquet.write_table(marked, stream, write_page_checksum=True)
    content: bytes = stream.getvalue().to_pybytes()
    return content


def is_ours(file: Path) -> bool:
    """Return whether a file was written by facebench."""
    pyarrow = _pyarrow()
    try:
        metadata = pyarrow.parquet.read_schema(file).metadata or {}
    except (pyarrow.ArrowException, OSError):
        return False
    return bool(metadata.get(_MARK_KEY) == MARK.encode())


def found_in(content: bytes) -> Found:
    """Return what a file's bytes hold: the column `vector`, and those of text.

    Raises:
        NoVectors: no such column, or one of something else; anything that pyarrow raises for a damaged file.
    """
    pyarrow = _pyarrow()
    file = pyarrow.parquet.ParquetFile(pyarrow.BufferReader(content), page_checksum_verification=True)
    names = file.schema_arrow.names
    if "vector" not in names:
        raise NoVectors(f"has no column 'vector'; its columns: {some_of(names) or 'none'}")
    table = file.read(columns=[name for name in (*TEXTS, "vector") if name in names])
    texts = {name: _text(name, table[name].to_pylist()) for name in TEXTS if name in names}
    metadata = file.schema_arrow.metadata or {}
    return Found(metadata.get(_MARK_KEY, b"").decode(), texts, _matrix(pyarrow, table["vector"], texts))


def _text(name: str, values: list[Any]) -> list[str]:
    if not all(value is None or isinstance(value, str) for value in values):
        raise NoVectors(f"has a column '{name}' that is not of text")
    return [value or "" for value in values]


def _matrix(pyarrow: Any, column: Any, texts: dict[str, list[str]]) -> NDArray[Any]:
    """Return the vectors of a column of lists, (n, dimension), NaN where a list is null."""
    kinds = pyarrow.types
    is_list = any(is_kind(column.type) for is_kind in (kinds.is_list, kinds.is_large_list, kinds.is_fixed_size_list))
    if not is_list or not kinds.is_floating(column.type.value_type):
        raise NoVectors(f"has 'vector' as {column.type}: lists of float16, float32 or float64 are needed")
    lists = column.combine_chunks()
    there = lists.is_valid().to_numpy(zero_copy_only=False)
    if not there.any():
        raise NoVectors("holds no vector")
    lengths = pyarrow.compute.list_value_length(lists).fill_null(0).to_numpy(zero_copy_only=False)
    width = int(lengths[there][0])
    for row in np.flatnonzero(there & (lengths != width)).tolist():
        raise NoVectors(
            f"has vectors of different lengths: {width} components first, {lengths[row]} in {row_called(row, texts)}"
        )
    components = lists.flatten().to_numpy(zero_copy_only=False)
    matrix = np.full((len(there), width), np.nan, dtype=components.dtype)
    matrix[there] = components.reshape(-1, width) if width else matrix[there]
    return matrix
