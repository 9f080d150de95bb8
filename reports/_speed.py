"""How fast pairings are for how accurate."""

from __future__ import annotations

from collections.abc import Mapping

from ..benchmarks.comparison import Row, cell_of
from ._figures import Figures
from ._series import Series
from .charts import Speed, speed_chart


def speed_figures(known: Mapping[Series, Row]) -> Figures | None:
    """Return speed against accuracy of the pairings that compete; None where fewer than two speeds were measured."""
    competing = {series: row for series, row in known.items() if row.competes}
    speeds = speeds_of(competing)
    if len({speed.milliseconds for speed in speeds}) < 2:
        return None
    caption = (
        "The time in which a photo becomes a vector, and how accurate the pairing is. Left of the line, which is the "
        "Pareto front, nothing is as accurate. Full dots are the best heads of their extractors, with 95 % intervals "
        "where there are any: where these overlap, a slower one may be no better."
    )
    measured = {speed.series for speed in speeds}
    if left := [series.label for series in competing if series not in measured]:
        caption += f" Left out, as their speed was not measured: {', '.join(left)}."
    return Figures([("", speed_chart(speeds))], caption, [])


def speeds_of(known: Mapping[Series, Row]) -> list[Speed]:
    """Return the pairings whose speed was measured, in order of balanced accuracy within each extractor."""
    found: list[Speed] = []
    seen: set[tuple[str, float]] = set()
    for series, row in sorted(known.items(), key=lambda item: -(cell_of(item[1], "balanced").value or 0.0)):
        balanced, milliseconds = cell_of(row, "balanced"), cell_of(row, "ms").value
        if milliseconds and balanced.value is not None:
            limits = None if balanced.low is None or balanced.high is None else (balanced.low, balanced.high)
            extractor = (row.pairing.extractor, milliseconds)
            found.append(Speed(series, milliseconds, balanced.value, limits, extractor not in seen))
            seen.add(extractor)
    return found
