"""One target under one extractor and one head: fit, choose the threshold, test once."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from math import isnan
from typing import TYPE_CHECKING, Any

import numpy as np

from ...classifiers import (
    cheap_to_refit,
    fit_head,
    fused,
    natural_threshold,
    photos_needed,
    score,
    takes_validation,
    unfit_for,
)
from ...data import Dataset
from ...embeddings import EMBEDDED, box_text
from ...embeddings.extraction import Vectors
from ...errors import FacebenchError
from ..results import OUT_OF_FOLD, UNTRAINED, Predictions, Skipped, TargetResult
from ..statistics import choose_threshold, enough_photos, measure, operating_points, roc_of
from ._trials import Trial

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Indices = NDArray[np.intp]

#: The row that always answers "not me".
MAJORITY = "majority"
#: That a threshold is chosen on; five find no better one, and cost more.
_FOLDS = 3


class HeadError(FacebenchError):
    """A head that cannot be tested, by its fault.

    Attributes:
        why: what it does wrong, in the words that follow its name.
    """

    def __init__(self, head: Any, why: str) -> None:
        super().__init__(f"The head {head!r} {why}.")
        self.why = why


def evaluate(
    trial: Trial, vectors: Vectors, head: Any, rule: str
) -> tuple[TargetResult, NDArray[np.float64], NDArray[np.bool_]] | Skipped:
    """Fit a copy of a head on a trial's training photos and test it; return result, test scores and decisions.

    Photos without a vector are left out of training and of the choice of the threshold; in the test they are
    "not me", with the score NaN. A target with too few vectors to train on is never recognised: to leave it out would
    favour extractors that fail on the hardest.

    Raises:
        HeadError: the head refuses its parameters or the vectors, or its scores are not finite.
    """
    if reason := trial.untestable():
        return Skipped(target=trial.target, reason=reason)
    if not trial.trainable(vectors.trainable, photos_needed(head)):
        return _never_recognised(trial, vectors.embedded[trial.test])
    started = time.perf_counter()
    fitted = fit_trial(trial, vectors, head)
    fit_seconds = time.perf_counter() - started
    validation, test = (scores_of(trial, part, vectors, fitted) for part in (trial.validation, trial.test))
    natural, folds = natural_threshold(fitted), 0
    threshold, used = choose_threshold(rule, natural, *validation)
    if rule == "auto" and not enough_photos(*validation) and cheap_to_refit(head):
        left_out, folds = _out_of_fold(trial, vectors, head)
        if folds:
            threshold, used = choose_threshold("balanced", natural, *left_out)[0], OUT_OF_FOLD
    scores = test[1]
    decisions = scores >= threshold  # NaN compares as False: not me
    train = trained_on(trial, vectors)
    result = target_result(trial, train, scores, decisions, threshold, used, fit_seconds)
    more = {
        "threshold_folds": folds,
        "history": getattr(fitted, "history_", {}),
        "operating": operating_points(validation, test, _strangers(trial)),
        "roc": roc_of(*test),
    }
    return result.model_copy(update=more), scores, decisions


def trained_on(trial: Trial, vectors: Vectors) -> Indices:
    """Return a trial's training photos that have a vector."""
    return trial.train[vectors.trainable[trial.train]]


def fit_trial(trial: Trial, vectors: Vectors, head: Any) -> Any:
    """Return a copy of a head, fitted on a trial's training photos that have a vector; of a fusion, one for each part.

    Raises:
        HeadError: the head refuses its parameters or the vectors.
    """
    from sklearn.base import clone

    train = trained_on(trial, vectors)
    seen = trial.validation[vectors.embedded[trial.validation]]
    made = fused(clone(head), vectors.judged_apart) if vectors.judged_apart else clone(head)
    watched = (vectors.matrix[seen], trial.mine[seen]) if takes_validation(made) else None
    with _refusals_told(head, "cannot be fitted"):
        return fit_head(made, vectors.to_train_on(train), trial.mine[train], watched, groups=trial.units[train])


def _out_of_fold(
    trial: Trial, vectors: Vectors, head: Any
) -> tuple[tuple[NDArray[np.bool_], NDArray[np.float64]], int]:
    """Return truth (n,) and scores (n,) of a trial's training photos under heads that did not see them, and the folds.

    Without enough photos to leave some out there are no folds, and no scores.
    """
    photos = trained_on(trial, vectors)
    scores = np.full(len(photos), np.nan)
    folds = trial.folds(photos, _FOLDS, trial.seed)
    for held_out in folds:
        rest = trial.without(photos, held_out)
        # A threshold for two photos is not that for a single one, even where a head needs no second.
        if not rest.trainable(vectors.trainable, max(2, photos_needed(head))):
            folds = []
            break
        scores[held_out] = scores_of(rest, rest.test, vectors, fit_trial(rest, vectors, head))[1]
    return (trial.mine[photos], scores), len(folds)


@contextmanager
def _refusals_told(head: Any, what: str) -> Iterator[None]:
    """Turn what a head raises, of whatever kind in a plug-in, into a refusal of that head alone."""
    try:
        yield
    except Exception as error:
        # scikit-learn's checks of parameters and vectors explain themselves; its messages may have several lines.
        kind = "" if isinstance(error, (TypeError, ValueError, FacebenchError)) else f"{type(error).__name__}: "
        raise HeadError(head, f"{what}: {kind}{' '.join(str(error).split()).rstrip('.')}") from error


