"""Photos to vectors: one pass over the photos for all extractors that lack them, with the store."""

from ._embedder import Embedder
from ._export import Export, export_vectors
from ._faces import faces_of
from ._foreign import NO_VECTOR, ForeignVectors
from ._keeper import tell_warning
from ._one_pass import Watch, embed_photos, embed_together
from ._photos import Photos, PhotoSource, key_each, key_of
from ._variants import embed_degraded, embed_variants
from ._vectors import Variants, Vectors

__all__ = [
    "NO_VECTOR",
    "Embedder",
    "Export",
    "ForeignVectors",
    "PhotoSource",
    "Photos",
    "Variants",
    "Vectors",
    "Watch",
    "embed_degraded",
    "embed_photos",
    "embed_together",
    "embed_variants",
    "export_vectors",
    "faces_of",
    "key_each",
    "key_of",
    "tell_warning",
]
