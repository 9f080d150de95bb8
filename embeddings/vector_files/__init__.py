"""Files of vectors, NumPy's .npz and Parquet: written for other programs, and read from them."""

from ._formats import FORMATS
from ._reading import Origin, read_vectors, size_of
from ._table import VectorTable

__all__ = ["FORMATS", "Origin", "VectorTable", "read_vectors", "size_of"]
