"""Speed against accuracy, with the front of what nothing beats in both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress, pairwise

from markupsafe import Markup

from ...benchmarks.comparison import pareto_front
from .._series import Series
from ._axes import accuracy_axis, log_axis
from ._labels import Named
from ._svg import SINGLE, Chart

#: Letters of a name beside a dot.
_LONGEST = 30


@dataclass(frozen=True)
class Speed:
    """A pairing.

    Attributes:
        series: its name and look.
        milliseconds: per photo.
        balanced: its balanced accuracy, 0..1.
        interval: of that, 95 %; None where there is none.
        best: whether no other head of its extractor is better.
    """

    series: Series
    milliseconds: float
    balanced: float
    interval: tuple[float, float] | None
    best: bool

    @property
    def ends(self) -> tuple[float, float]:
        """What is drawn of the interval: that of a best head, of others the balanced accuracy alone."""
        return self.interval if self.best and self.interval else (self.balanced, self.balanced)

    @property
    def at(self) -> tuple[float, float]:
        """Where its dot stands."""
        return self.milliseconds, 100 * self.balanced

    @property
    def whisker(self) -> list[tuple[float, float]]:
        """Where its line begins and ends."""
        return [(self.milliseconds, 100 * end) for end in self.ends]


def front_of(speeds: Sequence[Speed]) -> list[Speed]:
    """Return those on the Pareto front of milliseconds and balanced accuracy, the fastest first."""
    on_front = pareto_front([(speed.milliseconds, -speed.balanced) for speed in speeds])
    return sorted(compress(speeds, on_front), key=lambda speed: speed.milliseconds)


def speed_chart(speeds: Sequence[Speed]) -> Markup:
    """Return milliseconds per photo against balanced accuracy; the best head of each extractor is named."""
    front, times = front_of(speeds), [speed.milliseconds for speed in speeds]
    words = "; ".join(f"{s.series.label}: {s.milliseconds:.3g} ms, {100 * s.balanced:.1f} %" for s in front)
    lowest = min(end for speed in speeds for end in speed.ends)
    axes = log_axis("ms/photo, logarithmic", min(times), max(times)), accuracy_axis(lowest)
    chart = Chart("Speed and accuracy", f"The Pareto front: {words}.", *axes, SINGLE)
    stairs = _stairs(front, chart.x.high)
    chart.line(stairs, "front")
    best_last = sorted(speeds, key=lambda speed: speed.best)
    for speed in speeds:
        if speed.best:
            chart.line(speed.whisker, f"line solid {speed.series.css}")
    for speed in best_last:
        tip = f"{speed.series.label}: {speed.milliseconds:.3g} ms/photo, {100 * speed.balanced:.1f} %"
        chart.dot(*speed.at, f"dot {speed.series.css}{' full' * speed.best}", tip)
    named = [Named(_shortened(s.series.label), chart.point(*s.at), chart.box(*s.whisker)) for s in speeds if s.best]
    chart.names(named, [*(chart.box(s.at) for s in speeds), *(chart.box(*step) for step in pairwise(stairs))])
    return chart.markup()


def _shortened(name: str) -> str:
    """Return a name that the chart has room for; that of the dot is whole."""
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"


def _stairs(front: Sequence[Speed], last: float) -> list[tuple[float, float]]:
    """Return the corners of the best balanced accuracy, in per cent, that can be had in some time."""
    ends = [*(speed.milliseconds for speed in front[1:]), last]
    return [
        (x, 100 * speed.balanced) for speed, end in zip(front, ends, strict=True) for x in (speed.milliseconds, end)
    ]
