"""The answer of a learning curve: how many photos are enough, in one sentence."""

from __future__ import annotations

from ...data import ME
from ...errors import counted
from ..results import ENOUGH_MARGIN, CurveResult, CurveStep
from ..statistics import LEVEL
from ._cells import percent

_POINTS = f"{100 * ENOUGH_MARGIN:g} points"


def answer_of(result: CurveResult) -> str:
    """Return the smallest number of photos that is shown to be enough, or what can be said instead.

    "" for a curve of an older facebench, or of one number.
    """
    if len(result.steps) < 2:
        return ""
    *fewer, whole = result.steps
    whom = "you" if result.target == ME else result.target
    if _is_chance(result, whole):
        return f"Nothing is shown to be better than chance, with however many photos of {whom}."
    enough = next((step for step in fewer if step.p is not None and step.p < LEVEL), None)
    if enough:
        are, them = ("is", "it") if enough.photos_of_me == 1 else ("are", "them")
        return (
            f"{_photos(enough)} of {whom} {are} enough: {enough.extractor} x {enough.head} with {them} "
            f"({_figure(enough)}) is shown not to be worse than the best with all {whole.photos_of_me} "
            f"({_figure(whole)}) by more than {_POINTS}."
        )
    last = fewer[-1]
    if last.interval and last.interval.high < 0:
        return (
            f"The curve still rises: {whole.photos_of_me} photos of {whom} ({_figure(whole)}) are better than "
            f"{last.photos_of_me} ({_figure(last)}), and more may be better still."
        )
    return _not_shown(fewer, whole, whom)


def _not_shown(fewer: list[CurveStep], whole: CurveStep, whom: str) -> str:
    """Return from which number on the curve is flat as far as it was measured, which proves nothing."""
    flat = None
    for step in reversed(fewer):
        if step.difference is None or step.difference < -ENOUGH_MARGIN:
            break
        flat = step
    if flat is None:
        return (
            f"How many photos of {whom} are enough cannot be said: the best with {fewer[-1].photos_of_me} "
            f"({_figure(fewer[-1])}) and with all {whole.photos_of_me} ({_figure(whole)}) differ by more than "
            f"{_POINTS}, and the test is too small to show whether the curve still rises."
        )
    return (
        f"{_photos(flat)} of {whom} may be enough: from there on the best ({_figure(flat)}) is within "
        f"{_POINTS} of that with all {whole.photos_of_me} ({_figure(whole)}), but the test is too small to show it."
    )


def _is_chance(result: CurveResult, whole: CurveStep) -> bool:
    named = (whole.extractor, whole.head, whole.photos_of_me)
    intervals = [
        point.balanced_interval for point in result.points if (point.extractor, point.head, point.photos_of_me) == named
    ]
    return any(interval is not None and interval.low <= 0.5 for interval in intervals)


def _photos(step: CurveStep) -> str:
    return counted(step.photos_of_me, "photo")


def _figure(step: CurveStep) -> str:
    return f"balanced accuracy {percent(step.balanced_accuracy)} %"
