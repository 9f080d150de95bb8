"""Charts as inline SVG: a frame with two axes, and in it lines, bands, bars and words. Classes name all colours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from markupsafe import Markup

from ...errors import printable
from ._axes import Axis
from ._labels import Box, Named, place_labels
from ._thin import Point, thin

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Units between the frame and the edge: top, right, bottom, left.
_MARGINS = (20, 16, 50, 54)
#: Width and height of charts of which there are many, of those that stand beside two others, and of one alone.
SMALL, RATES, SINGLE = (340, 250), (380, 340), (480, 320)


def frame(size: tuple[int, int]) -> tuple[int, int]:
    """Return the width and height between the axes of a chart of a size."""
    top, right, bottom, left = _MARGINS
    return size[0] - left - right, size[1] - top - bottom


class Chart:
    """One chart; its texts are escaped.

    Args:
        title: what it shows, read out and shown on hovering.
        description: what is to be seen, for those who do not see it.
        x, y: the axes.
        size: width and height in units; the page scales them.
    """

    def __init__(self, title: str, description: str, x: Axis, y: Axis, size: tuple[int, int] = (440, 360)) -> None:
        self.x, self.y = x, y
        self._top, right, bottom, self._left = _MARGINS
        self._right, self._bottom = size[0] - right, size[1] - bottom
        self._svg = ET.Element("svg", {"class": "chart", "viewBox": f"0 0 {size[0]} {size[1]}", "role": "img"})
        for tag, text in (("title", title), ("desc", description)):
            ET.SubElement(self._svg, tag).text = printable(text)
        self._draw_axes()

    def point(self, x: float, y: float) -> Point:
        """Return where two values stand, in units."""
        across = self._left + self.x.place(x) * (self._right - self._left)
        down = self._bottom - self.y.place(y) * (self._bottom - self._top)
        return across, down

    def line(self, values: Iterable[tuple[float, float]], css: str, series: Mapping[str, str] | None = None) -> None:
        """Draw a line through (x, y); points that no eye would miss are left out."""
        self._add("polyline", css, points=_text(thin([self.point(*value) for value in values])), **(series or {}))

    def band(self, values: Sequence[tuple[float, float, float]], css: str) -> None:
        """Fill what lies between two lines, from (x, low, high)."""
        there = thin([self.point(x, high) for x, _, high in values])
        back = thin([self.point(x, low) for x, low, _ in reversed(values)])
        self._add("polygon", css, points=_text([*there, *back]))

    def bar(self, start: tuple[float, float], end: tuple[float, float], css: str, tip: str) -> None:
        """Draw a rectangle between two corners, with words that show on hovering."""
        (left, bottom), (right, top) = self.point(*start), self.point(*end)
        low, high = sorted((top, bottom))
        side = {"x": left + 0.5, "y": low, "width": max(right - left - 1, 0.5), "height": high - low}
        element = self._add("rect", css, **{name: f"{value:.1f}" for name, value in side.items()})
        ET.SubElement(element, "title").text = printable(tip)

    def dot(self, x: float, y: float, css: str, tip: str = "") -> None:
        """Draw a dot, with words that show on hovering if there are any."""
        across, down = self.point(x, y)
        element = self._add("circle", css, cx=f"{across:.1f}", cy=f"{down:.1f}", r="3.2")
        if tip:
            ET.SubElement(element, "title").text = printable(tip)

    def dots(self, values: Iterable[tuple[float, float]], css: str) -> None:
        """Draw many dots as one path of caps, one where several cannot be told apart."""
        places = dict.fromkeys(
            (round(across), round(down)) for across, down in (self.point(*value) for value in values)
        )
        if places:
            self._add("path", css, d="".join(f"M{across} {down}h0" for across, down in places))

    def cross(self, x: float, y: float, css: str, tip: str) -> None:
        """Draw a dot with a cross on it, and words that show on hovering."""
        across, down = self.point(x, y)
        group = self._add("g", "crossed")
        ET.SubElement(group, "title").text = printable(tip)
        at = f"M{across:.0f} {down:.0f}"
        for of_path, path in ((css, f"{at}h0"), ("cross", f"{at}m-4-4l8 8m0-8l-8 8")):
            ET.SubElement(group, "path", {"class": of_path, "d": path})

    def text(self, x: float, y: float, text: str, css: str, shift: tuple[float, float] = (0, 0)) -> None:
        """Write words beside a point."""
        across, down = self.point(x, y)
        self._write(across + shift[0], down + shift[1], text, css)

    def box(self, *values: tuple[float, float]) -> Box:
        """Return the rectangle around some values, with the lines that are drawn there."""
        return Box.around(*(self.point(*value) for value in values))

    def names(self, named: Sequence[Named], taken: Sequence[Box]) -> None:
        """Write names beside what they name, so that they cover neither each other nor what is there."""
        for label in place_labels(named, taken, Box(self._left, 0, self._right, self._bottom)):
            self._write(*label.at, label.text, f"note {label.anchor}")

    def beside(self, y: float, text: str) -> None:
        """Write words beside a part of the axis at the left."""
        self._write_upright(self.point(self.x.low, y)[1], text)

    def markup(self) -> Markup:
        """Return the chart as markup that is safe in a page."""
        return Markup(ET.tostring(self._svg, encoding="unicode"))  # noqa: S704 (the serialiser escapes)

    def _draw_axes(self) -> None:
        for value, label in self.x.ticks.items():
            across, _ = self.point(value, self.y.low)
            self._add("path", "grid", d=f"M{across:.1f} {self._bottom}V{self._top}")
            self._write(across, self._bottom + 20, label, "tick middle")
        for value, label in self.y.ticks.items():
            _, down = self.point(self.x.low, value)
            self._add("path", "grid", d=f"M{self._left} {down:.1f}H{self._right}")
            self._write(self._left - 7, down + 3, label, "tick end")
        self._add("path", "axis", d=f"M{self._left} {self._top}V{self._bottom}H{self._right}")
        self._write((self._left + self._right) / 2, self._bottom + 42, self.x.title, "label middle")
        self._write_upright((self._top + self._bottom) / 2, self.y.title)

    def _write_upright(self, down: float, text: str) -> None:
        self._write(14, down, text, "label middle").set("transform", f"rotate(-90 14 {down:.1f})")

    def _write(self, across: float, down: float, text: str, css: str) -> ET.Element:
        element = self._add("text", css, x=f"{across:.1f}", y=f"{down:.1f}")
        element.text = printable(text)
        return element

    def _add(self, tag: str, css: str, **attributes: str) -> ET.Element:
        return ET.SubElement(self._svg, tag, {"class": css, **attributes})


def _text(points: Iterable[Point]) -> str:
    return " ".join(f"{across:.1f},{down:.1f}" for across, down in points)
