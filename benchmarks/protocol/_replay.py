"""A stored run's photos, splits and vectors, reproduced from its photos and settings: a run saves none of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ...data import Dataset, dataset_from, participants
from ...embeddings import VectorStore, extractors
from ...embeddings.extraction import Embedder, Photos, Vectors, embed_photos
from ...errors import FacebenchError
from ..results import RunPhoto, RunResult, refuse_unknown
from ._plan import Plan, make_plan
from ._provenance import hash_of_parts
from ._screening import screening_of
from ._trials import Trial, make_trials


def dataset_of(result: RunResult) -> Dataset:
    """Return a run's data set as listed today, with the same people drawn if some were.

    Raises:
        FacebenchError: its folders are not where they were.
    """
    summary = result.dataset
    folders = {option: Path(folder) for option, folder in summary.sources.items()}
    try:
        listed = dataset_from(
            data=folders.get("data"),
            me=folders.get("me"),
            others=folders.get("others"),
            limit_others=summary.limit_others,
            target=result.settings.target,
            seed=result.settings.seed,
        )
    except FacebenchError as error:
        raise FacebenchError(f"The photos of this run are not where they were. {error}") from error
    if not folders and listed.title != summary.title:
        raise FacebenchError(f"The run does not say where the photos of {summary.title} are: make it again.")
    return listed


def replay_listed(
    result: RunResult, photos: Sequence[RunPhoto], extractor: str, store: VectorStore | None = None
) -> tuple[list[Trial], Dataset, Vectors]:
    """Return a run's splits, its photos and their vectors under one extractor, from the list in the run's folder.

    Only photos whose vectors are not in the store are opened.

    Raises:
        FacebenchError: the run has settings that are not known here; or photos were added, removed or changed since,
            or are not where they were.
    """
    dataset = _unchanged(result)
    settings = result.settings
    screening = screening_of(dataset, photos)
    used = {
        target: screening.within(participants(dataset, target, settings.seed, settings.strangers, settings.split))
        for target in result.targets
    }
    trials = make_trials(screening, settings, used)
    if hash_of_parts(trials, screening.dataset) != result.split_hash:
        raise _split_otherwise(result)
    embedder = Embedder(extractor, extractors.create(extractor, runtime=settings.runtime), store)
    source = Photos([item.path for item in screening.dataset.items], list(screening.hashes))
    return trials, screening.dataset, embed_photos(source, embedder)


def replay(result: RunResult, extractor: str, heads: Sequence[str], store: VectorStore | None = None) -> Plan:
    """Return a run's plan, reproduced for one of its extractors and some heads: the same photos in the same splits.

    Raises:
        FacebenchError: the run has settings that are not known here; or photos were added, removed or changed since,
            or are not where they were.
    """
    dataset = _unchanged(result)
    asked = {"extractors": [extractor], "heads": list(heads), "audit": False}
    plan = make_plan(dataset, result.settings.model_copy(update=asked), store)
    if hash_of_parts(plan.trials, plan.dataset) != result.split_hash:
        raise _split_otherwise(result)
    return plan


def _unchanged(result: RunResult) -> Dataset:
    refuse_unknown(result.settings)
    dataset = dataset_of(result)
    if dataset.fingerprint != result.dataset.fingerprint:
        raise FacebenchError(
            f"Photos of {result.dataset.title} were added, removed or changed since the run: {_again(result)}"
        )
    return dataset


def _split_otherwise(result: RunResult) -> FacebenchError:
    return FacebenchError(f"The photos of {result.dataset.title} are split otherwise than in the run: {_again(result)}")


def _again(result: RunResult) -> str:
    return f"make the run again: {result.command or 'bench run'}"
