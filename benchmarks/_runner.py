"""The experiment: every extractor with every head, on the same photos, split and seeds."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from ..classifiers import load_head
from ..data import Dataset, Split, choose_targets, refuse_shared_files, split
from ..embeddings import Cluster, VectorStore, extractors
from ..errors import FacebenchError, counted
from ._evaluate import MAJORITY, Trial, evaluate, evaluate_majority, predictions
from ._progress import progress_bar
from ._provenance import new_result
from ._schema import PairingResult, Prediction, RunResult, Settings, Skipped, TargetResult, UnreadablePhoto
from ._vectors import Vectors, embed_dataset

#: Called after every finished pairing with all there is so far.
Save = Callable[[RunResult, list[Prediction]], None]


def run_benchmark(
    dataset: Dataset,
    settings: Settings,
    save: Save,
    *,
    store: VectorStore | None = None,
    cluster: Cluster | None = None,
    command: str = "",
) -> RunResult:
    """Run every extractor with every head on a data set and return the result.

    Each photo is decoded and embedded once per extractor, and not at all where `store` holds its vector. `save`
    gets what is finished after each pairing, so that nothing finished is lost when the run is ended early.

    Raises:
        FacebenchError: unknown names, a data set that cannot be used, or no readable photo.
    """
    started = time.perf_counter()
    targets = choose_targets(
        dataset,
        settings.target,
        min_photos=settings.min_photos,
        max_targets=settings.max_targets,
        seed=settings.seed,
    )
    refuse_shared_files(dataset, targets)
    made = [(name, extractors.create(name, runtime=settings.runtime)) for name in settings.extractors]
    # A wrong name fails now, not after an hour of extraction.
    heads = [(name, load_head(name, settings.seed)) for name in settings.heads]
    splits = [split(dataset, target, settings.seed) for target in targets]
    result = new_result(dataset, settings, splits, command)
    rows: list[Prediction] = []
    trials: list[Trial] = []

    for name, extractor in made:
        vectors = embed_dataset(dataset, name, extractor, store, cluster)
        result.extractors.append(vectors.summary)
        if not trials:  # what cannot be decoded is so for every extractor: one list for all
            trials = _trials(dataset, splits, vectors, result)
        for head_name, head in heads:
            pairing, tested = _test_pairing(dataset, trials, vectors, (name, head_name), head, settings)
            result.pairings.append(pairing)
            rows += tested
            result.seconds = time.perf_counter() - started
            save(result, rows)
    result.status = "complete"
    result.seconds = time.perf_counter() - started
    save(result, rows)
    return result


def _trials(dataset: Dataset, splits: list[Split], vectors: Vectors, result: RunResult) -> list[Trial]:
    """Leave out what cannot be decoded, note it in the result, and add the majority row."""
    unreadable = vectors.unreadable()
    if len(unreadable) == len(dataset.items):
        first = next(iter(unreadable))
        raise FacebenchError(
            f"None of the {len(unreadable)} photos of {dataset.title} can be read; "
            f"the first, {dataset.items[first].path}: {unreadable[first].detail}."
        )
    result.unreadable = [
        UnreadablePhoto(path=dataset.items[index].name, reason=failure.reason, detail=failure.detail)
        for index, failure in unreadable.items()
    ]
    if unreadable:
        result.warnings.append(
            f"{counted(len(unreadable), 'photo')} left out, not readable; the first: {result.unreadable[0].path} "
            f"({result.unreadable[0].detail})"
        )
    trials = [Trial.of(parts, dataset, set(unreadable)) for parts in splits]
    digest = hashlib.sha256()
    for trial in trials:
        digest.update(f"{trial.target}\n".encode())
        digest.update("".join(sorted(f"{vectors.hashes[i]} {trial.mine[i]}\n" for i in trial.test)).encode())
    result.test_hash = digest.hexdigest()
    outcomes = [evaluate_majority(trial) for trial in trials]
    result.pairings.append(_pairing("", MAJORITY, outcomes))
    return trials


def _test_pairing(
    dataset: Dataset, trials: list[Trial], vectors: Vectors, pairing: tuple[str, str], head: Any, settings: Settings
) -> tuple[PairingResult, list[Prediction]]:
    from threadpoolctl import threadpool_limits

    outcomes: list[TargetResult | Skipped] = []
    rows: list[Prediction] = []
    threads = 1 if getattr(head, "uses_all_cores", False) else os.cpu_count() or 1
    with (
        progress_bar(" x ".join(pairing), len(trials), "people") as advance,
        threadpool_limits(1 if threads > 1 else None),  # a thread per target is enough
        ThreadPoolExecutor(threads) as pool,
    ):
        test = partial(evaluate, vectors=vectors, head=head, rule=settings.threshold)
        for trial, outcome in zip(trials, (map if threads == 1 else pool.map)(test, trials), strict=True):
            if isinstance(outcome, Skipped):
                outcomes.append(outcome)
            else:
                target_result, scores, decisions = outcome
                outcomes.append(target_result)
                rows += predictions(dataset, trial, vectors, pairing, settings.seed, scores, decisions)
            advance(1)
    return _pairing(*pairing, outcomes), rows


def _pairing(extractor: str, head: str, outcomes: Sequence[TargetResult | Skipped]) -> PairingResult:
    return PairingResult(
        extractor=extractor,
        head=head,
        targets=[outcome for outcome in outcomes if not isinstance(outcome, Skipped)],
        skipped=[outcome for outcome in outcomes if isinstance(outcome, Skipped)],
    )
