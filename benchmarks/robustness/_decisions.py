"""The decisions of one pairing's heads, as trained in the run, on test photos and on their copies."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ...errors import FacebenchError
from ...text import progress_bar
from ..protocol import Plan, fit_trial, score_each
from ..results import UNTRAINED, PairingResult, Predictions
from ..statistics import Sample, samples_of
from ._copies import Copies

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Decisions:
    """Decisions on the tests of a pairing: column 0 is the photo itself, the others are its copies.

    Attributes:
        rows: the tests, as the run stored them.
        accepted: (tests, columns) True for "me".
        embedded: (tests, columns) True where there is a vector.
    """

    rows: Predictions
    accepted: Bools
    embedded: Bools

    @property
    def changed(self) -> int:
        """Decisions on the photos themselves that are not the run's."""
        return int((self.accepted[:, 0] != (self.rows.column("decision") == "me")).sum())

    def samples(self) -> list[dict[str, Sample]]:
        """Return the sample of each target, by name, in every column; all of the same tests in the same order."""
        by_target = samples_of(self.rows.with_values(score=np.arange(len(self.rows))))  # where each test stands
        places = {target: sample.scores.astype(np.intp) for target, sample in by_target.items()}
        return [
            {
                target: replace(sample, right=accepted[places[target]] == sample.truth)
                for target, sample in by_target.items()
            }
            for accepted in self.accepted.T
        ]


def decide(plan: Plan, number: int, pairing: PairingResult, rows: Predictions, copies: Copies) -> Decisions:
    """Return the decisions of a pairing: each head is fitted once, with the photos and the threshold of the run.

    Args:
        plan: the run's, reproduced.
        number: of the pairing's extractor in the plan.
        pairing: one of the run's.
        rows: its predictions.
        copies: of all photos that it was tested on.

    Raises:
        FacebenchError: the predictions lack tests of the result; or a head cannot be fitted, or score a copy.
    """
    vectors, degraded = plan.vectors[number], copies.vectors[number]
    head = dict(plan.heads)[pairing.head]
    trials = {(trial.target, trial.seed): trial for trial in plan.trials}
    tests = zip(*(rows.column(name) for name in ("target", "split_seed", "path")), strict=True)
    place = {test: row for row, test in enumerate(tests)}
    accepted = np.zeros((len(rows), 1 + copies.count), dtype=bool)
    embedded = np.zeros_like(accepted)
    with progress_bar(f"{pairing.extractor} x {pairing.head}", len(pairing.targets), "splits") as advance:
        for tested in pairing.targets:
            trial = trials[tested.target, tested.split_seed]
            names = [plan.dataset.items[photo].name for photo in trial.test.tolist()]
            at = [place.get((tested.target, tested.split_seed, name), -1) for name in names]
            if min(at) < 0:
                raise FacebenchError(
                    "predictions.csv lacks test photos of the run: bench robust needs all. Make the run again."
                )
            of_copies = copies.places(trial.test)
            embedded[at] = np.column_stack([vectors.embedded[trial.test], degraded.embedded[of_copies]])
            if tested.threshold_rule != UNTRAINED:
                fitted = fit_trial(trial, vectors, head)
                scores = [score_each(trial.test, vectors, fitted)]
                scores += [score_each(column, degraded, fitted) for column in of_copies.T]
                accepted[at] = np.column_stack(scores) >= tested.threshold  # NaN compares as False: not me
            advance(1)
    return Decisions(rows, accepted, embedded)
