"""What an experiment is about to do: targets, splits, extractors and heads, all checked before any work."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..classifiers import load_head
from ..data import Dataset, Split, choose_targets, refuse_shared_files, split
from ..embeddings import Cluster, Extractor, VectorStore, extractors
from ..errors import FacebenchError
from ._embedder import Embedder
from ._evaluate import Trial
from ._schema import Settings
from ._variants import embed_variants
from ._vectors import Vectors, embed_dataset, hash_photos


@dataclass(frozen=True, eq=False)
class Plan:
    """An experiment before its first photo is opened.

    Attributes:
        settings: what was asked for.
        dataset: the photos that take part.
        splits: of this data set, one per target.
        extractors, heads: by the call strings that made them.
    """

    settings: Settings
    dataset: Dataset
    splits: list[Split]
    extractors: list[tuple[str, Extractor]]
    heads: list[tuple[str, Any]]

    def embedders(self, store: VectorStore | None, cluster: Cluster | None = None) -> list[Embedder]:
        """Return each extractor with its store."""
        return [Embedder(name, extractor, store, cluster) for name, extractor in self.extractors]

    def hashes(self) -> list[str]:
        """Return the sha256 of each photo, read once for all extractors."""
        return hash_photos(self.dataset)

    def embed(self, hashes: list[str], embedder: Embedder) -> Vectors:
        """Return the vectors of all photos under one extractor."""
        return embed_dataset(self.dataset, hashes, embedder)

    def trials(self, vectors: Vectors) -> list[Trial]:
        """Return the splits without the photos that cannot be decoded: the same under every extractor.

        Raises:
            FacebenchError: no photo can be decoded.
        """
        unreadable = vectors.unreadable()
        if len(unreadable) == len(self.dataset.items):
            first = next(iter(unreadable))
            raise FacebenchError(
                f"None of the {len(unreadable)} photos of {self.dataset.title} can be read; "
                f"the first, {self.dataset.items[first].path}: {unreadable[first].detail}."
            )
        return [Trial.of(parts, self.dataset, set(unreadable)) for parts in self.splits]

    def augmented(self, vectors: Vectors, trials: list[Trial], embedder: Embedder) -> Vectors:
        """Return the vectors with those of the training photos' variants; no photo of a test or validation has any."""
        settings = self.settings
        if not settings.augment:
            return vectors
        photos = np.unique(np.concatenate([trial.train for trial in trials]))
        variants = embed_variants(
            self.dataset, photos, vectors.hashes, embedder, settings.augmentation, settings.augment
        )
        summary = vectors.summary.model_copy(update={"augmentation": variants.summary})
        return replace(vectors, variants=variants, summary=summary)


def make_plan(dataset: Dataset, settings: Settings) -> Plan:
    """Return the plan of an experiment: a wrong name fails now, not after an hour of extraction.

    Raises:
        FacebenchError: unknown names, or a data set that cannot be used.
    """
    targets = choose_targets(
        dataset,
        settings.target,
        min_photos=settings.min_photos,
        max_targets=settings.max_targets,
        seed=settings.seed,
    )
    refuse_shared_files(dataset, targets)
    made = [(name, extractors.create(name, runtime=settings.runtime)) for name in settings.extractors]
    heads = [(name, load_head(name, settings.seed)) for name in settings.heads]
    splits = [
        split(dataset, target, settings.seed, strangers=settings.strangers, partition=settings.partition)
        for target in targets
    ]
    used = np.unique(np.concatenate([parts.photos for parts in splits]))
    return Plan(settings, dataset.only(used), [parts.within(used) for parts in splits], made, heads)
