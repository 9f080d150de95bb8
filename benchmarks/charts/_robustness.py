"""Robustness as a picture: a small chart for each kind of degradation."""

from __future__ import annotations

import io
from math import ceil
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING

from ..results import RobustnessKind, RobustnessResult, RobustnessRow
from ._looks import DASHES, HUES
from ._style import COLOURS, accuracy_floor, chart_style, line_style, literal

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_COLUMNS = 4
#: Letters of a line of the title, for each chart in a row.
_WIDTH = 52
_SOFTWARE = "facebench robustness"
#: Marks a file as such a picture, near its beginning.
_MARK = f"Software\0{_SOFTWARE}".encode()


def plot_robustness(result: RobustnessResult) -> bytes:
    """Return a PNG of balanced accuracy over the steps of each kind, a line with its intervals per pairing."""
    from matplotlib.figure import Figure

    columns = min(_COLUMNS, len(result.kinds))
    rows = ceil(len(result.kinds) / columns)
    with chart_style():
        figure = Figure(figsize=(0.6 + 2.9 * columns, 0.9 + 2.7 * rows), dpi=150, layout="constrained")
        charts = figure.subplots(rows, columns, sharey=True, squeeze=False).ravel()
        for axes, kind in zip(charts, result.kinds, strict=False):
            _draw(axes, kind, result.rows)
        for axes in charts[len(result.kinds) :]:
            axes.remove()
        charts[0].set_ylim(accuracy_floor(_lowest(result)), 100)
        for axes in charts[::columns]:
            axes.set_ylabel("balanced accuracy %")
        figure.suptitle(literal(fill(_title(result), _WIDTH * columns)), x=0.01, ha="left")
        lines, labels = charts[0].get_legend_handles_labels()
        figure.legend(lines, labels, loc="outside lower left", ncols=columns)
        stream = io.BytesIO()
        figure.savefig(stream, format="png", metadata={"Software": _SOFTWARE})
    return stream.getvalue()


def is_robustness(file: Path) -> bool:
    """Return whether a file is such a picture."""
    with file.open("rb") as stream:
        return _MARK in stream.read(200)


def _draw(axes: Axes, kind: RobustnessKind, rows: list[RobustnessRow]) -> None:
    hues, dashes = (sorted({getattr(row, name) for row in rows}) for name in ("extractor", "head"))
    for row in rows:
        hue, dash = hues.index(row.extractor) % HUES, dashes.index(row.head) % DASHES
        [curve] = [curve for curve in row.curves if curve.kind == kind.kind]
        steps = [step.step for step in curve.steps]
        figures = [step.balanced_accuracy for step in curve.steps]
        # The best are drawn whole, at the very top.
        axes.plot(
            steps,
            [100 * figure.value for figure in figures],
            label=literal(f"{row.extractor} x {row.head}, area {100 * row.area.value:.1f} %"),
            clip_on=False,
            zorder=3,
            **line_style(hue, dash),
        )
        spread = [(step, figure.interval) for step, figure in zip(steps, figures, strict=True) if figure.interval]
        low, high = ([100 * getattr(limits, end) for _, limits in spread] for end in ("low", "high"))
        axes.fill_between([step for step, _ in spread], low, high, color=COLOURS[hue], alpha=0.14, linewidth=0)
    axes.set_title(kind.kind, weight="bold")
    axes.set_xticks(range(len(kind.strengths) + 1), ["photo", *(f"{strength:g}" for strength in kind.strengths)])
    axes.set_xlabel(kind.unit)


def _title(result: RobustnessResult) -> str:
    bands = any(row.area.interval for row in result.rows)
    return f"{result.photos} test photos, degraded; heads as in the run{'; bands: 95 % intervals' if bands else ''}"


def _lowest(result: RobustnessResult) -> float:
    figures = [step.balanced_accuracy for row in result.rows for curve in row.curves for step in curve.steps]
    return min(figure.interval.low if figure.interval else figure.value for figure in figures)
