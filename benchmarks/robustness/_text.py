"""What `bench robust` prints: tables, Markdown, CSV or JSON."""

from __future__ import annotations

from rich.console import RenderableType
from rich.text import Text

from ...errors import counted
from ...text import Format, Grid, csv_text, laid_out
from ..results import Estimate, RobustnessCurve, RobustnessResult, RobustnessRow
from ._answer import answer_of, holds_to, percent

_COLUMNS = (
    *("extractor", "head", "kind", "step", "strength", "balanced", "balanced_low", "balanced_high"),
    *("false_rejects", "false_accepts", "no_vector_me", "no_vector_others", "area", "area_low", "area_high"),
)


def robustness_text(result: RobustnessResult, style: Format, width: int = 80) -> str | RenderableType:
    """Return robustness as CSV, JSON or Markdown, or for "table" something that rich prints on a terminal of a width.

    Args:
        result: what was measured.
        style: how.
        width: of the terminal, in cells.
    """
    if style == "json":
        return result.model_dump_json(indent=2)
    if style == "csv":
        return csv_text(_COLUMNS, [cells for row in result.rows for cells in _records(result, row)])
    parts: list[str | Grid] = [answer_of(result), _caption(result)]
    for row in result.rows:
        parts += [_title(row), _grid(row, style)]
    return laid_out([*parts, _steps(result), *(f"Note: {note}." for note in _notes(result))], style, width)


def _records(result: RobustnessResult, row: RobustnessRow) -> list[list[object]]:
    strengths = {kind.kind: [0.0, *kind.strengths] for kind in result.kinds}
    return [
        [
            *(row.extractor, row.head, curve.kind, step.step),
            strengths[curve.kind][step.step] if step.step else None,
            *_limits(step.balanced_accuracy),
            *(step.false_rejects, step.false_accepts, step.no_vector_me, step.no_vector_others),
            *_limits(curve.area),
        ]
        for curve in row.curves
        for step in curve.steps
    ]


def _limits(figure: Estimate) -> tuple[float, float | None, float | None]:
    return figure.value, *((figure.interval.low, figure.interval.high) if figure.interval else (None, None))


def _caption(result: RobustnessResult) -> str:
    return (
        f"Balanced accuracy % on {counted(result.photos, 'test photo')}, degraded in steps from 0 (the photos "
        "themselves) to 5, with heads and thresholds as in the run. The area is the mean over the steps, the first and "
        "the last counted half; a row holds to the last step that is within 2 points of step 0."
    )


def _title(row: RobustnessRow) -> str:
    title = f"{row.extractor} x {row.head}: area {_in_line(row.area)} %"
    if behind := row.versus_best:
        limits = (
            f" (95 %: {100 * behind.interval.low:+.1f} to {100 * behind.interval.high:+.1f})" if behind.interval else ""
        )
        p = f", p {_p(behind.p)}" if behind.p is not None else ""
        title += f"; {100 * behind.value:+z.1f} points against the best{p}{limits}"
    return f"{title}:"


def _p(p: float) -> str:
    return "< .001" if p < 0.001 else f"{p:.3f}".removeprefix("0")


def _grid(row: RobustnessRow, style: Format) -> Grid:
    show = _in_line if style == "md" else _plain
    rows: list[list[str | Text]] = [
        [
            curve.kind,
            *(show(step.balanced_accuracy) for step in curve.steps),
            _in_line(curve.area) if style == "md" else _below(curve.area),
            str(holds_to(curve)),
            _lost(curve, row.tests_of_me + row.tests_of_others),
        ]
        for curve in row.curves
    ]
    steps = [str(step.step) for step in row.curves[0].steps]
    return Grid(["kind", *steps, "area", "holds\nto", "no face\nat 5, %"], rows)


def _lost(curve: RobustnessCurve, tests: int) -> str:
    last = curve.steps[-1]
    return percent((last.no_vector_me + last.no_vector_others) / tests)


def _plain(figure: Estimate) -> str:
    return percent(figure.value)


def _in_line(figure: Estimate) -> str:
    return f"{percent(figure.value)} ({_range(figure)})" if figure.interval else percent(figure.value)


def _below(figure: Estimate) -> Text:
    text = Text(percent(figure.value))
    return text.append(f"\n{_range(figure)}", style="dim") if figure.interval else text


def _range(figure: Estimate) -> str:
    assert figure.interval is not None  # noqa: S101
    return f"{percent(figure.interval.low)}-{percent(figure.interval.high)}"


def _steps(result: RobustnessResult) -> Grid:
    """Return what the steps are."""
    rows = [[kind.kind, ", ".join(f"{strength:g}" for strength in kind.strengths), kind.unit] for kind in result.kinds]
    return Grid(["kind", "steps 1 to 5", "unit"], rows, left=3)


def _notes(result: RobustnessResult) -> list[str]:
    """Return what a reader must know to trust the figures."""
    notes = [
        f"Trained again, {row.extractor} x {row.head} decides {row.changed} of {row.tests_of_me + row.tests_of_others} "
        "tests otherwise than in the run: step 0 is not the run's figure"
        for row in result.rows
        if row.changed
    ]
    if result.without_box:
        notes.append(
            f"No face is known on {counted(result.without_box, 'photo')}: a square in the middle, half as wide as the "
            "shorter side, stands for it"
        )
    if result.left_out:
        notes.append(f"{', '.join(result.left_out)} cannot embed copies: the vectors were not made here")
    if any(row.area.interval is None for row in result.rows):
        notes.append("No intervals: the test has fewer than 10 independent units of a class, or 10 targets")
    return notes
