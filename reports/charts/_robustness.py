"""Balanced accuracy over the steps of one kind of degradation."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from ...benchmarks.results import Estimate, RobustnessKind, RobustnessRow
from .._series import Series
from ._axes import Axis, accuracy_axis
from ._svg import SMALL, Chart


def robustness_chart(kind: RobustnessKind, rows: Mapping[Series, RobustnessRow]) -> Markup:
    """Return balanced accuracy over steps, with its intervals; all kinds are on one scale."""
    of_all = [step.balanced_accuracy for row in rows.values() for curve in row.curves for step in curve.steps]
    lines = {
        series: [step.balanced_accuracy for curve in row.curves if curve.kind == kind.kind for step in curve.steps]
        for series, row in rows.items()
    }
    lines = {series: line for series, line in lines.items() if line}
    labels = ["photo", *(f"{strength:g}" for strength in kind.strengths)]
    chart = Chart(
        f"Robustness: {kind.kind}",
        "; ".join(f"{series.label}: {100 * line[-1].value:.1f} %" for series, line in lines.items())
        + f" at {kind.strengths[-1]:g} ({kind.unit}).",
        Axis(kind.unit, -0.15, len(labels) - 0.85, {float(step): label for step, label in enumerate(labels)}),
        accuracy_axis(min(_low(figure) for figure in of_all)),
        SMALL,
    )
    for series, line in lines.items():
        spread = [(step, figure.interval) for step, figure in enumerate(line) if figure.interval]
        if len(spread) > 1:
            chart.band([(step, 100 * found.low, 100 * found.high) for step, found in spread], f"band {series.css}")
    for series, line in lines.items():
        chart.line([(step, 100 * f.value) for step, f in enumerate(line)], f"line {series.css}", series.mark)
    return chart.markup()


def _low(figure: Estimate) -> float:
    return figure.interval.low if figure.interval else figure.value
