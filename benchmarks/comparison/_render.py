"""The comparison as text: a terminal's table, Markdown, CSV or JSON."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from pathlib import Path

from rich.console import Console, RenderableType
from rich.console import Group as Stack
from rich.text import Text

from ...errors import printable
from ...text import (
    Format,
    Grid,
    csv_text,
    escaped,
    figure_width,
    markdown_table,
    name_widths,
    present,
    tables_of,
)
from ..lookalikes import MEAN_RANK
from ..results import read_runs
from ._columns import COLUMNS, MAIN_COLUMNS, cell_of
from ._groups import ChooseHard, Group, best_value, by_mean_rank, compare_runs, why_apart
from ._row import Cell, Row

#: What a terminal shows first, without its limits; and then, as long as it fits, with them, all others after these.
_FIRST = ("rank", "balanced", "false_accepts", "false_rejects", "auc")
_THEN = ("balanced", "false_accepts", "false_rejects", "no_face", "ms", "versus", "auc")

#: Columns of figures on hard strangers, and what is shown beside them where somebody else chose these.
_HARD = ("hard", "hard_accepts")
_WITH_HARD = ["rank", "balanced", "false_accepts", *_HARD]

#: Columns without numbers.
_TEXTS = ("threshold", "run")


def render(groups: list[Group], columns: list[str], style: Format, width: int = 80) -> str | Stack:
    """Return the groups in a format: text, or for "table" something that rich prints.

    Args:
        groups: of `compare_runs`.
        columns: names in `COLUMNS`; empty for those that fit `width`, the main ones in "md", all in "csv" and "json".
            Where an extractor outside of the rows chose the hard strangers, the figures on them take their place.
        style: "table" for a terminal, "md", "csv" or "json" for pipes.
        width: of the terminal, in characters.
    """
    if style == "csv":
        return _csv(groups, columns or list(COLUMNS))
    if style == "json":
        return _json(groups, columns or list(COLUMNS))
    if not columns and any(group.hard and group.hard.by != MEAN_RANK for group in groups):
        columns = _WITH_HARD
    if style == "md":
        shown = [_markdown(group, columns or MAIN_COLUMNS) for group in groups]
        return "\n\n".join([*shown, *filter(None, [why_apart(groups)])])
    tables = [_terminal(group, columns, width) for group in groups]
    return Stack(*tables, *(Text(f"\n{reason}") for reason in [why_apart(groups)] if reason))


def _names(row: Row) -> list[str]:
    audit = "audit: " if row.pairing.audit else ""
    return [audit + printable(row.pairing.extractor or "-"), printable(row.pairing.head)]


def _is_best(group: Group, row: Row, column: str) -> bool:
    value = cell_of(row, column).value
    return value is not None and row.competes and value == best_value(group.rows, column)


def _terminal(group: Group, columns: list[str], width: int) -> Stack:
    shown = _fitting(group, columns, width)
    titles = ["extractor", "head", *(COLUMNS[name].heading for name in shown)]
    rows: list[list[str | Text]] = [
        [*_names(row), *(_styled(group, row, name, limits=limits) for name, limits in shown.items())]
        for row in group.rows
    ]
    tables: list[list[RenderableType]] = [[table, Text()] for table in tables_of(Grid(titles, rows, left=2), width)]
    below = [Text(printable(group.sentence), style="bold")] if group.sentence else []
    below += [Text(f"Note: {printable(note)}.", style="yellow") for note in _notes(group, shown)]
    if hidden := [name for name in COLUMNS if name not in shown]:
        below.append(Text(f"More columns (--columns): {', '.join(hidden)}.", style="dim"))
    return Stack(Text(f"\n{printable(group.caption)}\n"), *(part for parts in tables for part in parts), *below)


def _fitting(group: Group, columns: list[str], width: int) -> dict[str, bool]:
    """Return the columns to show on a terminal, and whether each has its limits.

    Columns that are asked for have them where they fit then, all or none. Without any, those that fit are taken.
    """
    named = zip(("extractor", "head"), *map(_names, group.rows), strict=True)
    names = name_widths(list(named), width - _widths(group, dict.fromkeys(columns or _FIRST, False)))
    room = width - sum(names)
    if columns:
        with_limits = dict.fromkeys(columns, True)
        return with_limits if _widths(group, with_limits) <= room else dict.fromkeys(columns, False)
    rest = [name for name in COLUMNS if name not in (*_FIRST, *_THEN)]
    chosen: dict[str, bool] = {}
    for name, limits in [*((name, False) for name in _FIRST), *((name, True) for name in (*_THEN, *rest))]:
        if _widths(group, {**chosen, name: limits}) > room:
            break
        chosen[name] = limits
    return {name: chosen[name] for name in COLUMNS if name in chosen} or {"balanced": False}


def _widths(group: Group, columns: dict[str, bool]) -> int:
    """Return the width of columns, those that have limits with them."""
    return sum(
        figure_width(COLUMNS[name].heading, [_styled(group, row, name, limits=limits) for row in group.rows])
        for name, limits in columns.items()
    )


def _styled(group: Group, row: Row, column: str, *, limits: bool) -> Text:
    """Return a cell, its limits below its value."""
    cell = cell_of(row, column)
    text = Text(printable(cell.short), style="bold green" if _is_best(group, row, column) else "")
    return text.append(f"\n{cell.limits}", style="not bold dim default") if limits and cell.limits else text


def _markdown(group: Group, columns: list[str]) -> str:
    rows = [[*_names(row), *(cell_of(row, name).text for name in columns)] for row in group.rows]
    best = {
        (number, column)
        for number, row in enumerate(group.rows)
        for column, name in enumerate(columns, start=2)
        if _is_best(group, row, name)
    }
    titles = ["extractor", "head", *(COLUMNS[name].title for name in columns)]
    lines = [escaped(group.caption), "", markdown_table(titles, rows, left=2, strong=best)]
    if group.sentence:
        lines += ["", escaped(group.sentence)]
    lines += [f"\nNote: {escaped(note)}." for note in _notes(group, columns)]
    return "\n".join(lines)


def _notes(group: Group, columns: Collection[str]) -> list[str]:
    """Return the notes on a group of which some columns are shown."""
    hard = group.hard if not set(columns).isdisjoint(_HARD) else None
    return [*group.notes, *([hard.note] if hard else [])]


def _csv(groups: list[Group], columns: list[str]) -> str:
    records = [record for number, group in enumerate(groups, 1) for record in records_of(number, group, columns)]
    fields = fields_of(records)
    return csv_text(fields, [[record.get(field, "") for field in fields] for record in records])


def fields_of(records: list[dict[str, object]]) -> list[str]:
    """Return the names in some records, limits beside their value, though the first record may have none."""
    known = dict.fromkeys(key for record in records for key in record)
    values = [name for name in known if not name.endswith(("_low", "_high"))]
    return [field for name in values for field in (name, f"{name}_low", f"{name}_high") if field in known]


def _json(groups: list[Group], columns: list[str]) -> str:
    content = [
        {
            "caption": group.caption,
            "sentence": group.sentence,
            "verdict": group.verdict,
            "notes": group.notes,
            "rows": records_of(number, group, columns),
        }
        for number, group in enumerate(groups, 1)
    ]
    return json.dumps(content, indent=2)


def records_of(number: int, group: Group, columns: list[str]) -> list[dict[str, object]]:
    """Return a flat record per row: numbers where there are any, with their uncertainty beside them."""
    records = []
    for row in group.rows:
        record: dict[str, object] = {
            "table": number,
            "data": row.result.dataset.title,
            "target": row.result.settings.target,
            "seed": row.result.settings.seed,
            "extractor": row.pairing.extractor,
            "head": row.pairing.head,
            "audit": row.pairing.audit,
        }
        for name in columns:
            record |= _fields(name, cell_of(row, name))
        if "versus" in columns:
            record["p_adjusted"] = row.versus.p if row.versus else None
        if not set(columns).isdisjoint(_HARD):
            record["hard_by"] = group.hard.by if group.hard else None
        records.append(record)
    return records


def _fields(column: str, cell: Cell) -> dict[str, object]:
    """Return what a record has of a cell: its number and its limits; text where it is no number."""
    name = {"versus": "difference", "p": "p_adjusted"}.get(column, column)
    fields: dict[str, object] = {name: cell.text if column in _TEXTS else cell.value}
    limits = {f"{name}_low": cell.low, f"{name}_high": cell.high}
    return fields | {name: limit for name, limit in limits.items() if limit is not None}


def print_runs(
    paths: Sequence[Path], sort: str, columns: list[str], style: Format, choose_hard: ChooseHard = by_mean_rank
) -> list[Group]:
    """Print the comparison of stored runs, by their folders, on standard output; return its tables.

    Raises:
        FacebenchError: a run cannot be read, an unknown column, or hard strangers that cannot be chosen.
    """
    runs, predictions = read_runs(paths)
    groups = compare_runs(runs, sort, predictions, choose_hard)
    print_groups(groups, columns, style)
    return groups


def print_groups(groups: list[Group], columns: list[str], style: Format) -> None:
    """Print the groups on standard output."""
    present(render(groups, columns, style, Console().width))
