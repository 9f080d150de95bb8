"""An extractor with its store: what an experiment embeds photos with."""

from __future__ import annotations

from .._extractor import Card, Extractor, Identity
from .._identity import extractor_identity
from .._registry import extractors
from .._threaded import ThreadedExtractor
from ..cluster import Cluster
from ..faces import Detector
from ..store import VectorStore


class Embedder:
    """An extractor with its store.

    Args:
        name: the call string that made the extractor.
        extractor: the extractor.
        store: where vectors are looked up and saved.
        cluster: where the work is done; default: here.
        identity: under which vectors are stored; default: that of the registered extractor.

    Attributes:
        card: of the extractor.
        extractor: what embeds photos, here or on the cluster.
        is_local: whether it works here.
        takes_faces: whether it embeds a face, not the whole photo.
    """

    def __init__(
        self,
        name: str,
        extractor: Extractor,
        store: VectorStore | None = None,
        cluster: Cluster | None = None,
        identity: Identity | None = None,
    ) -> None:
        self.name = name
        self.store = store
        self.identity = identity or extractor_identity(extractors, name, extractor)
        self.extractor = cluster.extractor(name, extractor, self.identity.key) if cluster else extractor
        self.is_local = cluster is None
        self.takes_faces = extractor.card.view == "face" or getattr(extractor, "finder", None) is not None

    @property
    def card(self) -> Card:
        """What is known about the extractor."""
        return self.extractor.card

    @property
    def detector(self) -> Detector | None:
        """What the extractor finds faces with, where it works here; None where it looks for none."""
        return self.extractor.detector if isinstance(self.extractor, ThreadedExtractor) else None
