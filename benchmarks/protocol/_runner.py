"""The experiment: every extractor with every head, on the same photos, split and seeds."""

from __future__ import annotations

import os
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import Any

from ...data import Dataset
from ...embeddings.cluster import Cluster
from ...embeddings.extraction import Vectors
from ...embeddings.store import VectorStore
from ...errors import FIT, FacebenchError
from ...text import progress_bar, whole
from .._settings import Settings
from ..results import (
    PairingResult,
    Predictions,
    Properties,
    RefusedPairing,
    RunPhoto,
    RunResult,
    Skipped,
    TargetResult,
)
from ..statistics import check_shortcuts, estimate_figures, samples_of, shortcut_warnings, verdict_of
from ._audit import audits_among, audits_of, choose_head
from ._evaluate import MAJORITY, HeadError, evaluate, evaluate_majority, predictions, refuse_unfit
from ._plan import Plan, make_plan
from ._provenance import extractor_result, new_result, properties_of
from ._warnings import warnings_about_faces

#: Called after every finished pairing with all there is so far.
Save = Callable[[RunResult, Predictions], None]


def run_benchmark(
    dataset: Dataset,
    settings: Settings,
    save: Save,
    *,
    store: VectorStore | None = None,
    cluster: Cluster | None = None,
    command: str = "",
    list_photos: Callable[[Iterable[RunPhoto]], None] | None = None,
    hard_by: str | None = None,
    list_properties: Callable[[Properties], None] | None = None,
) -> RunResult:
    """Run every extractor with every head on a data set and return the result.

    Each photo is decoded once for all extractors, and not at all where `store` holds its vectors. `save` gets what is
    finished after each pairing, so that nothing finished is lost when the run is ended early; `list_photos` gets the
    photos that take part, once, before, and `list_properties` what was measured of them: nothing is where nobody asks.
    `hard_by` is an extractor outside of the comparison that will choose hard strangers: its vectors are stored in the
    same pass.

    A pairing whose head cannot be fitted, or gives scores that are not finite, is left out, with the reason.

    Raises:
        FacebenchError: unknown names, a data set that cannot be used, no readable photo, or no pairing that could be
            tested.
    """
    started = time.perf_counter()
    audits = audits_of(settings.audit, dataset)
    with whole((len(settings.extractors) + len(settings.vectors)) * len(settings.heads), "pairings") as pairings:
        measure = list_properties is not None
        plan = make_plan(dataset, settings, store, cluster, audits, hard_by=hard_by, measure=measure).augmented()
        pairings.total = len(plan.vectors) * len(plan.heads) + len(plan.audit_vectors)
        if list_photos:
            list_photos(plan.screening.listed())
        if list_properties:
            list_properties(properties_of(plan))
        result = new_result(dataset, plan, command)
        result.pairings.append(
            _pairing("", MAJORITY, [evaluate_majority(trial) for trial in plan.trials], Predictions())
        )
        rows = Predictions()
        for vectors, heads, audit in _tests(plan, result):
            result.extractors.append(extractor_result(vectors))
            for name, head in heads:
                try:
                    refuse_unfit(head, vectors)
                    pairing, tested = _test_pairing(plan, vectors, (vectors.extractor, name), head)
                except HeadError as error:
                    result.refused.append(RefusedPairing(extractor=vectors.extractor, head=name, reason=error.why))
                    continue
                finally:
                    pairings()
                result.pairings.append(pairing.model_copy(update={"audit": audit}))
                rows = Predictions.joined([rows, tested])
                result.seconds = time.perf_counter() - started
                save(result, rows)
            of_extractor = [pairing for pairing in result.pairings if pairing.extractor == vectors.extractor]
            result.warnings += [warning for pairing in of_extractor[-1:] for warning in warnings_about_faces(pairing)]
    _judge(result, rows)
    result.status = "complete"
    result.seconds = time.perf_counter() - started
    save(result, rows)
    return result


