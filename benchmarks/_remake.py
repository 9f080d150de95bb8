"""A stored run's photos, splits and vectors, had again from where they lie today: a run keeps none of them."""

from __future__ import annotations

from pathlib import Path

from ..data import Dataset, dataset_from
from ..embeddings import VectorStore, extractors
from ..errors import FacebenchError
from ._embedder import Embedder
from ._plan import Plan, make_plan
from ._provenance import hash_of_parts
from ._reading import refuse_unknown
from ._schema import RunResult
from ._vectors import Vectors


def dataset_of(result: RunResult) -> Dataset:
    """Return a run's data set as it is listed today, with those who were drawn, where others were.

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


def remake_plan(result: RunResult, store: VectorStore | None = None) -> Plan:
    """Return a run's plan again: the same photos in the same splits, whoever's they were.

    Raises:
        FacebenchError: the run has settings that are not known here; or photos were added, removed or changed since,
            or are not where they were.
    """
    refuse_unknown(result.settings)
    dataset = dataset_of(result)
    again = f"make the run again: {result.command or 'bench run'}"
    if dataset.fingerprint != result.dataset.fingerprint:
        raise FacebenchError(f"Photos of {result.dataset.title} were added, removed or changed since the run: {again}")
    plan = make_plan(dataset, result.settings, store)
    if hash_of_parts(plan) != result.split_hash:
        raise FacebenchError(f"The photos of {result.dataset.title} are split otherwise than in the run: {again}")
    return plan


def remake_vectors(plan: Plan, extractor: str, store: VectorStore | None = None) -> Vectors:
    """Return the vectors of a plan's photos under one extractor, by its call string; from the store where they are."""
    made = extractors.create(extractor, runtime=plan.settings.runtime)
    return plan.embed(Embedder(extractor, made, store))
