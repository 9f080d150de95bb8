"""A stored run's photos, splits and vectors, reproduced from its photos and settings: a run saves none of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ...classifiers import parameters_of
from ...data import GROUPING, LISTING, Dataset, Rules, dataset_from, folder_spelled
from ...embeddings import VectorStore
from ...errors import FacebenchError, printable
from ...registry import parse_call
from ..results import THRESHOLD_VERSION, RunPhoto, RunResult, refuse_unknown
from ._plan import Plan, make_plan
from ._provenance import hash_of_parts
from ._screening import Screening, screening_of
from ._trials import Trial, make_trials, photos_used

#: Defaults that were others when runs did not list the parameters of their heads yet, or did not have them.
_DEFAULTS_OF_6CC0E70: dict[str, dict[str, Any]] = {
    "ridge": {"alpha": 1.0},
    "knn": {"standardise": True},
    "mlp": {"trainer": "keras"},
}


def dataset_of(result: RunResult) -> Dataset:
    """Return a run's data set as listed today, with the same people drawn if some were.

    Raises:
        FacebenchError: its folders are not where they were.
    """
    summary = result.dataset
    folders = {option: folder_spelled(folder) for option, folder in summary.sources.items()}
    try:
        listed = dataset_from(
            data=folders.get("data"),
            me=folders.get("me"),
            others=folders.get("others"),
            labels=folders.get("labels"),
            view=summary.view,
            limit_others=summary.limit_others,
            against=summary.against or None,
            target=result.settings.target,
            seed=result.settings.seed,
            rules=Rules(summary.layout, summary.any_name, summary.listing),
        )
    except FacebenchError as error:
        raise FacebenchError(f"The photos of this run are not where they were. {error}") from error
    if not folders and listed.title != summary.title:
        raise FacebenchError(f"The run does not say where the photos of {summary.title} are: make it again.")
    return listed


def splits_listed(result: RunResult, photos: Sequence[RunPhoto]) -> tuple[list[Trial], Screening]:
    """Return a run's splits and its photos, from the list in the run's folder; no photo is opened.

    Raises:
        FacebenchError: the run has settings that are not known here; or photos were added, removed or changed since,
            or are not where they were.
    """
    dataset = _unchanged(result)
    settings = result.settings
    screening = screening_of(dataset, photos)
    used = photos_used(dataset, result.targets, settings)
    trials = make_trials(screening, settings, {target: screening.within(photos) for target, photos in used.items()})
    if hash_of_parts(trials, screening.dataset) != result.split_hash:
        raise _split_otherwise(result)
    return trials, screening


def replay(
    result: RunResult, extractors: Sequence[str], heads: Sequence[str], store: VectorStore | None = None
) -> Plan:
    """Return a run's plan, reproduced for some extractors and heads: the same photos, groups and splits.

    Augmented photos are those of the run, by the version of augmentation that it was made with.

    Raises:
        FacebenchError: the run has settings that are not known here, or a newer facebench made it, with another
            augmentation, grouping or choice of thresholds; or photos were added, removed or changed since, or are not
            where they were.
    """
    dataset = _unchanged(result)
    if result.settings.augment and result.settings.augmentation.is_newer:
        raise _newer(result, "augmentation")
    if result.grouping > GROUPING:
        raise _newer(result, "grouping of doubles")
    if result.threshold_version > THRESHOLD_VERSION:
        raise _newer(result, "choice of thresholds")
    asked = {"extractors": list(extractors), "vectors": [], "heads": list(heads)}
    plan = make_plan(dataset, result.settings.model_copy(update=asked), store, grouping=result.grouping)
    if hash_of_parts(plan.trials, plan.dataset) != result.split_hash:
        raise _split_otherwise(result)
    return replace(plan, heads=[(name, _as_then(name, head, result)) for name, head in plan.heads])


def _as_then(name: str, head: Any, result: RunResult) -> Any:
    """Return a head with the parameters that it had in a run: defaults may have changed since."""
    kind, given = parse_call(name)
    unlisted = {key: value for key, value in _DEFAULTS_OF_6CC0E70.get(kind, {}).items() if key not in given}
    then = unlisted | (result.heads.get(name) or {})
    now = parameters_of(head)
    return head.set_params(**{key: value for key, value in then.items() if key in now and value != now[key]})


def _newer(result: RunResult, what: str) -> FacebenchError:
    return FacebenchError(
        f"The run was made by facebench {made_by(result)}, whose {what} is not known here: update facebench, or "
        f"{_again(result)}"
    )


def made_by(result: RunResult) -> str:
    """Return the version of the facebench that made a run."""
    return printable(result.versions.get("facebench", "of unknown version"))


def _unchanged(result: RunResult) -> Dataset:
    refuse_unknown(result.settings)
    if result.dataset.listing > LISTING:
        raise _newer(result, "listing of folders")
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
