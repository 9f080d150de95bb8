"""A map of vectors: photos of the target and of others in a plane, errors on top."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from markupsafe import Markup

from ...benchmarks.examples import VectorMap
from ...errors import counted, some_of
from ._axes import Axis, linear_axis
from ._svg import RATES, Chart, frame

#: How a photo of the target and one of others is drawn: by shape, not by colour alone.
MARKERS = {True: "marker mine", False: "marker others"}
#: Errors nearer to each other than so many units share a cross, whose words name them.
_CELL = 3


def map_chart(shown: VectorMap, heading: str) -> Markup:
    """Return a map that has points; a unit is as long in one direction as in the other.

    Args:
        shown: the map.
        heading: what is on it.
    """
    mine, wrong = shown.mine, shown.wrong
    words = (
        f"{counted(int(mine.sum()), 'photo')} of {shown.target} and {int((~mine).sum())} of others; "
        f"{int((mine & wrong).sum())} and {int((~mine & wrong).sum())} of them decided wrong in some split."
    )
    chart = Chart(f"Map of {heading}", words, *_axes(shown), RATES)
    for of_target, marker in reversed(MARKERS.items()):
        chart.dots(shown.points[(mine == of_target) & ~wrong].tolist(), marker)
    for of_target, marker in reversed(MARKERS.items()):
        for (x, y), names in _errors(chart, shown, of_target):
            chart.cross(x, y, marker, f"{'false reject' if of_target else 'false accept'}: {some_of(names)}")
    return chart.markup()


def _axes(shown: VectorMap) -> tuple[Axis, Axis]:
    lengths = np.array(frame(RATES))
    low, high = shown.points.min(axis=0), shown.points.max(axis=0)
    unit = 1.08 * ((high - low) / lengths).max() or 1 / lengths.min()
    starts = (low + high - unit * lengths) / 2
    titles = (f"component {n}: {100 * share:.0f} % of variance" for n, share in enumerate(shown.explained, 1))
    x, y = (
        linear_axis(title, start, start + unit * length)
        for title, start, length in zip(titles, starts.tolist(), lengths.tolist(), strict=True)
    )
    return x, y


def _errors(chart: Chart, shown: VectorMap, of_target: bool) -> list[tuple[tuple[float, float], list[str]]]:
    """Return a point and the names of each place with errors on photos of the target, or of others."""
    places: dict[tuple[int, int], list[int]] = defaultdict(list)
    for photo in np.flatnonzero((shown.mine == of_target) & shown.wrong).tolist():
        across, down = chart.point(*shown.points[photo].tolist())
        places[round(across / _CELL), round(down / _CELL)].append(photo)
    return [
        ((float(shown.points[photos[0], 0]), float(shown.points[photos[0], 1])), [shown.paths[n] for n in photos])
        for photos in places.values()
    ]