def refuse_unfit(head: Any, vectors: Vectors) -> None:
    """Refuse a head that says nothing about an extractor's vectors, in new experiments: older ones are reproduced.

    Raises:
        HeadError: with what to use instead.
    """
    if why := unfit_for(head, vectors.card.weights_sha256):
        raise HeadError(head, why)


def refuse_non_finite(head: Any, scores: NDArray[np.float64]) -> None:
    """Refuse a head that gives photos with a vector scores that are not finite: "no face" would be untrue of them.

    Raises:
        HeadError: one of the scores (n,) is NaN or infinite.
    """
    if not np.isfinite(scores).all():
        raise HeadError(head, "gives scores that are not finite numbers")


def _never_recognised(
    trial: Trial, seen: NDArray[np.bool_]
) -> tuple[TargetResult, NDArray[np.float64], NDArray[np.bool_]]:
    """Return the result of a head that could not be trained; `seen` (test photos,) have a vector."""
    decisions = np.zeros(len(trial.test), dtype=bool)
    result = target_result(trial, trial.train[:0], np.where(seen, 0.0, np.nan), decisions, 0.0, UNTRAINED, 0.0)
    # Whether there is a vector must not rank anybody here: nothing was learnt.
    metrics = result.metrics.model_copy(update={"auc": 0.5, "eer": 0.5})
    return result.model_copy(update={"metrics": metrics}), np.full(len(trial.test), np.nan), decisions


def scores_of(
    trial: Trial, part: Indices, vectors: Vectors, fitted: Any
) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Return truth (n,) and scores (n,) of some photos under a fitted head, NaN where there is no vector.

    Raises:
        HeadError: the head refuses the vectors, or its scores are not finite.
    """
    return trial.mine[part], score_each(part, vectors, fitted)


def score_each(places: Indices, vectors: Vectors, fitted: Any) -> NDArray[np.float64]:
    """Return the scores (n,) under a fitted head of what stands at some places of vectors, NaN where there is none.

    Raises:
        HeadError: the head refuses the vectors, or its scores are not finite.
    """
    scores = np.full(len(places), np.nan)
    seen = vectors.embedded[places]
    with _refusals_told(fitted, "cannot score"):
        scores[seen] = score(fitted, vectors.matrix[places[seen]])
    refuse_non_finite(fitted, scores[seen])
    return scores


def _strangers(trial: Trial) -> tuple[int, int]:
    """Return how many people, or groups of photos of unknown people, the others are in validation and in test."""
    counts = [len(np.unique(trial.people[part[~trial.mine[part]]])) for part in (trial.validation, trial.test)]
    return counts[0], counts[1]


def evaluate_majority(trial: Trial) -> TargetResult | Skipped:
    """Return what always answering "not me" scores on a trial's test."""
    if reason := trial.untestable():
        return Skipped(target=trial.target, reason=reason)
    same = np.zeros(len(trial.test))
    return target_result(trial, trial.train, same, same > 0, 0.5, "natural", 0.0)


def predictions(
    dataset: Dataset,
    trial: Trial,
    vectors: Vectors,
    pairing: tuple[str, str],
    scores: NDArray[np.float64],
    decisions: NDArray[np.bool_],
) -> Predictions:
    """Return one row per test photo of a trial."""
    photos = trial.test.tolist()
    items = [dataset.items[photo] for photo in photos]
    count, failures = len(photos), vectors.failures
    return Predictions(
        extractor=[pairing[0]] * count,
        head=[pairing[1]] * count,
        target=[trial.target] * count,
        path=[item.name for item in items],
        sha256=[vectors.hashes[photo] for photo in photos],
        person=[item.person or "" for item in items],
        group=[str(group) for group in trial.groups[trial.test].tolist()],
        split_seed=[trial.seed] * count,
        truth=_classes(trial.mine[trial.test]),
        score=[None if isnan(value) else value for value in scores.tolist()],
        decision=_classes(decisions),
        outcome=[failures[photo].reason if photo in failures else EMBEDDED for photo in photos],
        box=[box_text(vectors.boxes.get(photo)) for photo in photos],
    )


def _classes(mine: NDArray[np.bool_]) -> list[str]:
    return ["me" if each else "other" for each in mine.tolist()]


def target_result(
    trial: Trial,
    train: Indices,
    scores: NDArray[np.float64],
    decisions: NDArray[np.bool_],
    threshold: float,
    rule: str,
    fit_seconds: float,
) -> TargetResult:
    """Return the result of a trial from the scores and decisions (n,) of its test photos."""
    truth = trial.mine[trial.test]
    return TargetResult(
        target=trial.target,
        split_seed=trial.seed,
        train_me=int(trial.mine[train].sum()),
        train_others=int((~trial.mine[train]).sum()),
        threshold=threshold,
        threshold_rule=rule,
        metrics=measure(truth, scores, decisions),
        fit_seconds=fit_seconds,
    )
