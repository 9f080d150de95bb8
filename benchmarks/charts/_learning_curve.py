"""The learning curve as a picture."""

from __future__ import annotations

import io
from collections.abc import Sequence
from textwrap import fill
from typing import TYPE_CHECKING

from ..comparison import covered
from ..results import CurvePoint, CurveResult
from ._looks import DASHES, HUES
from ._style import COLOURS, PAPER, accuracy_floor, chart_style, line_style, literal

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Letters of a line of the title.
_WIDTH = 110


def plot_curve(result: CurveResult) -> bytes:
    """Return a PNG of balanced accuracy against photos of the target, a line with its intervals per pairing."""
    from matplotlib.figure import Figure

    points = [point for point in result.points if point.balanced_accuracy is not None]
    sizes = sorted({point.photos_of_me for point in result.points})
    with chart_style():
        figure = Figure(figsize=(8, 5), dpi=150, layout="constrained")
        axes = figure.subplots()
        _draw_lines(axes, points)
        axes.set_xscale("log")
        axes.set_xticks(sizes, [str(size) for size in sizes])
        axes.minorticks_off()
        axes.set_ylim(accuracy_floor(min(map(_lowest, points), default=0)), 100)
        axes.set_xlabel(f"photos of {literal(result.target)} (training and validation)")
        axes.set_ylabel("balanced accuracy %")
        bands = "bands: " if any(point.balanced_interval for point in points) else ""
        axes.set_title(literal(fill(f"{result.dataset.title}; {bands}{covered(result)}", _WIDTH)), pad=12)
        if points:
            axes.legend(loc="lower right")
        stream = io.BytesIO()
        figure.savefig(stream, format="png")
    return stream.getvalue()


def _draw_lines(axes: Axes, points: Sequence[CurvePoint]) -> None:
    hues, dashes = (sorted({getattr(point, name) for point in points}) for name in ("extractor", "head"))
    lines: dict[tuple[str, str], list[CurvePoint]] = {}
    for point in points:
        lines.setdefault((point.extractor, point.head), []).append(point)
    for (extractor, head), line in lines.items():
        hue, dash = hues.index(extractor) % HUES, dashes.index(head) % DASHES
        at = [point.photos_of_me for point in line], [100 * (point.balanced_accuracy or 0) for point in line]
        # The best are drawn whole, at the very top.
        axes.plot(*at, label=literal(f"{extractor} x {head}"), clip_on=False, zorder=3, **line_style(hue, dash))
        axes.plot(*at, "o", color=COLOURS[hue], markerfacecolor=PAPER, clip_on=False, zorder=3)
        spread = [(point.photos_of_me, point.balanced_interval) for point in line if point.balanced_interval]
        low, high = ([100 * getattr(limits, end) for _, limits in spread] for end in ("low", "high"))
        axes.fill_between([size for size, _ in spread], low, high, color=COLOURS[hue], alpha=0.14, linewidth=0)


def _lowest(point: CurvePoint) -> float:
    return point.balanced_interval.low if point.balanced_interval else point.balanced_accuracy or 0.0
