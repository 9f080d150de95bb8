"""Names beside what they name in a chart, so that they lie on nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ._thin import Point

#: A letter's width and a line's height, in units: on a phone, where letters are largest, and in a wide font.
_LETTER, _LINE = 9.3, 19.0
#: How far from what it names a name stands.
_AWAY = 9.0


@dataclass(frozen=True)
class Box:
    """A rectangle, in units."""

    left: float
    top: float
    right: float
    bottom: float

    @classmethod
    def around(cls, *points: Point, reach: float = 3) -> Box:
        """Return the rectangle around some points.

        >>> Box.around((1, 1), (5, 1), reach=1)
        Box(left=0, top=0, right=6, bottom=2)
        """
        across, down = zip(*points, strict=True)
        return cls(min(across) - reach, min(down) - reach, max(across) + reach, max(down) + reach)

    def shared(self, other: Box) -> float:
        """Return the area that two rectangles share.

        >>> Box(0, 0, 2, 2).shared(Box(1, 1, 5, 5))
        1
        """
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(width, 0) * max(height, 0)


@dataclass(frozen=True)
class Named:
    """What is named: a point, and the box of all that belongs to it."""

    text: str
    point: Point
    box: Box


@dataclass(frozen=True)
class Label:
    """A name: where its text is anchored, the class that says by which end, and the box that it fills."""

    text: str
    at: Point
    anchor: str
    box: Box


def place_labels(named: Sequence[Named], taken: Sequence[Box], frame: Box) -> list[Label]:
    """Return where each name stands: of several places near its point the first that covers least.

    Args:
        named: what is named, in order of importance.
        taken: what names should not cover.
        frame: what they should not leave.
    """
    obstacles = [*taken, *(each.box for each in named)]
    placed: list[Label] = []
    for each in named:
        best = min(_places(each), key=lambda label: sum(map(label.box.shared, obstacles)) + _outside(label.box, frame))
        placed.append(best)
        obstacles.append(best.box)
    return placed


def _places(named: Named) -> list[Label]:
    """Return where a name may stand: beside its point, above or below its box, or farther up or down."""
    (across, down), width = named.point, _LETTER * len(named.text)

    def beside(step: float) -> list[Label]:
        middle = down + step * _LINE
        right, left = across + _AWAY, across - _AWAY
        return [
            Label(named.text, (x, middle + _LINE / 4), anchor, Box(start, middle - _LINE / 2, end, middle + _LINE / 2))
            for x, anchor, start, end in ((right, "start", right, right + width), (left, "end", left - width, left))
        ]

    def beyond(top: float) -> Label:
        box = Box(across - width / 2, top, across + width / 2, top + _LINE)
        return Label(named.text, (across, top + 0.75 * _LINE), "middle", box)

    ends = [beyond(named.box.top - _LINE), beyond(named.box.bottom)]
    return [*beside(0), *beside(-1), *beside(1), *ends, *(label for step in (-2, 2, -3, 3) for label in beside(step))]


def _outside(box: Box, frame: Box) -> float:
    """Return the area of a box that is outside a frame."""
    return (box.right - box.left) * (box.bottom - box.top) - box.shared(frame)
