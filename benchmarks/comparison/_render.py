"""The comparison as text: a terminal's table, Markdown, CSV or JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.console import Group as Stack
from rich.table import Column
from rich.text import Text

from ...errors import printable
from ...text import GAP, Format, csv_text, escaped, markdown_table, present, terminal_table
from ..results import read_runs
from ._columns import COLUMNS, MAIN_COLUMNS, cell_of
from ._groups import Group, best_value, compare_runs, why_apart
from ._row import Row


def render(groups: list[Group], columns: list[str], style: Format, width: int = 80) -> str | Stack:
    """Return the groups in a format: text, or for "table" something that rich prints.

    Args:
        groups: of `compare_runs`.
        columns: names in `COLUMNS`; empty for those that fit `width`, the main ones in "md", all in "csv" and "json".
        style: "table" for a terminal, "md", "csv" or "json" for pipes.
        width: of the terminal, in characters.
    """
    if style == "csv":
        return _csv(groups, columns or list(COLUMNS))
    if style == "json":
        return _json(groups, columns or list(COLUMNS))
    if style == "md":
        shown = [_markdown(group, columns or MAIN_COLUMNS) for group in groups]
        return "\n\n".join([*shown, *filter(None, [why_apart(groups)])])
    tables = [_terminal(group, columns or _fitting(group, width)) for group in groups]
    return Stack(*tables, *(Text(f"\n{reason}") for reason in [why_apart(groups)] if reason))


def _names(row: Row) -> list[str]:
    audit = "audit: " if row.pairing.audit else ""
    return [audit + printable(row.pairing.extractor or "-"), printable(row.pairing.head)]


def _is_best(group: Group, row: Row, column: str) -> bool:
    value = cell_of(row, column).value
    return value is not None and row.competes and value == best_value(group.rows, column)


def _fitting(group: Group, width: int) -> list[str]:
    """Return the first columns, in order, that fit into a width together with the names."""
    used = sum(max(map(len, names)) + GAP for names in zip(*map(_names, group.rows), strict=True))
    chosen: list[str] = []
    for name in COLUMNS:
        used += _width(group, name) + GAP
        if used > width:
            break
        chosen.append(name)
    return chosen or ["balanced"]


def _width(group: Group, column: str) -> int:
    title = max(map(len, COLUMNS[column].title.split()))  # it may break at its spaces
    return max(title, *(len(cell_of(row, column).text) for row in group.rows))


def _terminal(group: Group, columns: list[str]) -> Stack:
    names = [Column(title, overflow="fold", min_width=len(title)) for title in ("extractor", "head")]
    figures = [Column(COLUMNS[name].title, justify="right", width=_width(group, name)) for name in columns]
    rows: list[list[str | Text]] = [
        [*_names(row), *(_styled(group, row, name) for name in columns)] for row in group.rows
    ]
    table = terminal_table([*names, *figures], rows)
    below = [Text(f"\n{printable(group.sentence)}", style="bold")] if group.sentence else []
    below += [Text(f"Note: {printable(note)}.", style="yellow") for note in group.notes]
    if hidden := [name for name in COLUMNS if name not in columns]:
        below.append(Text(f"More columns (--columns): {', '.join(hidden)}.", style="dim"))
    return Stack(Text(f"\n{printable(group.caption)}\n"), table, *below)


def _styled(group: Group, row: Row, column: str) -> Text:
    style = "bold green" if _is_best(group, row, column) else ""
    return Text(printable(cell_of(row, column).text), style=style)


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
    lines += [f"\nNote: {escaped(note)}." for note in group.notes]
    return "\n".join(lines)


def _csv(groups: list[Group], columns: list[str]) -> str:
    records = [record for number, group in enumerate(groups, 1) for record in _records(number, group, columns)]
    fields = list(dict.fromkeys(key for record in records for key in record))
    return csv_text(fields, [[record.get(field, "") for field in fields] for record in records])


def _json(groups: list[Group], columns: list[str]) -> str:
    content = [
        {
            "caption": group.caption,
            "sentence": group.sentence,
            "verdict": group.verdict,
            "notes": group.notes,
            "rows": _records(number, group, columns),
        }
        for number, group in enumerate(groups, 1)
    ]
    return json.dumps(content, indent=2)


def _records(number: int, group: Group, columns: list[str]) -> list[dict[str, object]]:
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
            cell = cell_of(row, name)
            record[name] = cell.value if COLUMNS[name].best or name == "people" else cell.text
            for part in ("low", "high"):
                if getattr(cell, part) is not None:
                    record[f"{name}_{part}"] = getattr(cell, part)
        records.append(record)
    return records


def print_runs(paths: Sequence[Path], sort: str, columns: list[str], style: Format) -> list[Group]:
    """Print the comparison of stored runs, by their folders, on standard output; return its tables.

    Raises:
        FacebenchError: a run cannot be read, or an unknown column.
    """
    runs, predictions = read_runs(paths)
    groups = compare_runs(runs, sort, predictions)
    print_groups(groups, columns, style)
    return groups


def print_groups(groups: list[Group], columns: list[str], style: Format) -> None:
    """Print the groups on standard output."""
    present(render(groups, columns, style, Console().width))
