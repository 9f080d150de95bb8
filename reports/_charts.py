"""The charts of a comparison, drawn from its data."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from markupsafe import Markup

from ..benchmarks.results import CurvePoint
from ..errors import counted
from ._axes import Axis, deviate_axis, linear_axis, log_axis, share_axis
from ._curves import MeanRoc
from ._histogram import Histogram
from ._series import Series
from ._svg import Chart
from ._training import Losses

#: Beyond this rate of false accepts nobody uses a threshold.
HIGHEST_RATE = 0.5
_SMALL = (340, 250)
_LOSSES = {"loss": ("training", "solid"), "val_loss": ("validation", "dashed")}


def roc_chart(curves: Mapping[Series, MeanRoc]) -> Markup:
    """Return the mean ROC curves."""
    words = "; ".join(f"{series.label}: AUC {curve.auc:.3f}" for series, curve in curves.items())
    axes = share_axis("false accept rate %"), share_axis("true accept rate %")
    chart = Chart("ROC curves", f"Areas under the curves: {words}.", *axes)
    chart.line([(0, 0), (1, 1)], "guide")
    for series, curve in curves.items():
        chart.line(zip(curve.far.tolist(), curve.tar.tolist(), strict=True), f"line {series.css}", _of(series))
    chart.text(0.6, 0.55, "chance", "note")
    return chart.markup()


def det_chart(curves: Mapping[Series, MeanRoc], resolution: tuple[float, float]) -> Markup:
    """Return the mean DET curves: false rejects over false accepts, both on normal deviates.

    Args:
        curves: by pairing.
        resolution: the smallest false accept and false reject rates that the tests can tell from none, far below
            `HIGHEST_RATE`.
    """
    lowest_far, lowest_frr = resolution
    shown = {series: _errors(curve, lowest_far) for series, curve in curves.items()}
    start = max(points[0][1] for points in shown.values())
    highest = min(0.99, max(0.1, 4 * lowest_frr, 1.15 * start))
    chart = Chart(
        "DET curves",
        "False reject rate over false accept rate, on normal-deviate axes. Lower and further left is better.",
        deviate_axis("false accept rate %", lowest_far, HIGHEST_RATE),
        deviate_axis("false reject rate %", lowest_frr, highest),
    )
    low, high = max(lowest_far, lowest_frr), min(HIGHEST_RATE, highest)
    chart.line([(low, low), (high, high)], "guide")
    for series, points in shown.items():
        chart.line(points, f"line {series.css}", _of(series))
    chart.text(high, high, "equal errors", "note end", (-12, 16))
    return chart.markup()


def _errors(curve: MeanRoc, lowest: float) -> list[tuple[float, float]]:
    """Return (FAR, FRR) from what is accepted without a false accept on, close enough for lines that are bent."""
    between = np.exp(np.linspace(np.log(lowest), np.log(HIGHEST_RATE), 100))
    far = np.concatenate([curve.far[1:], between])
    frr = 1 - np.concatenate([curve.tar[1:], np.interp(between, curve.far, curve.tar)])
    order = np.lexsort((-frr, far))
    return [(x, y) for x, y in zip(far[order].tolist(), frr[order].tolist(), strict=True) if x <= HIGHEST_RATE]


def histogram_chart(series: Series, counts: Histogram, target: str) -> Markup:
    """Return the scores of one test: photos of the target upwards, of others downwards."""
    mine, others = max(*counts.mine, 1), max(*counts.others, 1)
    halves = {1.0: f"{mine}", 0.0: "0", -1.0: f"{others}"}
    chart = Chart(
        f"Scores of {series.label} on {target}",
        f"{_side(counts.mine, counts)} photos of {target} and {_side(counts.others, counts)} of others "
        f"score {counts.threshold:.3g}, the threshold, or more.",
        linear_axis("score", counts.edges[0], counts.edges[-1], 6),
        Axis("", -1.12, 1.12, halves),
        _SMALL,
    )
    chart.beside(0.56, "target")
    chart.beside(-0.56, "others")
    for whose, bars, most, sign in (("mine", counts.mine, mine, 1), ("others", counts.others, others, -1)):
        for start, end, count in zip(counts.edges[:-1], counts.edges[1:], bars, strict=True):
            if count:
                of = target if whose == "mine" else "others"
                tip = f"{counted(count, 'photo')} of {of} from {start:.3g} to {end:.3g}"
                chart.bar((start, 0), (end, sign * count / most), f"bar {whose}", tip)
    chart.line([(counts.edges[0], 0), (counts.edges[-1], 0)], "axis")
    chart.line([(counts.threshold, -1.12), (counts.threshold, 1.12)], "threshold")
    at = chart.x.place(counts.threshold)
    anchor = "start" if at < 0.15 else "end" if at > 0.85 else "middle"
    chart.text(counts.threshold, 1.12, f"threshold {counts.threshold:.3g}", f"note {anchor}", (0, -6))
    return chart.markup()


def losses_chart(series: Series, losses: Sequence[Losses], scale: tuple[float, float]) -> Markup:
    """Return the losses of a pairing by epoch, between the ends of a scale."""
    last = max(loss.epochs[-1] for loss in losses)
    ends = "; ".join(f"{_LOSSES[loss.name][0]} ends at {loss.mean[-1]:.3g}" for loss in losses)
    step = max(1, round(last / 5))
    epochs = Axis("epoch", 1, max(last, 2), {n: f"{n}" for n in [1, *range(step, last + 1, step)] if n <= last})
    chart = Chart(f"Losses of {series.label}", f"{ends}.", epochs, linear_axis("loss", *scale), _SMALL)
    for loss in losses:
        _, css = _LOSSES[loss.name]
        if loss.tests > 1:
            chart.band(list(zip(loss.epochs, loss.low, loss.high, strict=True)), f"band {css} {series.css}")
    for loss in losses:
        _, css = _LOSSES[loss.name]
        chart.line(list(zip(loss.epochs, loss.mean, strict=True)), f"line {css} {series.css}")
    return chart.markup()


def learning_chart(points: Mapping[Series, Sequence[CurvePoint]], target: str) -> Markup:
    """Return balanced accuracy over photos of the target, with its intervals."""
    tested = {series: [point for point in of if point.balanced_accuracy is not None] for series, of in points.items()}
    every = [point for of in tested.values() for point in of]
    lows = [point.balanced_interval.low for point in every if point.balanced_interval]
    lowest = min([*lows, *(point.balanced_accuracy or 0.0 for point in every)])
    floor = max(0, math.floor(20 * lowest - 0.5) * 5)
    chart = Chart(
        f"Learning curves of {target}",
        "; ".join(
            f"{series.label}: {100 * of[-1].balanced_accuracy:.1f} %"
            for series, of in points.items()
            if of[-1].balanced_accuracy is not None
        )
        + " with all photos.",
        log_axis(f"photos of {target}", [point.photos_of_me for point in every]),
        linear_axis("balanced accuracy %", min(floor, 95), 100),
        (640, 340),
    )
    for series, of in tested.items():
        spread = [(p.photos_of_me, p.balanced_interval) for p in of if p.balanced_interval]
        if len(spread) > 1:
            chart.band([(n, 100 * found.low, 100 * found.high) for n, found in spread], f"band {series.css}")
    for series, of in tested.items():
        means = [(float(p.photos_of_me), 100 * (p.balanced_accuracy or 0.0)) for p in of]
        chart.line(means, f"line {series.css}", _of(series))
        for mean in means:
            chart.dot(*mean, f"dot {series.css}")
    return chart.markup()


def _of(series: Series) -> dict[str, str]:
    """Return what lets the page find a pairing's lines."""
    return {"data-series": series.key}


def _side(bars: Sequence[int], counts: Histogram) -> str:
    above = sum(n for edge, n in zip(counts.edges, bars, strict=False) if edge >= counts.threshold)
    return f"{above} of {sum(bars)}"
