"""A head trained on all photos of a person: threshold, calibration, estimate by cross-validation."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ..benchmarks import Settings
from ..benchmarks.protocol import Plan, Trial, fit_trial, make_plan, predictions, replay, scores_of, target_result
from ..benchmarks.results import THRESHOLD_VERSION, PairingResult, RunResult
from ..benchmarks.statistics import choose_threshold, estimate_figures, samples_of
from ..classifiers import natural_threshold
from ..data import Dataset
from ..embeddings.extraction import Vectors
from ..embeddings.store import VectorStore
from ..errors import FacebenchError, counted
from ..text import progress_bar
from ._bundle import Bundle
from ._calibration import calibrate
from ._facts import facts_of, frozen, refuse_fusion, refuse_head, refuse_unfit_pair
from ._manifest import OutOfFold

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Indices = NDArray[np.intp]

_FOLDS = 5


def train_bundle(
    dataset: Dataset, settings: Settings, *, include_vectors: bool = False, store: VectorStore | None = None
) -> Bundle:
    """Return the bundle of one extractor and one head, trained on all photos of a data set.

    Args:
        dataset: the photos.
        settings: one extractor, one head and one target; its rule of the threshold, augmentation and seed.
        include_vectors: whether the bundle may contain vectors of individual photos.
        store: where vectors are looked up and saved.

    Raises:
        FacebenchError: as `run_benchmark`; or the head cannot be saved, or photos are too few for cross-validation.
    """
    refuse_head(settings.heads[0], include_vectors)
    refuse_fusion(settings.extractors[0])
    refuse_unfit_pair(settings.extractors[0], settings.heads[0])
    return _train(make_plan(dataset, settings, store), THRESHOLD_VERSION)


def train_winner(
    result: RunResult,
    pairing: PairingResult,
    target: str,
    store: VectorStore | None = None,
) -> Bundle:
    """Return the bundle of a pairing of a run, as `choose_winner` gives it, trained on all photos of the run's target.

    Raises:
        FacebenchError: as `train_bundle`; or the photos are no longer those of the run.
    """
    plan = _of_target(replay(result, [pairing.extractor], [pairing.head], store), target)
    return _train(plan, result.threshold_version)


def _of_target(plan: Plan, target: str) -> Plan:
    return replace(plan, trials=[trial for trial in plan.trials if trial.target == target])


def _rule(asked: str, version: int) -> str:
    """Return the rule for out-of-fold scores: `auto` trusts them however few, from version 2 on."""
    return "balanced" if asked == "auto" and version > 1 else asked


def _train(plan: Plan, threshold_version: int) -> Bundle:
    """Return the bundle of a plan with one extractor, one head and one target."""
    [(head_name, head)] = plan.heads
    first = plan.trials[0]
    everything = np.sort(np.concatenate([first.train, first.validation, first.test]))
    trial = replace(first, train=everything, validation=everything[:0], test=everything)
    [vectors] = replace(plan, trials=[trial]).augmented().vectors
    extractor = vectors.extractor
    folds = _folds(trial, vectors, extractor, plan.settings.seed)
    with progress_bar(f"{extractor} x {head_name}", len(folds) + 1, "fits") as advance:
        scores = np.full(len(everything), np.nan)
        for held_out in folds:
            scores[held_out] = _scores_without(trial, held_out, vectors, head)
            advance(1)
        fitted = fit_trial(trial, vectors, head)
        advance(1)
    natural, rule = natural_threshold(fitted), _rule(plan.settings.threshold, threshold_version)
    truth = trial.mine[everything]
    threshold, used = choose_threshold(rule, natural, truth, scores)
    return Bundle.of(
        head_name,
        frozen(head_name, fitted),
        **facts_of(plan, trial, vectors),
        threshold=threshold,
        threshold_rule=used,
        calibration=calibrate(rule, threshold, truth, scores, "out-of-fold"),
        out_of_fold=_estimate(plan, trial, vectors, (extractor, head_name), scores, folds, natural, rule),
        as_tested=None,
    )


def _folds(trial: Trial, vectors: Vectors, extractor: str, seed: int) -> list[Indices]:
    """Return the folds as positions in `trial.test`: groups stay whole, and each fold has both classes.

    Photos without a vector are in no fold: they never have a score.
    """
    seen = np.flatnonzero(vectors.trainable[trial.test] | vectors.embedded[trial.test])
    photos = trial.test[seen]
    truth, units = trial.mine[photos], trial.units[photos]
    folds = trial.folds(photos, _FOLDS, seed)
    if not folds or truth.sum() < 3:
        raise FacebenchError(
            f"{extractor} has vectors of {counted(int(truth.sum()), 'photo')} of {trial.target} in "
            f"{len(np.unique(units[truth]))} groups and of {int((~truth).sum())} of others: too few to leave some out. "
            "Add photos, of other days and other people."
        )
    return [seen[held_out] for held_out in folds]


def _scores_without(trial: Trial, held_out: Indices, vectors: Vectors, head: Any) -> NDArray[np.float64]:
    """Return the scores of some photos under a head that was trained on all others."""
    fold = trial.without(trial.test, held_out)
    if not fold.trainable(vectors.trainable):
        raise FacebenchError(
            f"With a fold left out fewer than 2 photos of {trial.target} or of others have a vector: add photos."
        )
    return scores_of(fold, fold.test, vectors, fit_trial(fold, vectors, head))[1]


def _estimate(
    plan: Plan,
    trial: Trial,
    vectors: Vectors,
    pairing: tuple[str, str],
    scores: NDArray[np.float64],
    folds: list[Indices],
    natural: float,
    rule: str,
) -> OutOfFold:
    """Return the estimate: each fold is decided with the threshold of the others, never with its own."""
    truth, decisions = trial.mine[trial.test], np.zeros(len(scores), dtype=bool)
    for held_out in folds:
        others = np.delete(np.arange(len(scores)), held_out)
        threshold, _ = choose_threshold(rule, natural, truth[others], scores[others])
        decisions[held_out] = scores[held_out] >= threshold
    result = target_result(trial, trial.train, scores, decisions, natural, "natural", 0.0)
    rows = predictions(plan.dataset, trial, vectors, pairing, scores, decisions)
    return OutOfFold(folds=len(folds), metrics=result.metrics, estimates=estimate_figures([result], samples_of(rows)))
