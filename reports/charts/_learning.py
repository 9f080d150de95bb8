"""Balanced accuracy over the number of photos."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from ...benchmarks.results import CurvePoint
from .._series import Series
from ._axes import accuracy_axis, count_axis
from ._svg import SINGLE, Chart


def learning_chart(points: Mapping[Series, Sequence[CurvePoint]], target: str) -> Markup:
    """Return balanced accuracy over photos of the target, with its intervals."""
    tested = {series: [point for point in of if point.balanced_accuracy is not None] for series, of in points.items()}
    every = [point for of in tested.values() for point in of]
    lows = [point.balanced_interval.low for point in every if point.balanced_interval]
    lowest = min([*lows, *(point.balanced_accuracy or 0.0 for point in every)])
    chart = Chart(
        f"Learning curves of {target}",
        "; ".join(
            f"{series.label}: {100 * of[-1].balanced_accuracy:.1f} %"
            for series, of in points.items()
            if of[-1].balanced_accuracy is not None
        )
        + " with all photos.",
        count_axis(f"photos of {target}", [point.photos_of_me for point in every]),
        accuracy_axis(lowest),
        SINGLE,
    )
    for series, of in tested.items():
        spread = [(p.photos_of_me, p.balanced_interval) for p in of if p.balanced_interval]
        if len(spread) > 1:
            chart.band([(n, 100 * found.low, 100 * found.high) for n, found in spread], f"band {series.css}")
    for series, of in tested.items():
        means = [(float(p.photos_of_me), 100 * (p.balanced_accuracy or 0.0)) for p in of]
        chart.line(means, f"line {series.css}", series.mark)
        for mean in means:
            chart.dot(*mean, f"dot {series.css}")
    return chart.markup()
