"""The very head and threshold that a run tested: trained again, and checked against the stored run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from ..benchmarks.protocol import fit_trial, made_by, refuse_non_finite, replay, versions
from ..benchmarks.results import UNTRAINED, PairingResult, Prediction, RunResult, TargetResult
from ..classifiers import photos_needed
from ..data import Augmentation
from ..embeddings.store import VectorStore
from ..errors import FacebenchError
from ._bundle import Bundle
from ._calibration import calibrate
from ._facts import facts_of, frozen
from ._manifest import AsTested

#: Tolerance between a score and the run's, absolute or relative.
TOLERANCE = 1e-5


def bundle_as_tested(
    result: RunResult,
    rows: Iterable[Prediction],
    pairing: PairingResult,
    target: str,
    store: VectorStore | None = None,
) -> Bundle:
    """Return the bundle of a pairing of a run as tested; with several splits, as in the first.

    Args:
        result: the run.
        rows: its predictions.
        pairing: one of the run's, and
        target: one of the pairing's, as `choose_winner` gives them.
        store: where vectors are looked up and saved.

    Raises:
        FacebenchError: the photos are no longer those of the run; or training again does not reproduce the run's
            scores.
    """
    tested = _tested(pairing, target)
    plan = replay(result, [pairing.extractor], [pairing.head], store)
    [(_, head)] = plan.heads
    (trial,) = (t for t in plan.trials if (t.target, t.seed) == (target, tested.split_seed))
    [vectors] = replace(plan, trials=[trial]).augmented().vectors
    if not trial.trainable(vectors.trainable, photos_needed(head)):
        raise FacebenchError(
            f"Photos of {result.dataset.title} have changed since the run: too few of {target} or of others have a "
            f"vector now. Make the run again: {result.command or 'bench run'}"
        )
    frozen_head = frozen(pairing.head, fit_trial(trial, vectors, head))
    of_pairing = (pairing.extractor, pairing.head, target, tested.split_seed)
    expected = [row for row in rows if (row.extractor, row.head, row.target, row.split_seed) == of_pairing]
    scores = np.full(len(vectors.matrix), np.nan)
    scores[vectors.embedded] = frozen_head.score(vectors.matrix[vectors.embedded])
    refuse_non_finite(head, scores[vectors.embedded])  # an older run may have tested it, as if there were no face
    by_name = {plan.dataset.items[index].name: float(scores[index]) for index in trial.test}
    _check_equal(result, expected, by_name, tested.threshold)
    validation = trial.mine[trial.validation], scores[trial.validation]
    return Bundle.of(
        pairing.head,
        frozen_head,
        **facts_of(plan, trial, vectors),
        threshold=tested.threshold,
        threshold_rule=tested.threshold_rule,
        calibration=calibrate(result.settings.threshold, tested.threshold, *validation, "validation"),
        out_of_fold=None,
        as_tested=AsTested(test_hash=result.test_hash, split_seed=tested.split_seed),
    )


def _tested(pairing: PairingResult, target: str) -> TargetResult:
    # Not the pairing's first split: this target may have had no test there.
    tested = min((of for of in pairing.targets if of.target == target), key=lambda of: of.split_seed)
    if tested.threshold_rule == UNTRAINED:
        raise FacebenchError(
            f"{pairing.extractor} x {pairing.head} could not be trained on {target}: there is nothing to save."
        )
    return tested


def _check_equal(result: RunResult, rows: list[Prediction], scores: dict[str, float], threshold: float) -> None:
    before = np.array([np.nan if row.score is None else row.score for row in rows])
    after = np.array([scores.get(row.path, np.inf) for row in rows])
    decided = ["me" if score >= threshold else "other" for score in after]
    same = np.allclose(after, before, TOLERANCE, TOLERANCE, equal_nan=True)
    if not rows or not same or decided != [row.decision for row in rows]:
        raise FacebenchError(
            f"Trained again, the head does not reproduce the scores of the run ({_why(result)}). "
            f"Make the run again: {result.command or 'bench run'}, or leave --as-tested out."
        )


def _why(result: RunResult) -> str:
    made = f"made by facebench {made_by(result)}"
    changed = [name for name, version in versions().items() if result.versions.get(name) != version]
    if changed:
        return f"{made}; {', '.join(changed)} changed since"
    if result.settings.augment and result.settings.augmentation.version != Augmentation().version:
        return f"{made}, with another augmentation"
    return made
