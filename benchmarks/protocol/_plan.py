"""What an experiment is made of: targets, splits, heads, and the vectors of every extractor, from one pass."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ...classifiers import load_head
from ...data import GROUPING, Dataset, choose_targets, folder_spelled, refuse_shared_files, shared_files
from ...embeddings import VectorStore, extractors
from ...embeddings.built_in import Properties
from ...embeddings.cluster import Cluster
from ...embeddings.extraction import Embedder, ForeignVectors, Vectors, embed_variants
from ...errors import FacebenchError, counted
from .._settings import Settings
from ..lookalikes import refuse_insider
from ._audit import HEADS as AUDIT_HEADS
from ._screening import Screening, screen_and_embed
from ._shared import refuse_many_targets
from ._trials import Trial, make_trials, photos_used


@dataclass(frozen=True, eq=False)
class Plan:
    """An experiment before its first fit.

    Attributes:
        settings: as requested.
        screening: the photos that take part and can be decoded, with hashes and groups.
        trials: one per target and repeat.
        embedders: the extractors that are compared.
        vectors: of the photos of the screening, one per embedder, then one per file of vectors not made here.
        heads: by the call strings that made them.
        audit_vectors: of the extractors of the audit.
        measured: the properties of the photos as vectors, and the name of the detector; None if nobody asked for them.
    """

    settings: Settings
    screening: Screening
    trials: list[Trial]
    embedders: list[Embedder]
    vectors: list[Vectors]
    heads: list[tuple[str, Any]]
    audit_vectors: list[Vectors]
    measured: tuple[Vectors, str] | None = None

    @property
    def dataset(self) -> Dataset:
        """The photos that take part and can be decoded."""
        return self.screening.dataset

    @property
    def targets(self) -> list[str]:
        """The people who are "me" in turn."""
        return list(dict.fromkeys(trial.target for trial in self.trials))

    def augmented(self) -> Plan:
        """Return the plan with variants of the photos that its trials train on; without augmentation, itself.

        Photos that are only in validation or test have no variants, and none under an audit: they lose what it
        measures.
        """
        settings = self.settings
        chosen = [place for place, embedder in enumerate(self.embedders) if not embedder.card.audit]
        if not settings.augment or not chosen:
            return self
        photos = np.unique(np.concatenate([trial.train for trial in self.trials]))
        made = embed_variants(
            self.dataset,
            photos,
            self.screening.keys,
            [self.embedders[place] for place in chosen],
            settings.augmentation,
            settings.augment,
        )
        vectors = list(self.vectors)
        for place, variants in zip(chosen, made, strict=True):
            vectors[place] = replace(vectors[place], variants=variants)
        return replace(self, vectors=vectors)


def make_plan(
    dataset: Dataset,
    settings: Settings,
    store: VectorStore | None = None,
    cluster: Cluster | None = None,
    audits: Sequence[str] = (),
    grouping: int = GROUPING,
    hard_by: str | None = None,
    measure: bool = False,
) -> Plan:
    """Return the plan of an experiment: a wrong name fails before the first photo is decoded.

    `audits` are extractors of an audit: only a comparison has one, and only it asks to `measure` properties. `hard_by`
    is an extractor outside of it, which chooses hard strangers: its vectors are stored, and nothing else is made of
    them.

    Each photo is decoded once, for the screening and all extractors, and not at all where the store holds everything.
    The pass ends as soon as the screening finds what cannot be used. `grouping` is the number of the rules by which
    photos are grouped; older ones reproduce older runs.

    Raises:
        FacebenchError: unknown names, `hard_by` is compared, or a data set or a file of vectors that cannot be used.
    """
    targets = targets_of(dataset, settings)
    files = _files_of_vectors(settings)
    compared = [(name, extractors.create(name, runtime=settings.runtime)) for name in settings.extractors]
    audited = [(name, extractors.create(name, runtime=settings.runtime)) for name in _audited(settings, audits)]
    choosing = [(name, extractors.create(name, runtime=settings.runtime)) for name in (hard_by,) if name]
    for name, extractor in choosing:
        refuse_insider(name, extractor, {other: one.card.facts() for other, one in compared})
    heads = [(name, load_head(name, settings.seed)) for name in settings.heads]
    if settings.drop_shared:
        refuse_many_targets(targets)
        known, _ = shared_files(dataset, targets)
    else:
        known = refuse_shared_files(dataset, targets)
    used = photos_used(dataset, targets, settings)
    positions = np.unique(np.concatenate(list(used.values())))
    embedders = [Embedder(name, extractor, store, cluster) for name, extractor in compared]
    auditors = [Embedder(name, extractor, store) for name, extractor in audited]  # files do not travel to a cluster
    outside = [Embedder(name, extractor, store, cluster) for name, extractor in choosing]
    # What a cluster searches for faces is not searched here again.
    meter = Properties.beside([extractor for _, extractor in compared] if cluster is None else ())
    meters = [Embedder("screening", meter, store, identity=meter.identity)] if measure else []
    screening, vectors = screen_and_embed(
        dataset,
        positions,
        targets,
        [*embedders, *auditors, *outside, *meters],
        store,
        known=known,
        min_photos=settings.min_photos,
        grouping=grouping,
        drop_shared=settings.drop_shared,
    )
    if screening.unreadable or screening.shared:  # somebody may have too few photos left
        targets = _still_enough(screening.dataset, targets, settings)
    given = [file.of(screening.dataset, screening.keys) for file in files]
    for of_file in given:
        _refuse_few(of_file, screening.dataset, targets, settings)
    trials = make_trials(screening, settings, {target: screening.within(used[target]) for target in targets})
    return Plan(
        settings,
        screening,
        trials,
        embedders,
        [*vectors[: len(embedders)], *given],
        heads,
        vectors[len(embedders) :][: len(auditors)],
        (vectors[-1], meter.detector_name) if measure else None,
    )


def _files_of_vectors(settings: Settings) -> list[ForeignVectors]:
    """Return the files of vectors that were not made here, read."""
    if settings.vectors and settings.augment:
        raise FacebenchError(
            "--augment makes variants of photos, and --vectors has none of these: leave one of them out (with a "
            "preset, by --augment 0)."
        )
    files = [ForeignVectors(folder_spelled(file)) for file in settings.vectors]
    for name, count in Counter(file.name for file in files).items():
        if count > 1:
            raise FacebenchError(f"--vectors: {count} files would be called {name} in the table. Rename them.")
    return files


def _refuse_few(vectors: Vectors, dataset: Dataset, targets: Sequence[str], settings: Settings) -> None:
    """Refuse a file that has vectors of too few photos of every target, or of nobody else."""
    seen = Counter(dataset.items[photo].person for photo in np.flatnonzero(vectors.embedded))
    most = max(targets, key=lambda target: seen[target])
    if seen[most] >= settings.min_photos and seen.total() > seen[most]:
        return
    raise FacebenchError(
        f"{vectors.extractor} has vectors of {counted(seen[most], 'photo')} of {most} and of "
        f"{seen.total() - seen[most]} of others: {settings.min_photos} of the target are needed, and some of others."
    )


def _audited(settings: Settings, audits: Sequence[str]) -> list[str]:
    """Return the extractors of the audit, less those that are compared with one of its heads anyway."""
    compared: Sequence[str] = settings.extractors if set(AUDIT_HEADS) & set(settings.heads) else ()
    return [name for name in audits if name not in compared]


def _still_enough(dataset: Dataset, targets: list[str], settings: Settings) -> list[str]:
    """Return the targets that have photos enough; nobody comes in their place."""
    enough = [target for target in targets if dataset.people.get(target, 0) >= settings.min_photos]
    for target in enough or targets[:1]:
        choose_targets(dataset, target, min_photos=settings.min_photos)  # says what is missing
    return enough


def targets_of(dataset: Dataset, settings: Settings) -> list[str]:
    return choose_targets(
        dataset,
        settings.target,
        min_photos=settings.min_photos,
        max_targets=settings.max_targets,
        seed=settings.seed,
    )
