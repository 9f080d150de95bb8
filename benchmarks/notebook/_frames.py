"""Tables of a run as pandas frames; without pandas as lists of dicts, which hold the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import pandas

#: A row per test photo, error or pairing.
Frame: TypeAlias = "pandas.DataFrame | list[dict[str, Any]]"


def frame_of(columns: Mapping[str, Sequence[Any]]) -> Frame:
    """Return a table from its columns.

    Args:
        columns: values by name, as many in each; plain Python values, so that pandas finds their types.
    """
    try:
        import pandas
    except ImportError:
        return [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]
    return pandas.DataFrame(columns)
