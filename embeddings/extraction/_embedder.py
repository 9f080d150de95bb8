"""An extractor with its store: what an experiment embeds photos with."""

from __future__ import annotations

from .._extractor import Card, Extractor, Identity
from .._identity import extractor_identity
from .._outcome import Outcome
from .._registry import extractors
from .._threaded import ThreadedExtractor
from ..built_in import Fusion
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
        fusion: the extractor, if it is one; None otherwise.
        parts: of a fusion, an embedder for each of its extractors; none otherwise.
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
        self.fusion = extractor if isinstance(extractor, Fusion) else None
        of = zip(self.fusion.parts, self.fusion.extractors, strict=True) if self.fusion else ()
        self.parts = [Embedder(part, made, store, cluster) for part, made in of]
        self.takes_faces: bool = (
            extractor.card.view == "face"
            or getattr(extractor, "finder", None) is not None
            or any(part.takes_faces for part in self.parts)
        )

    @property
    def card(self) -> Card:
        """What is known about the extractor."""
        return self.extractor.card

    @property
    def detector(self) -> Detector | None:
        """What the extractor finds faces with, where it works here; None where it looks for none."""
        return self.extractor.detector if isinstance(self.extractor, ThreadedExtractor) else None

    def look_up(self, keys: list[str]) -> dict[str, Outcome]:
        """Return the outcomes that the store has of photos, by key; of a fusion, those of which it has all parts."""
        if self.store is None:
            return {}
        if self.fusion is None:
            return self.store.get(self.identity, keys)
        found = [part.look_up(keys) for part in self.parts]
        of_all = [key for key in keys if all(key in of_part for of_part in found)]
        return {key: self.fusion.together([of_part[key] for of_part in found]) for key in of_all}
