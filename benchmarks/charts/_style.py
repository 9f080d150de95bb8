"""Colours, dashes and type of the report's charts on light paper, for those that matplotlib draws."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ...errors import printable

#: Colours of extractors, by number of their hue, and ways to dash the lines of heads: lengths in widths of a line.
COLOURS = ("#0067a5", "#c24e00", "#00795a", "#a3407c", "#8a6d00", "#3a7fb8", "#50565c")
DASH_LENGTHS = ((), (4, 2), (1, 1.5), (5, 1.5, 1, 1.5), (7, 2.5), (2.5, 1, 0.5, 1, 0.5, 1))
PAPER, INK, QUIET, RULE = "#fdfdfb", "#1d2125", "#5b646d", "#dcdcd5"
#: The first of these that is installed; sizes in pixels, of which a point is 4/3.
FONTS = ("Segoe UI", "Roboto", "Helvetica Neue", "Liberation Sans", "Arial")
LABEL, TICK = 12.5, 11.5


@contextmanager
def chart_style() -> Iterator[None]:
    """Let matplotlib draw like the report in a block."""
    from matplotlib import rc_context
    from matplotlib.font_manager import get_font_names

    installed = set(get_font_names())
    label, tick = 0.75 * LABEL, 0.75 * TICK
    with rc_context(
        {
            "font.family": [font for font in FONTS if font in installed][:1] or ["sans-serif"],
            "font.size": label,
            "axes.labelsize": label,
            "axes.titlesize": label,
            "legend.fontsize": label,
            "xtick.labelsize": tick,
            "ytick.labelsize": tick,
            "figure.facecolor": PAPER,
            "axes.facecolor": PAPER,
            "legend.facecolor": PAPER,
            "legend.edgecolor": PAPER,
            "text.color": INK,
            "axes.labelcolor": INK,
            "axes.edgecolor": QUIET,
            "xtick.labelcolor": QUIET,
            "ytick.labelcolor": QUIET,
            "xtick.major.size": 0,
            "ytick.major.size": 0,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.grid": True,
            "axes.axisbelow": True,
            "axes.titlelocation": "left",
            "grid.color": RULE,
            "lines.linewidth": 1.5,
        }
    ):
        yield


def line_style(hue: int, dash: int) -> dict[str, Any]:
    """Return the colour and dashes of a line, for `Axes.plot`.

    >>> line_style(0, 1)
    {'color': '#0067a5', 'linestyle': (0, (4, 2))}
    """
    lengths = DASH_LENGTHS[dash]
    return {"color": COLOURS[hue], "linestyle": (0, lengths) if lengths else "solid"}


def accuracy_floor(lowest: float) -> int:
    """Return where an axis of balanced accuracy in per cent begins: a multiple of 5 below the lowest share, 95 at most.

    >>> accuracy_floor(0.87), accuracy_floor(1.0)
    (80, 95)
    """
    return min(max(0, math.floor(20 * lowest - 0.5) * 5), 95)


def literal(text: str) -> str:
    """Return text in which matplotlib sees no formula."""
    return "\n".join(printable(line).replace("$", r"\$") for line in text.split("\n"))
