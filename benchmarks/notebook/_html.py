"""A run as a notebook shows it: the verdict, the table, and what must be known to trust it.

Neither text nor lines have a colour of their own: they take the notebook's, light or dark.
"""

from __future__ import annotations

from html import escape

from ...errors import printable
from ..comparison import COLUMNS, MAIN_COLUMNS, Group, Row, best_value, cell_of

_TABLE = "color: inherit; font: inherit"
_NAME, _NUMBER = "text-align: left; vertical-align: bottom", "text-align: right; white-space: nowrap"
_TITLE = "text-align: right; white-space: normal; vertical-align: bottom"


def html_of(group: Group) -> str:
    """Return a table of rows with its sentence above, its notes and caption below."""
    head = "".join(_cell("th", title, _NAME) for title in ("extractor", "head"))
    head += "".join(_cell("th", COLUMNS[name].title, _TITLE) for name in MAIN_COLUMNS)
    best = {name: best_value(group.rows, name) for name in MAIN_COLUMNS}
    body = "".join(f"<tr>{_names(row)}{_figures(row, best)}</tr>" for row in group.rows)
    parts = [
        f"<p><strong>{_text(group.sentence)}</strong></p>" if group.sentence else "",
        f'<table style="{_TABLE}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>',
        f"<ul>{''.join(f'<li>{_text(note)}.</li>' for note in group.notes)}</ul>" if group.notes else "",
        f"<p><small>{_text(group.caption)}.</small></p>",
    ]
    # The class: no formula is seen between two dollars.
    return f'<div class="tex2jax_ignore mathjax_ignore">{"".join(parts)}</div>'


def _names(row: Row) -> str:
    audit = "audit: " if row.pairing.audit else ""
    return "".join(_cell("td", name, _NAME) for name in (f"{audit}{row.pairing.extractor or '-'}", row.pairing.head))


def _figures(row: Row, best: dict[str, float | None]) -> str:
    figures = {name: cell_of(row, name) for name in MAIN_COLUMNS}
    marked = {name for name, cell in figures.items() if row.competes and cell.value is not None}
    return "".join(
        _cell("td", cell.text, _NUMBER, strong=name in marked and cell.value == best[name])
        for name, cell in figures.items()
    )


def _cell(tag: str, text: str, style: str, *, strong: bool = False) -> str:
    shown = f"<strong>{_text(text)}</strong>" if strong else _text(text)
    return f'<{tag} style="{style}">{shown}</{tag}>'


def _text(text: str) -> str:
    return escape(printable(text))
