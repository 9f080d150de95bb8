"""What was found on photos, for people and for programs."""

from __future__ import annotations

import json
from dataclasses import asdict

from rich.console import Console, RenderableType
from rich.console import Group as Stack
from rich.padding import Padding
from rich.text import Text

from ...errors import counted, printable
from ...text import Format, Grid, as_markdown, csv_text, escaped, markdown_table, tables_of
from ._findings import Finding, Mark, PhotoReport
from ._outliers import LISTED

#: Photos of a finding that people are shown; programs get all.
SHOWN = 5
_STYLES = {"must fix": "bold red", "should look": "bold yellow", "good to know": "bold"}


def photo_report_text(report: PhotoReport, style: Format) -> str | Stack:
    """Return the report in a format: text, or for "table" something that rich prints."""
    if style == "json":
        return json.dumps({**asdict(report), "must_fix": report.must_fix}, indent=2)
    if style == "csv":
        return _csv(report)
    return _markdown(report) if style == "md" else _terminal(report)


def _caption(report: PhotoReport) -> str:
    known = f" of {report.people} known people" if report.people > 1 else ""
    return (
        f"{report.title}: {counted(report.photos, 'photo')}{known}, {report.readable} can be read, "
        f"a face is found on {report.with_face}."
    )


def _summary(report: PhotoReport) -> str:
    grave = sum(finding.severity == "must fix" for finding in report.findings)
    if grave:
        return f"{counted(grave, 'thing')} must be fixed before bench run."
    return "Nothing must be fixed." if report.findings else "Nothing was found that needs a look."


def _terminal(report: PhotoReport) -> Stack:
    parts: list[RenderableType] = [Text(printable(_caption(report)))]
    for severity, style in _STYLES.items():
        findings = [finding for finding in report.findings if finding.severity == severity]
        if findings:
            parts.append(Text(f"\n{severity}", style=style))
        for finding in findings:
            text = Text.assemble((f"{printable(finding.what)}. ", "bold"), printable(f"{finding.advice}."))
            parts.append(Padding(text, (0, 0, 0, 2), expand=False))
            shown: list[RenderableType] = [Text(printable(line), style="dim") for line in _lines(finding)]
            if finding.column:
                shown = [*tables_of(_grid(finding), Console().width - 4), *shown]
            parts += [Padding(part, (0, 0, 0, 4), expand=False) for part in shown]
    return Stack(*parts, Text(f"\n{_summary(report)}"))


def _grid(finding: Finding) -> Grid:
    """Return the first photos of a finding that has a table."""
    return Grid(["photo", finding.column], [[mark.name, mark.detail] for mark in finding.marks[:LISTED]])


def _lines(finding: Finding) -> list[str]:
    """Return the first photos of a finding, a line each unless they are in a table, and how many more there are."""
    lines = [f"{mark.name}: {mark.detail}" if mark.detail else mark.name for mark in finding.marks[:SHOWN]]
    lines = [] if finding.column else lines
    more = len(finding.marks) - (LISTED if finding.column else SHOWN)
    return [*lines, f"and {more} more (--format csv lists all)"] if more > 0 else lines


def _markdown(report: PhotoReport) -> str:
    titles = ["severity", "found", "what to do"]
    rows = [[finding.severity, f"{finding.what}.", f"{finding.advice}."] for finding in report.findings]
    parts = [escaped(_caption(report))]
    if rows:
        parts.append(markdown_table(titles, rows, left=len(titles)))
    for finding in report.findings:
        if finding.marks:
            listed = [f"- {escaped(line)}" for line in _lines(finding)]
            table = [as_markdown([_grid(finding)])] if finding.column else []
            parts += [f"{escaped(finding.what)}:", *table, *(["\n".join(listed)] if listed else [])]
    return "\n\n".join([*parts, _summary(report)])


def _csv(report: PhotoReport) -> str:
    """Return a row per finding and photo; one without photos has a row of its own."""
    columns = ["severity", "kind", "name", "path", "detail", "found", "advice"]
    rows = [
        [finding.severity, finding.kind, mark.name, mark.path, mark.detail, finding.what, finding.advice]
        for finding in report.findings
        for mark in finding.marks or [Mark("")]
    ]
    return csv_text(columns, rows)
