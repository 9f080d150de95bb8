"""The answer of `bench robust`: which pairing loses least, and what costs it most, in one sentence."""

from __future__ import annotations

from ..results import RobustnessCurve, RobustnessResult

#: Balanced accuracy by which a step may be below the photos themselves, and holds.
HOLDS = 0.02


def answer_of(result: RobustnessResult) -> str:
    """Return which pairing keeps most of its balanced accuracy, and what costs it most."""
    best = result.rows[0]
    worst, gentlest = (end(best.curves, key=lambda curve: curve.area.value) for end in (min, max))
    kind = next(kind for kind in result.kinds if kind.kind == worst.kind)
    of_all = f", the largest of {len(result.rows)}" if len(result.rows) > 1 else ""
    keeps = f"{best.extractor} x {best.head} keeps an area of {percent(best.area.value)} %{of_all}"
    falls = (
        f"balanced accuracy goes from {percent(worst.steps[0].balanced_accuracy.value)} to {_last(worst)} % at step 5 "
        f"({kind.unit}: {kind.strengths[-1]:g})"
    )
    if len(best.curves) == 1:
        return f"{keeps} under {worst.kind}: {falls}."
    return (
        f"{keeps}. What costs most is {worst.kind}: {falls}; what costs least is {gentlest.kind}, "
        f"{_last(gentlest)} % at step 5."
    )


def _last(curve: RobustnessCurve) -> str:
    return percent(curve.steps[-1].balanced_accuracy.value)


def holds_to(curve: RobustnessCurve) -> int:
    """Return the last step up to which balanced accuracy is within 2 points of that on the photos themselves."""
    least = curve.steps[0].balanced_accuracy.value - HOLDS
    held = 0
    for step in curve.steps:
        if step.balanced_accuracy.value < least:
            break
        held = step.step
    return held


def percent(share: float) -> str:
    """Return a share in per cent."""
    return f"{100 * share:.1f}"
