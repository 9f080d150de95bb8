"""One target under one extractor and one head: fit, choose the threshold, test once."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..classifiers import fit_head, natural_threshold, score
from ..data import Dataset, Split
from ..embeddings import Embedding, Failure
from ..errors import FacebenchError
from ._metrics import measure, wilson_interval
from ._schema import Prediction, Skipped, TargetResult
from ._threshold import ThresholdRule, choose_threshold
from ._vectors import Vectors

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Indices = NDArray[np.intp]

#: The row that always answers "not me".
MAJORITY = "majority"


@dataclass(frozen=True, eq=False)
class Trial:
    """One target's photos, with those left out that cannot be decoded.

    Attributes:
        target: the person who is "me".
        mine: (photos of the data set,) True for photos of the target.
        train, validation, test: indices into the data set.
    """

    target: str
    mine: NDArray[np.bool_]
    train: Indices
    validation: Indices
    test: Indices

    @classmethod
    def of(cls, split: Split, dataset: Dataset, unreadable: set[int]) -> Trial:
        """Return the trial of a split."""
        mine = np.array([item.person == split.target for item in dataset.items])
        parts = (np.setdiff1d(part, list(unreadable)) for part in (split.train, split.validation, split.test))
        return cls(split.target, mine, *parts)

    def missing(self, trainable: NDArray[np.bool_]) -> str:
        """Return why there is too little to train or test on, or ""."""
        train_me = int((self.mine & trainable)[self.train].sum())
        train_others = int((~self.mine & trainable)[self.train].sum())
        if train_me < 2:
            return f"{train_me} training photos of {self.target} have a vector; 2 are needed"
        if train_others < 2:
            return f"{train_others} training photos of others have a vector; 2 are needed"
        in_test = self.mine[self.test]
        if not in_test.any() or in_test.all():
            return "the test lacks readable photos of one class"
        return ""


def evaluate(
    trial: Trial, vectors: Vectors, head: Any, rule: ThresholdRule
) -> tuple[TargetResult, NDArray[np.float64], NDArray[np.bool_]] | Skipped:
    """Fit a copy of a head on a trial's training photos and test it; return result, test scores and decisions.

    Photos without a vector are left out of training and of the choice of the threshold; in the test they are
    "not me", with the score NaN.

    Raises:
        FacebenchError: the head refuses its parameters or the vectors.
    """
    from sklearn.base import clone

    if reason := trial.missing(vectors.trainable):
        return Skipped(target=trial.target, reason=reason)
    train = trial.train[vectors.trainable[trial.train]]
    validation = trial.validation[vectors.embedded[trial.validation]]
    started = time.perf_counter()
    watched = (vectors.matrix[validation], trial.mine[validation])
    scores = np.full(len(trial.test), np.nan)
    seen = vectors.embedded[trial.test]
    try:
        fitted = fit_head(clone(head), vectors.to_train_on(train), trial.mine[train], watched)
        fit_seconds = time.perf_counter() - started
        threshold, used = choose_threshold(rule, natural_threshold(fitted), watched[1], score(fitted, watched[0]))
        scores[seen] = score(fitted, vectors.matrix[trial.test[seen]])
    except (TypeError, ValueError) as error:  # scikit-learn checks parameters in `fit`
        raise FacebenchError(f"The head {head!r} cannot be fitted: {str(error).rstrip('.')}.") from error
    decisions = scores >= threshold  # NaN compares as False: not me
    result = _target_result(trial, train, scores, decisions, threshold, used, fit_seconds)
    return result.model_copy(update={"history": getattr(fitted, "history_", {})}), scores, decisions


def evaluate_majority(trial: Trial) -> TargetResult | Skipped:
    """Return what always answering "not me" scores on a trial's test."""
    if reason := trial.missing(np.ones(len(trial.mine), dtype=bool)):
        return Skipped(target=trial.target, reason=reason)
    same = np.zeros(len(trial.test))
    return _target_result(trial, trial.train, same, same > 0, 0.5, "natural", 0.0)


def predictions(
    dataset: Dataset,
    trial: Trial,
    vectors: Vectors,
    pairing: tuple[str, str],
    seed: int,
    scores: NDArray[np.float64],
    decisions: NDArray[np.bool_],
) -> list[Prediction]:
    """Return one row per test photo of a trial."""
    rows = []
    for index, value, decision in zip(trial.test, scores, decisions, strict=True):
        item, outcome = dataset.items[index], vectors.outcomes[index]
        box = outcome.box if isinstance(outcome, Embedding) else None
        rows.append(
            Prediction.model_construct(  # thousands of rows of our own making: no need to validate each
                extractor=pairing[0],
                head=pairing[1],
                target=trial.target,
                path=item.name,
                sha256=vectors.hashes[index],
                person=item.person or "",
                split_seed=seed,
                truth="me" if trial.mine[index] else "other",
                score=None if np.isnan(value) else float(value),
                decision="me" if decision else "other",
                outcome=outcome.reason if isinstance(outcome, Failure) else "embedded",
                box=" ".join(map(str, box)) if box else "",
            )
        )
    return rows


def _target_result(
    trial: Trial,
    train: Indices,
    scores: NDArray[np.float64],
    decisions: NDArray[np.bool_],
    threshold: float,
    rule: str,
    fit_seconds: float,
) -> TargetResult:
    truth = trial.mine[trial.test]
    return TargetResult(
        target=trial.target,
        train_me=int(trial.mine[train].sum()),
        train_others=int((~trial.mine[train]).sum()),
        threshold=threshold,
        threshold_rule=rule,
        metrics=measure(truth, scores, decisions),
        accuracy_interval=wilson_interval(int((truth == decisions).sum()), len(truth)),
        fit_seconds=fit_seconds,
    )
