"""The learning curve: how well one person is recognised with ever more photos of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ...data import GROUPING, Dataset
from ...embeddings.extraction import Vectors
from ...embeddings.store import VectorStore
from ...errors import FacebenchError
from ...text import progress_bar
from .._settings import Settings
from ..results import CurvePoint, CurveResult, Interval, Skipped, TargetResult
from ._evaluate import evaluate
from ._plan import Plan, make_plan
from ._provenance import dataset_summary, versions
from ._trials import Trial

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Indices = NDArray[np.intp]

#: Photos of the target that the curve is drawn at, those it has not left out.
COUNTS = (5, 10, 20, 50, 100, 200)
#: Share of these photos that is used for validation, as in the split: 20 of 80 %.
_VALIDATION = 0.25


def run_curve(
    dataset: Dataset,
    settings: Settings,
    counts: Sequence[int] = COUNTS,
    draws: int = 10,
    *,
    store: VectorStore | None = None,
    command: str = "",
) -> CurveResult:
    """Test every pairing with ever more photos of one person.

    A count holds every photo of the target that is used, those of validation included. Draws are nested: photos
    that are drawn first stay in when the count grows. The test, and the photos of others, stay the same throughout.
    The last point is always all photos there are outside the test.

    Args:
        dataset: the photos.
        settings: of the experiment; they name one target.
        counts: of photos of the target.
        draws: random choices of photos at each count.
        store: where vectors are looked up and saved.
        command: repeats the curve.

    Raises:
        FacebenchError: several targets, counts below 4, or a data set that cannot be used.
    """
    if not counts or min(counts) < 4 or draws < 1:
        raise FacebenchError("A curve needs counts of 4 photos and more, and one draw at least.")
    # One split: the draws are what varies.
    plan = make_plan(dataset, settings.model_copy(update={"repeats": 1}), store)
    if len(plan.targets) != 1:
        raise FacebenchError(f"A curve is of one person, not of {len(plan.targets)}: choose one with --target NAME.")
    [trial] = plan.trials
    result = CurveResult(
        command=command,
        dataset=dataset_summary(dataset),
        settings=settings,
        grouping=GROUPING,
        target=trial.target,
        draws=draws,
        points=[],
        versions=versions(),
    )
    for vectors in plan.augmented().vectors:
        for name, head in plan.heads:
            pairing = (vectors.extractor, name)
            result.points += _points(plan, trial, vectors, pairing, head, _sizes(trial, counts), draws)
    return result


def _sizes(trial: Trial, counts: Sequence[int]) -> list[int]:
    pool = int(trial.mine[trial.train].sum() + trial.mine[trial.validation].sum())
    return [*sorted({count for count in counts if count < pool}), pool]


def _points(
    plan: Plan,
    trial: Trial,
    vectors: Vectors,
    pairing: tuple[str, str],
    head: Any,
    sizes: list[int],
    draws: int,
) -> list[CurvePoint]:
    points = []
    with progress_bar(" x ".join(pairing), draws * (len(sizes) - 1) + 1, "fits") as advance:
        for size in sizes:
            tested: list[TargetResult] = []
            # The last point holds every photo: all its draws are the same.
            for draw in range(draws if size < sizes[-1] else 1):
                outcome = evaluate(
                    _reduced(trial, size, plan.settings.seed, draw), vectors, head, plan.settings.threshold
                )
                tested += [] if isinstance(outcome, Skipped) else [outcome[0]]
                advance(1)
            points.append(_point(pairing, size, tested))
    return points


def _reduced(trial: Trial, size: int, seed: int, draw: int) -> Trial:
    """Return the trial with only the first `size` photos of the target in a random order of them."""
    rng = np.random.default_rng([seed, draw])
    train, validation = (rng.permutation(part[trial.mine[part]]) for part in (trial.train, trial.validation))
    kept = min(max(1, int(_VALIDATION * size)), len(validation))
    kept = max(kept, size - len(train))
    return replace(
        trial,
        train=_with_others(trial, trial.train, train[: size - kept]),
        validation=_with_others(trial, trial.validation, validation[:kept]),
    )


def _with_others(trial: Trial, part: Indices, mine: Indices) -> Indices:
    return np.sort(np.concatenate([part[~trial.mine[part]], mine]))


def _point(pairing: tuple[str, str], size: int, tested: list[TargetResult]) -> CurvePoint:
    balanced = [target.metrics.balanced_accuracy for target in tested]
    accuracy = [target.metrics.accuracy for target in tested]
    return CurvePoint(
        extractor=pairing[0],
        head=pairing[1],
        photos_of_me=size,
        draws=len(tested),
        balanced_accuracy=_mean(balanced),
        balanced_interval=_spread(balanced),
        accuracy=_mean(accuracy),
        accuracy_interval=_spread(accuracy),
    )


def _mean(values: list[float]) -> float | None:
    return float(np.mean(values)) if values else None


def _spread(values: list[float]) -> Interval | None:
    """Return what 95 % of draws lie between; None for one draw."""
    if len(values) < 2:
        return None
    low, high = np.percentile(values, [2.5, 97.5])
    return Interval(low=float(low), high=float(high))
