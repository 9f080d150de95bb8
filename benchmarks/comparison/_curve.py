"""The learning curve for people: tables with a column per number of photos, and a plot."""

from __future__ import annotations

import io
from typing import Any

from rich.console import Group as Stack
from rich.console import RenderableType
from rich.table import Column
from rich.text import Text

from ...errors import printable
from ...text import Format, csv_text, escaped, markdown_table, present, terminal_table
from ..results import CurvePoint, CurveResult, Interval
from ._curve_answer import answer_of

_FIGURES = {
    "balanced acc. %": ("balanced_accuracy", "balanced_interval"),
    "accuracy %": ("accuracy", "accuracy_interval"),
}

_CSV_COLUMNS = (
    *("extractor", "head", "photos_of_me", "draws"),
    *("balanced", "balanced_low", "balanced_high"),
    *("accuracy", "accuracy_low", "accuracy_high"),
)


def print_curve(result: CurveResult, style: Format) -> None:
    """Print a learning curve on standard output."""
    if style == "json":
        present(result.model_dump_json(indent=2))
    elif style == "csv":
        present(_csv(result))
    else:
        present(_markdown(result) if style == "md" else _terminal(result))


def plot_curve(result: CurveResult) -> bytes:
    """Return a PNG of balanced accuracy against photos of the target, a line with its spread per pairing."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 5), dpi=150, layout="constrained")
    axes = figure.subplots()
    for number, (pairing, points) in enumerate(_lines(result).items()):
        tested = [point for point in points if point.balanced_accuracy is not None]
        sizes = [point.photos_of_me for point in tested]
        style: dict[str, Any] = {"color": f"C{number % 10}", "marker": "osD^vP*X"[number % 8], "markersize": 4}
        axes.plot(sizes, [100 * (p.balanced_accuracy or 0) for p in tested], label=" x ".join(pairing), **style)
        spread = [(p.photos_of_me, p.balanced_interval) for p in tested if p.balanced_interval]
        if spread:
            at, intervals = zip(*spread, strict=True)
            low, high = ([100 * getattr(interval, edge) for interval in intervals] for edge in ("low", "high"))
            axes.fill_between(at, low, high, color=style["color"], alpha=0.12, linewidth=0)
    sizes = sorted({point.photos_of_me for point in result.points})
    axes.set_xscale("log")
    axes.set_xticks(sizes, [str(size) for size in sizes])
    axes.minorticks_off()
    axes.set_xlabel(f"photos of {_literal(result.target)} (training and validation)")
    axes.set_ylabel("balanced accuracy %")
    axes.set_title(_literal(f"{result.dataset.title}: band = {_covered(result)}"), fontsize=10)
    axes.grid(alpha=0.3)
    axes.legend(fontsize=8, loc="lower right")
    stream = io.BytesIO()
    figure.savefig(stream, format="png")
    return stream.getvalue()


def _literal(text: str) -> str:
    """Return text in which matplotlib sees no formula."""
    return printable(text).replace("$", r"\$")


def _lines(result: CurveResult) -> dict[tuple[str, str], list[CurvePoint]]:
    lines: dict[tuple[str, str], list[CurvePoint]] = {}
    for point in result.points:
        lines.setdefault((point.extractor, point.head), []).append(point)
    return lines


def _caption(result: CurveResult) -> str:
    return (
        f"{result.dataset.title}: {result.target}, by photos of {result.target} used "
        f"(mean of {result.draws} draws, and {_covered(result)})"
    )


def left_out(result: CurveResult) -> list[str]:
    """Return which pairings could not be tested with how many photos, and why."""
    sizes: dict[tuple[str, str, str], list[str]] = {}
    for point in result.points:
        if point.refused:
            sizes.setdefault((point.extractor, point.head, point.refused), []).append(str(point.photos_of_me))
    return [
        f"{extractor} x {head} is left out at {', '.join(at)} photos: its head {reason}"
        for (extractor, head, reason), at in sizes.items()
    ]


def _covered(result: CurveResult) -> str:
    """Return what the intervals cover."""
    if result.intervals == "draws":
        return "what 95 % of them lie between"
    if all(point.balanced_interval is None for point in result.points):
        return "no interval: the test has fewer than 10 independent photos of a class"
    return "95 % interval: another draw, other test photos"


def _rows(result: CurveResult, figure: str) -> tuple[list[str], list[list[str]]]:
    """Return the head and the rows of the table of one figure."""
    value, interval = _FIGURES[figure]
    sizes = sorted({point.photos_of_me for point in result.points})
    rows = []
    for pairing, points in _lines(result).items():
        at = {point.photos_of_me: _cell(getattr(point, value), getattr(point, interval)) for point in points}
        rows.append([*pairing, *(at.get(size, "-") for size in sizes)])
    return ["extractor", "head", *map(str, sizes)], rows


def _cell(value: float | None, interval: Interval | None) -> str:
    if value is None:
        return "-"
    return f"{100 * value:.1f}" + (f" ({100 * interval.low:.1f}-{100 * interval.high:.1f})" if interval else "")


def _terminal(result: CurveResult) -> Stack:
    parts: list[RenderableType] = [Text(f"\n{printable(_caption(result))}")]
    for figure in _FIGURES:
        titles, rows = _rows(result, figure)
        columns = [Column(title, justify="right" if title.isdigit() else "left", overflow="fold") for title in titles]
        table = terminal_table(columns, rows)
        table.title, table.title_justify = f"\n{figure}", "left"
        parts.append(table)
    parts += [Text(f"Note: {printable(note)}.", style="yellow") for note in left_out(result)]
    if answer := answer_of(result):
        parts.append(Text(f"\n{printable(answer)}", style="bold"))
    return Stack(*parts)


def _markdown(result: CurveResult) -> str:
    parts = [escaped(_caption(result))]
    for figure in _FIGURES:
        titles, rows = _rows(result, figure)
        parts += [f"{figure}:", markdown_table(titles, rows, left=2)]
    notes = [f"Note: {escaped(note)}." for note in left_out(result)]
    return "\n\n".join([*parts, *notes, *filter(None, [escaped(answer_of(result))])])


def _csv(result: CurveResult) -> str:
    rows = []
    for point in result.points:
        cells: list[object] = [point.extractor, point.head, point.photos_of_me, point.draws]
        for value, interval in ((getattr(point, v), getattr(point, i)) for v, i in _FIGURES.values()):
            cells += [value, interval and interval.low, interval and interval.high]
        rows.append(cells)
    return csv_text(_CSV_COLUMNS, rows)
