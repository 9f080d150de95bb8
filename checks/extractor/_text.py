"""What was found on an extractor, for people and for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from rich.console import Group as Stack
from rich.table import Column
from rich.text import Text

from ...errors import counted, printable
from ...text import Format, csv_text, escaped, markdown_table, terminal_table
from ._finding import Finding

_TITLES = ["state", "rule", "found"]
_STYLES = {"ok": "green", "not checked": "yellow", "fault": "bold red"}


def extractor_text(call: str, findings: Sequence[Finding], style: Format) -> str | Stack:
    """Return the findings on an extractor in a format: text, or for "table" something that rich prints.

    >>> print(extractor_text("mine", [Finding("alone", "ok", "the same alone, for 8 photos")], "csv"))
    state,rule,found
    ok,alone,"the same alone, for 8 photos"
    """
    rows = [[finding.state, finding.rule, finding.detail] for finding in findings]
    if style == "json":
        kept = all(finding.state == "ok" for finding in findings)
        return json.dumps({"extractor": call, "kept": kept, "findings": list(map(asdict, findings))}, indent=2)
    if style == "csv":
        return csv_text(_TITLES, rows)
    if style == "md":
        return f"{markdown_table(_TITLES, rows, left=3)}\n\n{escaped(_summary(call, findings))}"
    columns = [Column(no_wrap=True), Column(no_wrap=True), Column(overflow="fold")]
    coloured: list[list[str | Text]] = [[Text(state, style=_STYLES[state]), *told] for state, *told in rows]
    return Stack(terminal_table(columns, coloured), Text(f"\n{printable(_summary(call, findings))}"))


def _summary(call: str, findings: Sequence[Finding]) -> str:
    broken = [finding.rule for finding in findings if finding.state == "fault"]
    if not broken:
        return f"{call} keeps the contract of extractors."
    return f"{call} breaks {counted(len(broken), 'rule')}: {', '.join(broken)}."
