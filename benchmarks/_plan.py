"""What an experiment is about to do: targets, splits, extractors and heads, all checked before a network is loaded."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..classifiers import load_head
from ..data import Dataset, choose_targets, participants, refuse_shared_files
from ..embeddings import Cluster, Extractor, VectorStore, extractors
from ._audit import EXTRACTORS as AUDIT_EXTRACTORS
from ._audit import HEAD as AUDIT_HEAD
from ._embedder import Embedder
from ._look import Look, look_at_photos
from ._schema import Settings
from ._trials import Trial, make_trials
from ._variants import embed_variants
from ._vectors import Vectors, embed_dataset


@dataclass(frozen=True, eq=False)
class Plan:
    """An experiment before its first vector.

    Attributes:
        settings: what was asked for.
        look: the photos that take part and can be decoded, and what was seen of them.
        trials: one per target and repeat.
        extractors, heads: by the call strings that made them.
        audit: extractors that look for shortcuts, and the head they are tested with.
    """

    settings: Settings
    look: Look
    trials: list[Trial]
    extractors: list[tuple[str, Extractor]]
    heads: list[tuple[str, Any]]
    audit: list[tuple[str, Extractor]]
    audit_head: tuple[str, Any]

    @property
    def dataset(self) -> Dataset:
        """The photos that take part and can be decoded."""
        return self.look.dataset

    @property
    def targets(self) -> list[str]:
        """The people who are "me" in turn."""
        return list(dict.fromkeys(trial.target for trial in self.trials))

    def embedders(self, store: VectorStore | None, cluster: Cluster | None = None) -> list[Embedder]:
        """Return each extractor with its store."""
        return [Embedder(name, extractor, store, cluster) for name, extractor in self.extractors]

    def auditors(self, store: VectorStore | None) -> list[Embedder]:
        """Return each extractor of the audit with its store; files do not travel, so a cluster is of no use."""
        return [Embedder(name, extractor, store) for name, extractor in self.audit]

    def embed(self, embedder: Embedder, *, audit: bool = False) -> Vectors:
        """Return the vectors of all photos under one extractor, with those of the training photos' variants.

        No photo that is only in validation or test has variants, and none in an audit: what it looks at is lost there.
        """
        vectors = embed_dataset(self.dataset, self.look.hashes, embedder)
        settings = self.settings
        if not settings.augment or audit or embedder.card.audit:
            return vectors
        photos = np.unique(np.concatenate([trial.train for trial in self.trials]))
        variants = embed_variants(
            self.dataset, photos, vectors.hashes, embedder, settings.augmentation, settings.augment
        )
        summary = vectors.summary.model_copy(update={"augmentation": variants.summary})
        return replace(vectors, variants=variants, summary=summary)


def make_plan(dataset: Dataset, settings: Settings, store: VectorStore | None = None) -> Plan:
    """Return the plan of an experiment: a wrong name fails now, not after an hour of extraction.

    Raises:
        FacebenchError: unknown names, or a data set that cannot be used.
    """
    targets = _targets(dataset, settings)
    refuse_shared_files(dataset, targets)
    made, audit = (
        [(name, extractors.create(name, runtime=settings.runtime)) for name in names]
        for names in (settings.extractors, _audited(settings))
    )
    heads = [(name, load_head(name, settings.seed)) for name in settings.heads]
    used = {
        target: participants(dataset, target, settings.seed, settings.strangers, settings.split) for target in targets
    }
    look = look_at_photos(dataset, np.unique(np.concatenate(list(used.values()))), targets, store)
    if look.unreadable:  # somebody may have too few photos left
        targets = _still_enough(look.dataset, targets, settings)
    trials = make_trials(look, settings, {target: look.within(used[target]) for target in targets})
    return Plan(settings, look, trials, made, heads, audit, (AUDIT_HEAD, load_head(AUDIT_HEAD, settings.seed)))


def _audited(settings: Settings) -> list[str]:
    """Return the extractors of the audit, less those that are compared with its head anyway."""
    compared = settings.extractors if AUDIT_HEAD in settings.heads else ()
    return [name for name in AUDIT_EXTRACTORS if settings.audit and name not in compared]


def _still_enough(dataset: Dataset, targets: list[str], settings: Settings) -> list[str]:
    """Return the targets that have photos enough; nobody comes in their place."""
    enough = [target for target in targets if dataset.people.get(target, 0) >= settings.min_photos]
    for target in enough or targets[:1]:
        choose_targets(dataset, target, min_photos=settings.min_photos)  # says what is missing
    return enough


def _targets(dataset: Dataset, settings: Settings) -> list[str]:
    return choose_targets(
        dataset,
        settings.target,
        min_photos=settings.min_photos,
        max_targets=settings.max_targets,
        seed=settings.seed,
    )
