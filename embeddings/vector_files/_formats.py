"""Kinds of files of vectors, by the ending of the name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from . import _npz, _parquet
from ._table import Found, VectorTable


@dataclass(frozen=True)
class Format:
    """One kind of file.

    Attributes:
        check: refuses where the library that it needs is not installed.
        is_ours: whether a file is one of ours.
        packed: the bytes of a table, with what is told about it by name.
        found_in: what a file's bytes hold.
    """

    check: Callable[[], None]
    is_ours: Callable[[Path], bool]
    packed: Callable[[VectorTable, dict[str, str]], bytes]
    found_in: Callable[[bytes], Found]


#: By the ending of the file's name.
FORMATS = {
    ".npz": Format(lambda: None, _npz.is_ours, _npz.packed, _npz.found_in),
    ".parquet": Format(_parquet.check_pyarrow, _parquet.is_ours, _parquet.packed, _parquet.found_in),
}
