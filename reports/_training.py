"""How the losses of a head fell, epoch by epoch: the mean of its tests, and what most of them lie between."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from ..benchmarks.results import TargetResult

#: Where 95 % of tests lie between, as in the learning curve.
_SPREAD = (2.5, 97.5)


@dataclass(frozen=True)
class Losses:
    """One loss by epoch.

    Attributes:
        name: "loss" of the training photos, or "val_loss" of those of validation.
        epochs: from 1 on, those with a finite loss in some test.
        mean, low, high: over the tests that reached an epoch with a finite loss.
        tests: that have a history.
        astray: number of non-finite losses, left out.
    """

    name: str
    epochs: list[int]
    mean: list[float]
    low: list[float]
    high: list[float]
    tests: int
    astray: int


def losses_of(results: Iterable[TargetResult]) -> list[Losses]:
    """Return the training and validation losses of a pairing; none for heads that have no epochs."""
    histories = [result.history for result in results]
    found = []
    for name in ("loss", "val_loss"):
        runs = [history[name] for history in histories if history.get(name)]
        if runs:
            found.append(_losses(name, runs))
    return [losses for losses in found if losses.epochs]


def _losses(name: str, runs: Sequence[Sequence[float]]) -> Losses:
    columns = {
        epoch: [run[epoch] for run in runs if epoch < len(run) and math.isfinite(run[epoch])]
        for epoch in range(max(map(len, runs)))
    }
    finite = {epoch: values for epoch, values in columns.items() if values}
    spread = [np.percentile(values, _SPREAD) for values in finite.values()]
    return Losses(
        name,
        [epoch + 1 for epoch in finite],
        [float(np.mean(values)) for values in finite.values()],
        [float(low) for low, _ in spread],
        [float(high) for _, high in spread],
        len(runs),
        sum(map(len, runs)) - sum(map(len, columns.values())),
    )