def _tests(plan: Plan, result: RunResult) -> Iterator[tuple[Vectors, Sequence[tuple[str, Any]], bool]]:
    """Yield vectors, their heads by name, and whether they are an audit's: audits last, if anything could be tested."""
    for vectors in plan.vectors:
        yield vectors, plan.heads, False
    _refuse_untested(result)
    for vectors in plan.audit_vectors:
        yield vectors, [choose_head(plan.trials, vectors, plan.settings.seed)], True


def _refuse_untested(result: RunResult) -> None:
    """Refuse a result without a tested pairing, with what there is to say instead."""
    compared = [pairing for pairing in result.pairings if pairing.extractor]
    if any(pairing.targets for pairing in compared):
        return
    reasons = [f"The head {refused.head} {refused.reason}." for refused in result.refused]
    reasons += [f"{skipped.target}: {skipped.reason}." for pairing in compared for skipped in pairing.skipped]
    raise FacebenchError(" ".join(["Nothing could be tested.", *dict.fromkeys(reasons)]))


def _judge(result: RunResult, rows: Predictions) -> None:
    """Enter into a result what its audits found, the warnings about it, and the verdict."""
    competing = [pairing for pairing in result.pairings if pairing.extractor and not pairing.audit]
    tested = [pairing for pairing in competing if pairing.estimates]
    if tested:
        best = max(tested, key=lambda pairing: pairing.estimates["balanced_accuracy"].value)
        cards = {extractor.extractor: extractor.card for extractor in result.extractors}
        audits = audits_among(result.pairings, cards, rows)
        result.shortcuts = check_shortcuts(audits, rows.where(extractor=best.extractor, head=best.head))
    result.warnings += shortcut_warnings(result.shortcuts)
    result.verdict = verdict_of(competing, result.shortcuts)


def _test_pairing(
    plan: Plan, vectors: Vectors, pairing: tuple[str, str], head: Any
) -> tuple[PairingResult, Predictions]:
    from threadpoolctl import threadpool_limits

    threads = 1 if getattr(head, "uses_all_cores", False) else os.cpu_count() or 1
    with (
        progress_bar(" x ".join(pairing), len(plan.trials), "splits") as advance,
        threadpool_limits(1 if threads > 1 else None),  # a thread per target is enough
        _threads_for_fits(threads) as pool,
    ):
        test = partial(evaluate, vectors=vectors, head=head, rule=plan.settings.threshold)
        tested = []
        for outcome in (map if threads == 1 else pool.map)(test, plan.trials):
            tested.append(outcome)
            advance(1)
    outcomes: list[TargetResult | Skipped] = []
    parts = [Predictions()]
    for trial, outcome in zip(plan.trials, tested, strict=True):
        if isinstance(outcome, Skipped):
            outcomes.append(outcome)
        else:
            target_result, scores, decisions = outcome
            outcomes.append(target_result)
            parts.append(predictions(plan.dataset, trial, vectors, pairing, scores, decisions))
    rows = Predictions.joined(parts)
    return _pairing(*pairing, outcomes, rows), rows


@contextmanager
def _threads_for_fits(count: int) -> Iterator[ThreadPoolExecutor]:
    """Give threads for a block; where it is interrupted, nobody waits for the fits that are under way.

    The process' warning filters are those of before, behind the block: each tree of a scikit-learn forest sets them
    anew, and two threads leave them in another order, or empty.
    """
    pool = ThreadPoolExecutor(count, thread_name_prefix=FIT)
    waiting = True
    with warnings.catch_warnings():
        try:
            yield pool
        except KeyboardInterrupt:
            waiting = False
            raise
        finally:
            pool.shutdown(waiting, cancel_futures=True)


def _pairing(extractor: str, head: str, outcomes: Sequence[TargetResult | Skipped], rows: Predictions) -> PairingResult:
    tested = [outcome for outcome in outcomes if not isinstance(outcome, Skipped)]
    return PairingResult(
        extractor=extractor,
        head=head,
        targets=tested,
        skipped=[outcome for outcome in outcomes if isinstance(outcome, Skipped)],
        estimates=estimate_figures(tested, samples_of(rows)) if rows else {},
    )
