"""The store of vectors: one private SQLite file."""

from ._rows import count_rows
from ._store import STORE, VERSION, StoreError, VectorStore, is_damage

__all__ = [
    "STORE",
    "VERSION",
    "StoreError",
    "VectorStore",
    "count_rows",
    "is_damage",
]
