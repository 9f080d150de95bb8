"""The experiment: every extractor with every head, on the same photos, split and seeds."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from ..data import Dataset
from ..embeddings import Cluster, VectorStore
from ..errors import counted
from ._evaluate import MAJORITY, Trial, evaluate, evaluate_majority, predictions
from ._plan import Plan, make_plan
from ._progress import progress_bar
from ._provenance import new_result
from ._schema import PairingResult, Prediction, RunResult, Settings, Skipped, TargetResult, UnreadablePhoto
from ._vectors import Vectors

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
    plan = make_plan(dataset, settings)
    result = new_result(dataset, plan, command)
    hashes = plan.hashes()
    rows: list[Prediction] = []
    trials: list[Trial] = []

    for embedder in plan.embedders(store, cluster):
        vectors = plan.embed(hashes, embedder)
        if not trials:
            trials = plan.trials(vectors)
            _begin(result, plan, trials, vectors)
        vectors = plan.augmented(vectors, trials, embedder)
        result.extractors.append(vectors.summary)
        for name, head in plan.heads:
            pairing, tested = _test_pairing(plan, trials, vectors, (embedder.name, name), head)
            result.pairings.append(pairing)
            rows += tested
            result.seconds = time.perf_counter() - started
            save(result, rows)
    result.status = "complete"
    result.seconds = time.perf_counter() - started
    save(result, rows)
    return result


def _begin(result: RunResult, plan: Plan, trials: list[Trial], vectors: Vectors) -> None:
    """Note in the result what cannot be decoded and what is tested on, and add the majority row."""
    unreadable = vectors.unreadable()
    result.unreadable = [
        UnreadablePhoto(path=plan.dataset.items[index].name, reason=failure.reason, detail=failure.detail)
        for index, failure in unreadable.items()
    ]
    if unreadable:
        result.warnings.append(
            f"{counted(len(unreadable), 'photo')} left out, not readable; the first: {result.unreadable[0].path} "
            f"({result.unreadable[0].detail})"
        )
    digest = hashlib.sha256()
    for trial in trials:
        digest.update(f"{trial.target}\n".encode())
        digest.update("".join(sorted(f"{vectors.hashes[i]} {trial.mine[i]}\n" for i in trial.test)).encode())
    result.test_hash = digest.hexdigest()
    result.pairings.append(_pairing("", MAJORITY, [evaluate_majority(trial) for trial in trials]))


def _test_pairing(
    plan: Plan, trials: list[Trial], vectors: Vectors, pairing: tuple[str, str], head: Any
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
        test = partial(evaluate, vectors=vectors, head=head, rule=plan.settings.threshold)
        for trial, outcome in zip(trials, (map if threads == 1 else pool.map)(test, trials), strict=True):
            if isinstance(outcome, Skipped):
                outcomes.append(outcome)
            else:
                target_result, scores, decisions = outcome
                outcomes.append(target_result)
                rows += predictions(plan.dataset, trial, vectors, pairing, plan.settings.seed, scores, decisions)
            advance(1)
    return _pairing(*pairing, outcomes), rows


def _pairing(extractor: str, head: str, outcomes: Sequence[TargetResult | Skipped]) -> PairingResult:
    return PairingResult(
        extractor=extractor,
        head=head,
        targets=[outcome for outcome in outcomes if not isinstance(outcome, Skipped)],
        skipped=[outcome for outcome in outcomes if isinstance(outcome, Skipped)],
    )
