"""How `bench predict` shows answers: an overview of many on a terminal, otherwise a row per photo."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from ...bundles import Recognition

Style = Literal["table", "csv", "json"]
Only = Literal["me", "not-me", "no-face"]

#: Up to so many photos a terminal shows each of them unasked.
FEW = 20


def show_answers(answers: Sequence[Recognition], style: Style | None, only: Only | None, every: bool) -> str:
    """Print answers on standard output; return what else to say of those that are not shown.

    Args:
        answers: to photos.
        style: None: a table on a terminal, CSV in a pipe.
        only: the answer to show; photos that could not be examined are named on standard error then.
        every: show a row per photo, however many there are.
    """
    from ...bundles import overview, parts_of, reason_of
    from ...text import present, say, terminal_width

    width = terminal_width()
    style = style or ("csv" if width is None else "table")
    parts = parts_of(answers)
    if style == "table" and width is not None and len(answers) > FEW and not (only or every):
        present(overview(answers, width))
        return f"; {len(parts.rest)} not shown, --all shows every photo"
    if only is None:
        _print_rows(answers, style, width)
    else:
        _print_rows([answer for answer in answers if answer.answer == only.replace("-", " ")], style, width)
        for failed in parts.failed:
            say(f"{failed.path}: {reason_of(failed)}")
    return ""


def _print_rows(answers: Sequence[Recognition], style: Style, width: int | None) -> None:
    from ...bundles import answers_csv, answers_json, answers_table
    from ...text import UNBOUNDED, present

    if style == "table":
        present(answers_table(answers, width), width or UNBOUNDED)
    else:
        present(answers_csv(answers) if style == "csv" else answers_json(answers))
