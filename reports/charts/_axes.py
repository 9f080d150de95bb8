"""Axes: from a value to its place, and the ticks that a reader needs."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import NormalDist

_PER_CENT = (0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 0.99)
#: Ticks closer than this share of the axis would run into each other.
_NEAR = 0.07


@dataclass(frozen=True)
class Axis:
    """One axis of a chart.

    Attributes:
        title: what it shows, with the unit.
        low, high: its ends; values beyond are drawn at them.
        ticks: label by value.
        bend: to the scale on which equal distances look equal.
    """

    title: str
    low: float
    high: float
    ticks: dict[float, str]
    bend: Callable[[float], float] = float

    def place(self, value: float) -> float:
        """Return where a value stands, from 0 at the low end to 1 at the high one.

        >>> linear_axis("score", 0, 4).place(1)
        0.25
        """
        low, high = self.bend(self.low), self.bend(self.high)
        return (self.bend(min(max(value, self.low), self.high)) - low) / (high - low)


def linear_axis(title: str, low: float, high: float, count: int = 5) -> Axis:
    """Return an axis with about `count` round ticks.

    >>> linear_axis("loss", 0, 0.9).ticks
    {0.0: '0', 0.2: '0.2', 0.4: '0.4', 0.6: '0.6', 0.8: '0.8'}
    """
    step = round_step((high - low) / count)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    digits = max(0, -math.floor(math.log10(step)))
    form = f".{digits}f" if digits < 5 and step < 1e5 else ".3g"
    ticks = {round(n * step, digits): f"{n * step:{form}}" for n in range(first, last + 1)}
    return Axis(title, low, high, {value: "0" if value == 0 else label for value, label in ticks.items()})


def round_step(least: float) -> float:
    """Return 1, 2 or 5 times a power of ten: the first that is no less.

    >>> round_step(0.13), round_step(30)
    (0.2, 50.0)
    """
    power = 10.0 ** math.floor(math.log10(least))
    return next((step for step in (power, 2 * power, 5 * power) if step >= least * (1 - 1e-9)), 10 * power)


def share_axis(title: str) -> Axis:
    """Return an axis of shares from 0 to 1, in per cent."""
    return Axis(title, 0, 1, {n / 5: f"{20 * n}" for n in range(6)})


def deviate_axis(title: str, low: float, high: float) -> Axis:
    """Return an axis of error rates on normal deviates: what is normally distributed gives a straight line.

    Args:
        title: what it shows.
        low: the smallest rate that the tests can tell from none; anything below is drawn there.
        high: the largest rate shown.

    >>> deviate_axis("FAR %", 0.0125, 0.5).ticks
    {0.0125: '≤1.2', 0.02: '2', 0.05: '5', 0.1: '10', 0.2: '20', 0.3: '30', 0.5: '50'}
    """
    axis = Axis(title, low, high, {}, NormalDist().inv_cdf)
    ticks = {low: f"≤{100 * low:.2g}"}
    for rate in _PER_CENT:
        if low < rate <= high and axis.place(rate) - axis.place(max(ticks)) >= _NEAR:
            ticks[rate] = f"{100 * rate:g}"
    return Axis(title, low, high, ticks, axis.bend)


def log_axis(title: str, values: Iterable[int]) -> Axis:
    """Return a logarithmic axis with a tick at each value, those left out that would run into another."""
    marks = sorted(set(values))
    low, high = marks[0] / 1.08, marks[-1] * 1.08
    axis = Axis(title, low, high, {}, math.log)
    ticks = {marks[-1]: f"{marks[-1]}"}
    for mark in reversed(marks[:-1]):
        if axis.place(min(ticks)) - axis.place(mark) >= _NEAR:
            ticks[mark] = f"{mark}"
    return Axis(title, low, high, dict(sorted(ticks.items())), math.log)
