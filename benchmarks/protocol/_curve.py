"""The learning curve: how well one person is recognised with ever more photos of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from ...classifiers import photos_needed
from ...data import GROUPING, Dataset
from ...embeddings.extraction import Vectors
from ...embeddings.store import VectorStore
from ...errors import FacebenchError, counted
from ...text import progress_bar, whole
from .._settings import Settings
from ..results import (
    ENOUGH_MARGIN,
    THRESHOLD_VERSION,
    CurvePoint,
    CurveResult,
    CurveStep,
    Estimate,
    Interval,
    Prediction,
    Predictions,
    ProposalResult,
    Skipped,
    TargetResult,
)
from ..statistics import difference, estimate_figures, samples_of, worse_by_margin
from ._evaluate import HeadError, evaluate, predictions, refuse_unfit
from ._plan import Plan, make_plan, targets_of
from ._provenance import dataset_summary, parameters_of_heads, versions
from ._trials import Trial

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Indices = NDArray[np.intp]

#: Photos of the target that the curve is drawn at, from those on that one of its heads needs.
COUNTS = (1, 2, 3, 5, 10, 20, 50, 100, 200)
#: Share of these photos that is used for validation, as in the split: 20 of 80 %. Of fewer than 4 none is.
_VALIDATION = 0.25
#: A point and its predictions, of all draws.
Tested: TypeAlias = tuple[CurvePoint, Predictions]


def run_curve(
    dataset: Dataset,
    settings: Settings,
    counts: Sequence[int] = (),
    draws: int = 10,
    *,
    store: VectorStore | None = None,
    command: str = "",
) -> CurveResult:
    """Test every pairing with ever more photos of one person.

    A count holds every photo of the target that is used, those of validation included. Draws are nested: photos
    that are drawn first stay in when the count grows. The test, and the photos of others, stay the same throughout.
    The last point is always all photos there are outside the test. A point at which the head needs more photos, cannot
    be fitted, or gives scores that are not finite, has no value, and the reason.

    Args:
        dataset: the photos.
        settings: of the experiment; they name one target.
        counts: of photos of the target; default: those of `COUNTS` from the fewest on that one of the heads needs.
        draws: random choices of photos at each count.
        store: where vectors are looked up and saved.
        command: repeats the curve.

    Raises:
        FacebenchError: several targets, counts below 1, a data set that cannot be used, or no point that could be
            tested.
    """
    if min(counts, default=1) < 1 or draws < 1:
        raise FacebenchError("A curve needs counts of 1 photo and more, and one draw at least.")
    if len(targets := targets_of(dataset, settings)) != 1:
        raise FacebenchError(f"A curve is of one person, not of {len(targets)}: choose one with --target NAME.")
    # One split: the draws are what varies.
    plan = make_plan(dataset, settings.model_copy(update={"repeats": 1}), store)
    [trial] = plan.trials
    result = CurveResult(
        command=command,
        dataset=dataset_summary(dataset),
        settings=settings,
        heads=parameters_of_heads(plan),
        threshold_version=THRESHOLD_VERSION,
        intervals="draws and test",
        grouping=GROUPING,
        target=trial.target,
        draws=draws,
        points=[],
        versions=versions(),
    )
    sizes, best = _sizes(trial, counts or _counts_for(head for _, head in plan.heads)), dict[int, Tested]()
    with whole(len(plan.vectors) * len(plan.heads), "pairings") as pairings:
        for vectors in plan.augmented().vectors:
            for name, head in plan.heads:
                for tested in _points(plan, trial, vectors, (vectors.extractor, name), head, sizes, draws):
                    result.points.append(tested[0])
                    _keep_better(best, tested, result.dataset.proposal)
                pairings()
    if not any(point.draws for point in result.points):
        reasons = [f"The head {point.head} {point.refused}." for point in result.points if point.refused]
        raise FacebenchError(" ".join(["Nothing could be tested.", *dict.fromkeys(reasons)]))
    result.steps = _steps(best, draws) if sizes[-1] in best else []
    return result


def _counts_for(heads: Iterable[Any]) -> list[int]:
    fewest = min(map(photos_needed, heads))
    return [count for count in COUNTS if count >= fewest]


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
) -> list[Tested]:
    points: list[Tested] = []
    with progress_bar(" x ".join(pairing), draws * (len(sizes) - 1) + 1, "fits") as advance:
        for size in sizes:
            # The last point holds every photo: all its draws are the same.
            reduced = [
                _reduced(trial, size, plan.settings.seed, draw) for draw in range(draws if size < sizes[-1] else 1)
            ]
            try:
                refuse_unfit(head, vectors)
                _refuse_few(head, size, trial.target)
                tested, rows = _tested(plan, reduced, vectors, pairing, head)
                points.append((_point(pairing, size, tested, rows), rows))
            except HeadError as error:
                points.append((_point(pairing, size, [], Predictions(), error.why), Predictions()))
            advance(len(reduced))
    return points


def _refuse_few(head: Any, size: int, target: str) -> None:
    if size < (needed := photos_needed(head)):
        raise HeadError(head, f"needs {counted(needed, 'photo')} of {target}")


def _tested(
    plan: Plan, draws: Sequence[Trial], vectors: Vectors, pairing: tuple[str, str], head: Any
) -> tuple[list[TargetResult], Predictions]:
    """Return results and predictions of several draws: repeats of one test, as splits are, told apart by their seed."""
    tested, parts = [], [Predictions()]
    for number, reduced in enumerate(draws):
        outcome = evaluate(reduced, vectors, head, plan.settings.threshold)
        if not isinstance(outcome, Skipped):
            tested.append(outcome[0])
            parts.append(predictions(plan.dataset, replace(reduced, seed=number), vectors, pairing, *outcome[1:]))
    return tested, Predictions.joined(parts)


def _reduced(trial: Trial, size: int, seed: int, draw: int) -> Trial:
    """Return the trial with only the first `size` photos of the target in a random order of them."""
    rng = np.random.default_rng([seed, draw])
    train, validation = (rng.permutation(part[trial.mine[part]]) for part in (trial.train, trial.validation))
    kept = min(int(_VALIDATION * size), len(validation))
    kept = max(kept, size - len(train))
    return replace(
        trial,
        train=_with_others(trial, trial.train, train[: size - kept]),
        validation=_with_others(trial, trial.validation, validation[:kept]),
    )


def _with_others(trial: Trial, part: Indices, mine: Indices) -> Indices:
    return np.sort(np.concatenate([part[~trial.mine[part]], mine]))


def _point(
    pairing: tuple[str, str], size: int, tested: list[TargetResult], rows: Predictions, refused: str = ""
) -> CurvePoint:
    estimates = estimate_figures(tested, samples_of(rows)) if tested else {}
    metrics = [target.metrics for target in tested]
    balanced = _figure(estimates.get("balanced_accuracy"), [of.balanced_accuracy for of in metrics])
    accuracy = _figure(estimates.get("accuracy"), [of.accuracy for of in metrics])
    return CurvePoint(
        extractor=pairing[0],
        head=pairing[1],
        photos_of_me=size,
        draws=len(tested),
        balanced_accuracy=balanced[0],
        balanced_interval=balanced[1],
        accuracy=accuracy[0],
        accuracy_interval=accuracy[1],
        refused=refused,
    )


def _figure(estimate: Estimate | None, draws: list[float]) -> tuple[float | None, Interval | None]:
    """Return the mean over draws, and the interval of one draw on other test photos.

    The distances of its limits from the mean are the root sum of squares of those of the test's interval and of the
    central 95 % of draws, as for sums of independent errors. With too few independent units in the test there is none.
    """
    if estimate is None or estimate.interval is None:
        return (None if estimate is None else estimate.value), None
    low, high = np.percentile(draws, [2.5, 97.5])
    below = np.hypot(estimate.value - estimate.interval.low, max(0.0, estimate.value - low))
    above = np.hypot(estimate.interval.high - estimate.value, max(0.0, high - estimate.value))
    limits = Interval(low=max(0.0, float(estimate.value - below)), high=min(1.0, float(estimate.value + above)))
    return estimate.value, limits


def _keep_better(best: dict[int, Tested], tested: Tested, proposal: ProposalResult | None) -> None:
    """Keep a point that is better than the best one with as many photos; one whose extractor chose them never is."""

    def merit(point: CurvePoint) -> tuple[bool, float]:
        return proposal is None or not proposal.favours(point.extractor), point.balanced_accuracy or 0.0

    point, rival = tested[0], best.get(tested[0].photos_of_me)
    if point.balanced_accuracy is not None and (rival is None or merit(point) > merit(rival[0])):
        best[point.photos_of_me] = tested


def _steps(best: Mapping[int, Tested], draws: int) -> list[CurveStep]:
    """Return how the best with each number of photos compares with the best with all, ascending.

    Numbers are tested from the largest down, each as long as all larger ones passed: a fixed sequence of tests needs no
    adjustment, and the p-value of a number is the largest one so far.
    """
    (whole, rows), *fewer = (best[size] for size in sorted(best, reverse=True))
    # All photos have one draw, which is compared with every draw of fewer.
    every = Predictions.joined([_in_draw(rows, number) for number in range(draws)])
    steps, p = [_step(whole)], 0.0
    for point, ours in fewer:
        made = difference(ours, every)
        p = max(p, worse_by_margin(made, ENOUGH_MARGIN))
        step = _step(point)
        if made is not None:
            step.difference, step.p = made.value, p
            if made.low is not None and made.high is not None:
                step.interval = Interval(low=made.low, high=made.high)
        steps.append(step)
    return steps[::-1]


def _step(point: CurvePoint) -> CurveStep:
    value = point.balanced_accuracy or 0.0
    return CurveStep(
        photos_of_me=point.photos_of_me, extractor=point.extractor, head=point.head, balanced_accuracy=value
    )


def _in_draw(rows: Predictions, number: int) -> Predictions:
    columns: dict[str, Any] = {name: rows.column(name) for name in Prediction.columns}
    return Predictions(**{**columns, "split_seed": [number] * len(rows)})
