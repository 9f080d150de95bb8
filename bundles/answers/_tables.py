"""Answers on a terminal: a row per photo, or an overview of many; no path, word or number is broken."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.table import Column, Table
from rich.text import Text

from ...errors import counted, printable
from ...text import GAP, shortened, terminal_table
from .._recognition import HIGH, LOW, ME, NO_FACE, NOT_ME, Recognition
from ._parts import parts_of, reason_of

_STYLES = {ME: "bold green", NOT_ME: "", NO_FACE: "yellow"}
_PROBABILITY = "probability"
#: Cells beside the paths, and the least that are left for those.
_BESIDE = max(map(len, _STYLES)) + len(_PROBABILITY) + 3 * GAP
_LEAST = 12


def answers_table(answers: Sequence[Recognition], width: int | None = None) -> Group:
    """Return a row per photo, in order; after them the photos that could not be examined, each with its reason.

    Args:
        answers: to photos.
        width: of the terminal in cells, to which paths are shortened; None: they stay whole.
    """
    examined = [answer for answer in answers if not answer.is_failure]
    failed = [answer for answer in answers if answer.is_failure]
    tables = [_answered(examined, _room(examined, width, _BESIDE))] if examined or not failed else []
    return _apart([tables, _failures(failed, width)])


def overview(answers: Sequence[Recognition], width: int) -> Group:
    """Return the photos of me, the uncertain ones, and those that could not be examined; the rest is not shown.

    Args:
        answers: to photos.
        width: of the terminal in cells, to which paths are shortened.
    """
    parts = parts_of(answers)
    room = _room([*parts.me, *parts.uncertain], width, _BESIDE)
    me = _part(_title_of_me(parts.me), parts.me, room)
    uncertain = _part(_title_of_uncertain(answers, parts.uncertain), parts.uncertain, room)
    return _apart([me, uncertain, _failures(parts.failed, width)])


def _title_of_me(me: Sequence[Recognition]) -> str:
    doubtful = sum(answer.is_uncertain for answer in me)
    of_them = f", {doubtful} of them uncertain (probability {HIGH} or less)" if doubtful else ""
    return f"Me: {counted(len(me), 'photo')}{of_them}"


def _title_of_uncertain(answers: Sequence[Recognition], uncertain: Sequence[Recognition]) -> str:
    if any(answer.faces and answer.probability is None for answer in answers):
        return "The bundle gives no probabilities, so none is called uncertain."
    return f"Not me, but uncertain (probability {LOW} or more): {counted(len(uncertain), 'photo')}"


def _part(title: str, answers: Sequence[Recognition], room: int) -> list[RenderableType]:
    return [Text(title, "bold"), *([_answered(answers, room)] if answers else [])]


def _answered(answers: Sequence[Recognition], room: int) -> Table:
    columns = [
        Column("photo", no_wrap=True, width=room),
        Column("answer", no_wrap=True),
        Column(_PROBABILITY, justify="right", no_wrap=True),
    ]
    return terminal_table(columns, (_cells(answer, room) for answer in answers))


def _cells(answer: Recognition, room: int) -> list[str | Text]:
    probability = "-" if answer.probability is None else f"{answer.probability:.3f}"
    return [_path(answer, room), Text(answer.answer, _STYLES[answer.answer]), probability]


def _failures(failed: Sequence[Recognition], width: int | None) -> list[RenderableType]:
    """Return the photos that could not be examined below a title; nothing if there are none."""
    if not failed:
        return []
    room = _room(failed, width, (width or 0) // 2)
    columns = [Column(no_wrap=True, width=room), Column()]
    rows: list[list[str | Text]] = [[_path(answer, room), Text(reason_of(answer), "yellow")] for answer in failed]
    return [Text(f"Not examined: {counted(len(failed), 'photo')}", "bold"), terminal_table(columns, rows)]


def _path(answer: Recognition, room: int) -> str:
    return shortened(printable(answer.path), room)


def _room(answers: Sequence[Recognition], width: int | None, beside: int) -> int:
    """Return the cells of the widest path, or those that a terminal has left for it."""
    widest = max((cell_len(printable(answer.path)) for answer in answers), default=0)
    return max(_LEAST, widest if width is None else min(widest, width - beside))


def _apart(blocks: Sequence[Sequence[RenderableType]]) -> Group:
    """Return blocks, those that are empty left out, with an empty line between them."""
    first, *others = [block for block in blocks if block]
    return Group(*first, *(line for block in others for line in ("", *block)))
