"""Axes: from a value to its place, and the ticks that a reader needs."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from statistics import NormalDist

from ...benchmarks.charts import accuracy_floor

#: Ticks of rates; where there is no room for all, the first ones stay.
_RATES = (1.0, 0.5, 0.1, 0.01, 0.001, 0.0001, 0.99, 0.9, 0.05, 0.005, 0.0005, 0.2, 0.02, 0.002, 0.0002, 0.7, 0.3)
#: Labels of ticks closer than this share of the axis would run into each other, on a phone at the latest.
_NEAR = 0.1


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


def accuracy_axis(lowest: float) -> Axis:
    """Return an axis of balanced accuracy in per cent that has room for the lowest share."""
    return linear_axis("balanced accuracy %", accuracy_floor(lowest), 100)


def deviate_axis(title: str, low: float, high: float) -> Axis:
    """Return an axis of error rates on normal deviates: what is normally distributed gives a straight line.

    Args:
        title: what it shows.
        low: the smallest rate that the tests can tell from none; anything below is drawn there.
        high: the largest rate shown.

    >>> deviate_axis("FAR %", 0.0125, 0.5).ticks
    {0.0125: '≤1.2', 0.05: '5', 0.1: '10', 0.2: '20', 0.3: '30', 0.5: '50'}
    """
    return _of_rates(Axis(title, low, high, {}, NormalDist().inv_cdf))


def log_rate_axis(title: str, low: float) -> Axis:
    """Return a logarithmic axis of rates up to 1.

    Args:
        title: what it shows.
        low: the smallest rate that the tests can tell from none; anything below is drawn there.

    >>> log_rate_axis("FAR %", 0.0125).ticks
    {0.0125: '≤1.2', 0.02: '2', 0.05: '5', 0.1: '10', 0.2: '20', 0.5: '50', 1.0: '100'}
    """
    return _of_rates(Axis(title, low, 1, {}, math.log))


def count_axis(title: str, counts: Iterable[int]) -> Axis:
    """Return a logarithmic axis with a tick at each count; where there is no room for all, the large ones stay."""
    marks = sorted(set(counts), reverse=True)
    axis = Axis(title, marks[-1] / 1.08, marks[0] * 1.08, {}, math.log)
    return _with_room(axis, {float(mark): f"{mark}" for mark in marks})


def log_axis(title: str, low: float, high: float) -> Axis:
    """Return a logarithmic axis that reaches somewhat beyond two positive values, with round ticks.

    >>> log_axis("ms/photo", 8, 45).ticks
    {5.0: '5', 10.0: '10', 20.0: '20', 50.0: '50'}
    """
    axis = Axis(title, low / 1.6, high * 1.6, {}, math.log)
    powers = range(math.floor(math.log10(axis.low)), math.ceil(math.log10(axis.high)) + 1)
    marks = [digit * 10.0**power for digit in (1, 5, 2) for power in powers]
    return _with_room(axis, {mark: f"{mark:g}" for mark in marks})


def _of_rates(axis: Axis) -> Axis:
    marks = {rate: f"{100 * rate:g}" for rate in _RATES if rate != axis.low}
    return _with_room(axis, {axis.low: f"≤{100 * axis.low:.2g}", **marks})


def _with_room(axis: Axis, marks: Mapping[float, str]) -> Axis:
    """Return an axis with those ticks that are on it and whose labels do not run into that of one before."""
    ticks: dict[float, str] = {}
    for value, label in marks.items():
        place = axis.place(value)
        if axis.low <= value <= axis.high and all(abs(place - axis.place(other)) >= _NEAR for other in ticks):
            ticks[value] = label
    return replace(axis, ticks=dict(sorted(ticks.items())))
