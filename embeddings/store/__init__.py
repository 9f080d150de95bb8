"""The store of vectors and detections: one private SQLite file."""

from ._forgetting import Forgotten
from ._outcomes import EMBEDDINGS
from ._rows import count_rows
from ._store import STORE, VERSION, StoreError, VectorStore, is_damage
from ._version_1 import count_old_rows

__all__ = [
    "EMBEDDINGS",
    "STORE",
    "VERSION",
    "Forgotten",
    "StoreError",
    "VectorStore",
    "count_old_rows",
    "count_rows",
    "is_damage",
]
