"""Error rates over all thresholds: ROC curves, also at low false accept rates, and DET curves."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from markupsafe import Markup

from ...benchmarks.charts import MeanRoc
from .._series import Series
from ._axes import deviate_axis, log_rate_axis, share_axis
from ._svg import RATES, Chart

#: Beyond this rate of false accepts nobody uses a threshold.
HIGHEST_RATE = 0.5
#: What accepts at random does, close enough for lines that are bent.
_CHANCE = [(rate, rate) for rate in np.geomspace(1e-6, 1, 100).tolist()]


def roc_chart(curves: Mapping[Series, MeanRoc]) -> Markup:
    """Return the mean ROC curves."""
    words = "; ".join(f"{series.label}: AUC {curve.auc:.3f}" for series, curve in curves.items())
    axes = share_axis("false accept rate %"), share_axis("true accept rate %")
    chart = Chart("ROC curves", f"Areas under the curves: {words}.", *axes, RATES)
    chart.line([(0, 0), (1, 1)], "guide")
    for series, curve in curves.items():
        chart.line(zip(curve.far.tolist(), curve.tar.tolist(), strict=True), f"line {series.css}", series.mark)
    chart.text(0.6, 0.55, "chance", "note")
    return chart.markup()


def low_far_chart(curves: Mapping[Series, MeanRoc], lowest: float) -> Markup:
    """Return the mean ROC curves over a logarithmic axis, on which low false accept rates can be told apart.

    Args:
        curves: by pairing.
        lowest: the smallest false accept rate that the tests can tell from none.
    """
    shown = {series: _accepts(curve, lowest) for series, curve in curves.items()}
    words = "; ".join(f"{series.label}: {100 * points[0][1]:.0f} %" for series, points in shown.items())
    chart = Chart(
        "ROC curves at low false accept rates",
        f"True accept rates without a false accept: {words}.",
        log_rate_axis("false accept rate %, logarithmic", lowest),
        share_axis("true accept rate %"),
        RATES,
    )
    chart.line(_CHANCE, "guide")
    for series, points in shown.items():
        chart.line(points, f"line {series.css}", series.mark)
    chart.text(0.4, 0.4, "chance", "note end", (-8, 0))
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
        RATES,
    )
    low, high = max(lowest_far, lowest_frr), min(HIGHEST_RATE, highest)
    chart.line([(low, low), (high, high)], "guide")
    for series, points in shown.items():
        chart.line(points, f"line {series.css}", series.mark)
    chart.text(high, high, "equal errors", "note end", (-12, 16))
    return chart.markup()


def _accepts(curve: MeanRoc, lowest: float, highest: float = 1) -> list[tuple[float, float]]:
    """Return (FAR, TAR) from what is accepted without a false accept on, close enough for lines that are bent."""
    far, tar = curve.above(lowest, highest)
    return list(zip(far.tolist(), tar.tolist(), strict=True))


def _errors(curve: MeanRoc, lowest: float) -> list[tuple[float, float]]:
    """Return (FAR, FRR) as far as anybody uses a threshold."""
    return [(far, 1 - tar) for far, tar in _accepts(curve, lowest, HIGHEST_RATE)]
