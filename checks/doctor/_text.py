"""What the doctor found, for people and for programs."""

from __future__ import annotations

import json
from dataclasses import asdict
from itertools import groupby
from typing import Literal

from rich.console import Group as Stack
from rich.table import Column
from rich.text import Text

from ...errors import counted, printable
from ...text import escaped, markdown_table, terminal_table
from ._item import Diagnosis, Item

DoctorFormat = Literal["table", "md", "json"]
_STYLES = {"ok": "green", "missing": "yellow", "fault": "bold red"}


def diagnosis_text(diagnosis: Diagnosis, style: DoctorFormat) -> str | Stack:
    """Return the diagnosis in a format: text, or for "table" something that rich prints."""
    if style == "json":
        return json.dumps({"sound": diagnosis.sound, "items": [asdict(item) for item in diagnosis.items]}, indent=2)
    return _markdown(diagnosis) if style == "md" else _terminal(diagnosis)


def _said(item: Item) -> str:
    return ". ".join(filter(None, [item.detail.rstrip("."), item.advice]))


def _summary(diagnosis: Diagnosis) -> str:
    grave = [item.name for item in diagnosis.items if item.needed and item.state != "ok"]
    if not grave:
        return "All that a run needs is there."
    return f"{counted(len(grave), 'fault')} in what a run needs: {', '.join(grave)}."


def _terminal(diagnosis: Diagnosis) -> Stack:
    columns = [Column(no_wrap=True), Column(no_wrap=True), Column(overflow="fold")]
    rows: list[list[str | Text]] = []
    for area, items in groupby(diagnosis.items, key=lambda item: item.area):
        rows.append(["", Text(area, style="bold"), ""])
        rows += [[Text(item.state, style=_STYLES[item.state]), item.name, _said(item)] for item in items]
    return Stack(terminal_table(columns, rows), Text(f"\n{printable(_summary(diagnosis))}"))


def _markdown(diagnosis: Diagnosis) -> str:
    rows = [[item.state, item.area, item.name, _said(item)] for item in diagnosis.items]
    return f"{markdown_table(['state', 'area', 'what', 'found'], rows, left=4)}\n\n{escaped(_summary(diagnosis))}"
