"""From decisions to figures: balanced accuracy at each step, and the areas under its curves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ...data import STEPS, Degradation
from ..results import AreaDifference, Interval, PairingResult, RobustnessCurve, RobustnessRow, RobustnessStep
from ..statistics import Sample, compare_tested, estimate_balanced
from ._decisions import Decisions

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: What each of steps 0 to 5 adds to the area by trapezoids: whole numbers, so that an area without error is 1 exactly.
_WEIGHTS = (1, *[2] * (STEPS - 1), 1)

Samples = Mapping[str, Sample]


class Measured(NamedTuple):
    """A row without its place among the others, and the samples that its area is computed from."""

    row: RobustnessRow
    samples: Samples


def measure(pairing: PairingResult, decisions: Decisions, kinds: Sequence[Degradation]) -> Measured:
    """Return the figures of a pairing.

    The area is linear in the decisions: it is the balanced accuracy of the weighted share of right decisions on each
    photo, and its interval is that of such a balanced accuracy, from the same independent units.

    Args:
        pairing: of the run.
        decisions: in columns: the photos, then the copies by kind and step.
        kinds: of degradation.
    """
    columns = decisions.samples()
    of_kinds = [[0, *range(number * STEPS + 1, number * STEPS + STEPS + 1)] for number in range(len(kinds))]
    areas = [_mixed([columns[column] for column in of_kind], _WEIGHTS) for of_kind in of_kinds]
    together = _mixed(areas, [1] * len(areas))
    mine = decisions.rows.column("truth") == "me"
    curves = [
        RobustnessCurve(
            kind=kind.name,
            area=estimate_balanced(area),
            steps=[
                _step(step, columns[column], decisions.embedded[:, column], mine) for step, column in enumerate(of_kind)
            ],
        )
        for kind, of_kind, area in zip(kinds, of_kinds, areas, strict=True)
    ]
    row = RobustnessRow(
        extractor=pairing.extractor,
        head=pairing.head,
        tests_of_me=int(mine.sum()),
        tests_of_others=int((~mine).sum()),
        area=estimate_balanced(together),
        changed=decisions.changed,
        curves=curves,
    )
    return Measured(row, together)


def ranked(measured: Sequence[Measured]) -> list[RobustnessRow]:
    """Return the rows, the largest area first, each compared with the first on the same photos."""
    ordered = sorted(measured, key=lambda each: -each.row.area.value)
    differences = compare_tested([each.samples for each in ordered])
    rows = [ordered[0].row]
    for place, each in enumerate(ordered[1:], 1):
        behind = differences[0, place].reversed()
        limits = None if behind.low is None or behind.high is None else Interval(low=behind.low, high=behind.high)
        versus = AreaDifference(value=behind.value, interval=limits, p=behind.p)
        rows.append(each.row.model_copy(update={"versus_best": versus}))
    return rows


def _step(step: int, samples: Samples, embedded: NDArray[np.bool_], mine: NDArray[np.bool_]) -> RobustnessStep:
    wrong = [(sample.truth, ~np.asarray(sample.right, bool)) for sample in samples.values()]
    return RobustnessStep(
        step=step,
        balanced_accuracy=estimate_balanced(samples),
        false_rejects=sum(int((truth & of).sum()) for truth, of in wrong),
        false_accepts=sum(int((~truth & of).sum()) for truth, of in wrong),
        no_vector_me=int((mine & ~embedded).sum()),
        no_vector_others=int((~mine & ~embedded).sum()),
    )


def _mixed(several: Sequence[Samples], weights: Sequence[int]) -> Samples:
    """Return the samples of several decisions on the same tests as one: the weighted share of right ones of each."""
    by = np.array(weights, np.float64)
    return {
        target: replace(sample, right=by @ np.array([each[target].right for each in several], np.float64) / by.sum())
        for target, sample in several[0].items()
    }
