"""Lines without the points that nobody would miss: a page stays small, its charts look the same."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeAlias

Point: TypeAlias = tuple[float, float]
#: How far, in units of the chart, a line may come to lie from a point that was left out.
TOLERANCE = 0.25


def thin(points: Sequence[Point], tolerance: float = TOLERANCE) -> list[Point]:
    """Return the points that the line cannot do without (Ramer, 1972; Douglas and Peucker, 1973).

    >>> thin([(0, 0), (1, 0), (2, 0), (2, 1)])
    [(0, 0), (2, 0), (2, 1)]
    """
    kept = {0, len(points) - 1}
    pending = [(0, len(points) - 1)]
    while pending:
        first, last = pending.pop()
        farthest, distance = first, tolerance
        for number in range(first + 1, last):
            if (away := _distance(points[number], points[first], points[last])) > distance:
                farthest, distance = number, away
        if farthest > first:
            kept.add(farthest)
            pending += [(first, farthest), (farthest, last)]
    return [points[number] for number in sorted(kept)] if points else []


def _distance(point: Point, start: Point, end: Point) -> float:
    """Return how far a point lies from the stretch between two others."""
    (x, y), (dx, dy) = (point[0] - start[0], point[1] - start[1]), (end[0] - start[0], end[1] - start[1])
    length = dx * dx + dy * dy
    along = min(1.0, max(0.0, (x * dx + y * dy) / length)) if length else 0.0
    return math.hypot(x - along * dx, y - along * dy)
