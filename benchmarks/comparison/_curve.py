"""The learning curve for people: tables with a column per number of photos."""

from __future__ import annotations

from collections.abc import Callable

from rich.console import Console, RenderableType
from rich.console import Group as Stack
from rich.text import Text

from ...errors import counted, printable
from ...text import Format, Grid, as_markdown, csv_text, present, tables_of
from ..results import CurvePoint, CurveResult, Interval
from ._cells import percent
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
        present(_markdown(result) if style == "md" else _terminal(result, Console().width))


def _lines(result: CurveResult) -> dict[tuple[str, str], list[CurvePoint]]:
    lines: dict[tuple[str, str], list[CurvePoint]] = {}
    for point in result.points:
        lines.setdefault((point.extractor, point.head), []).append(point)
    return lines


def _caption(result: CurveResult) -> str:
    return (
        f"{result.dataset.title}: {result.target}, by photos of {result.target} used "
        f"(mean of {result.draws} draws, and {covered(result)})"
    )


def left_out(result: CurveResult) -> list[str]:
    """Return which pairings could not be tested with how many photos, and why."""
    sizes: dict[tuple[str, str], list[int]] = {}
    for point in result.points:
        if point.refused:
            sizes.setdefault((f"{point.extractor} x {point.head}", point.refused), []).append(point.photos_of_me)
    pairings: dict[tuple[str, str], list[str]] = {}
    for (pairing, reason), at in sizes.items():
        where = f"{', '.join(map(str, at[:-1]))}{', ' if at[1:] else ''}{counted(at[-1], 'photo')}"
        pairings.setdefault((where, reason), []).append(pairing)
    return [
        f"{', '.join(names)} {'are' if names[1:] else 'is'} left out at {where}: "
        f"{'each' if names[1:] else 'its'} head {reason}"
        for (where, reason), names in pairings.items()
    ]


def covered(result: CurveResult) -> str:
    """Return what the intervals of a learning curve cover, or why there are none."""
    if result.intervals == "draws":
        return "what 95 % of them lie between"
    if all(point.balanced_interval is None for point in result.points):
        return "no interval: the test has fewer than 10 independent photos of a class"
    return "95 % interval: another draw, other test photos"


def _grid(result: CurveResult, figure: str, show: Callable[[float, Interval | None], str | Text]) -> Grid:
    """Return the table of one figure, a column per number of photos."""
    value, interval = _FIGURES[figure]
    sizes = sorted({point.photos_of_me for point in result.points})
    rows: list[list[str | Text]] = []
    for pairing, points in _lines(result).items():
        at = {point.photos_of_me: point for point in points if getattr(point, value) is not None}
        cells = [show(getattr(at[size], value), getattr(at[size], interval)) if size in at else "-" for size in sizes]
        rows.append([*pairing, *cells])
    return Grid(["extractor", "head", *map(str, sizes)], rows, left=2)


def _plain(value: float, _: Interval | None) -> str:
    return percent(value)


def _limits(interval: Interval) -> str:
    return f"{percent(interval.low)}-{percent(interval.high)}"


def _in_line(value: float, interval: Interval | None) -> str:
    return f"{percent(value)} ({_limits(interval)})" if interval else percent(value)


def _below(value: float, interval: Interval | None) -> Text:
    return Text(percent(value)).append(f"\n{_limits(interval)}", style="dim") if interval else Text(percent(value))


def _terminal(result: CurveResult, width: int) -> Stack:
    fits = all(len(tables_of(_grid(result, figure, _below), width)) == 1 for figure in _FIGURES)
    parts: list[RenderableType] = [Text(f"\n{printable(_caption(result))}")]
    for figure in _FIGURES:
        parts.append(Text(f"\n{figure}"))
        for table in tables_of(_grid(result, figure, _below if fits else _plain), width):
            parts += [table, Text()]
    if not fits:
        parts.append(Text("Intervals are not shown: a wider terminal or --format md has them.", style="dim"))
    parts += [*(Text(f"Note: {printable(note)}.", style="yellow") for note in left_out(result))]
    if answer := answer_of(result):
        parts.append(Text(printable(answer), style="bold"))
    return Stack(*parts)


def _markdown(result: CurveResult) -> str:
    tables = [part for figure in _FIGURES for part in (f"{figure}:", _grid(result, figure, _in_line))]
    notes = [f"Note: {note}." for note in left_out(result)]
    return as_markdown([_caption(result), *tables, *notes, *filter(None, [answer_of(result)])])


def _csv(result: CurveResult) -> str:
    rows = []
    for point in result.points:
        cells: list[object] = [point.extractor, point.head, point.photos_of_me, point.draws]
        for value, interval in ((getattr(point, v), getattr(point, i)) for v, i in _FIGURES.values()):
            cells += [value, interval and interval.low, interval and interval.high]
        rows.append(cells)
    return csv_text(_CSV_COLUMNS, rows)
