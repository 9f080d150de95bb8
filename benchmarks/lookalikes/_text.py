"""What `bench show --lookalikes` prints: tables, Markdown, CSV or JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from rich.console import RenderableType

from ...text import Format, Grid, csv_text, laid_out
from ._lookalikes import Lookalikes
from ._ranking import Lookalike

#: So many are in a table of people's; CSV and JSON have all.
SHOWN = 10

_COLUMNS = ("extractor", "head", "target", "person", "photos", "tests", "accepted", "mean", "highest", "photo")


def lookalikes_text(found: Sequence[Lookalikes], style: Format, width: int = 80) -> str | RenderableType:
    """Return look-alikes as CSV, JSON or Markdown, or for "table" something that rich prints on a terminal of a width.

    Args:
        found: of each extractor, the best pairing first.
        style: how.
        width: of the terminal, in cells.
    """
    if style == "csv":
        return csv_text(_COLUMNS, [list(record.values()) for each in found for record in _records(each)])
    if style == "json":
        return json.dumps([{**asdict(each), "ranked": _records(each)} for each in found], indent=2)
    return laid_out([_caption(found), *(part for each in found for part in _parts(each))], style, width)


def _records(found: Lookalikes) -> list[dict[str, str | int | float]]:
    """Return a flat record of each look-alike."""
    of = {"extractor": found.extractor, "head": found.head}
    return [{name: (of | asdict(each))[name] for name in _COLUMNS} for each in found.ranked]


def _caption(found: Sequence[Lookalikes]) -> str:
    targets = found[0].targets
    of, whom = (targets[0], targets[0]) if len(targets) == 1 else (f"{len(targets)} people in turn", "the target")
    return (
        f"Look-alikes of {of}: those first most of whose tests end in a false accept (the photo is taken for {whom}), "
        "then by the mean of their scores. Scores are measured from the threshold: from 0 on a photo is accepted."
    )


def _parts(found: Lookalikes) -> list[str | Grid]:
    """Return the pairing, its table, and notes on who is not in it."""
    several = len(found.targets) > 1
    titles = [*(["target"] if several else []), "person", "accepted", "photos", "mean", "highest", "photo"]
    rows = [[*([each.target] if several else []), *_cells(each)] for each in found.ranked[:SHOWN]]
    shown = f", {SHOWN} of {len(found.ranked):,}" if len(found.ranked) > SHOWN else ""
    return [
        f"{found.extractor} x {found.head}{shown}:",
        Grid(titles, rows, left=2 if several else 1),
        *(f"Note: {note}." for note in found.notes),
    ]


def _cells(each: Lookalike) -> list[str]:
    return [
        each.person or "-",
        f"{each.accepted}/{each.tests}",
        f"{each.photos}",
        f"{each.mean:+.3f}",
        f"{each.highest:+.3f}",
        each.photo,
    ]
