"""What `bench show --lookalikes` prints: tables, Markdown, CSV or JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from rich.console import RenderableType

from ...errors import printable
from ...text import UNBOUNDED, Format, Grid, csv_text, laid_out, shortened
from ._lookalikes import Lookalikes
from ._ranking import Lookalike, Pair

#: So many rows are in a table, of people in no test so many; CSV and JSON have all.
SHOWN, SHOWN_UNTESTED = 10, 3

#: Cells that the path of a photo has on a terminal, at least: its name should be known again.
_LEAST = 20
_COLUMNS = (
    *("extractor", "head", "target", "person", "photos", "tests", "accepted", "mean", "highest", "photo"),
    *("distance", "their_photo", "target_photo"),
)
_PAIR = ("distance", "their photo", "target's photo")


def lookalikes_text(found: Sequence[Lookalikes], style: Format, width: int = 80) -> str | RenderableType:
    """Return look-alikes as CSV, JSON or Markdown, or for "table" something that rich prints on a terminal of a width.

    Args:
        found: of each extractor, the best pairing first.
        style: how.
        width: of the terminal, in cells.
    """
    if style == "csv":
        return csv_text(_COLUMNS, [[r.get(name, "") for name in _COLUMNS] for each in found for r in _records(each)])
    if style == "json":
        return json.dumps([asdict(each) for each in found], indent=2)
    of_photo = max(_LEAST, width // 3) if style == "table" else UNBOUNDED
    return laid_out([_caption(found), *(part for each in found for part in _parts(each, of_photo))], style, width)


def _records(found: Lookalikes) -> list[dict[str, str | int | float]]:
    """Return a flat record of each person, of those in no test without scores."""
    of = {"extractor": found.extractor, "head": found.head}
    return [
        *({**of, **vars(each), **_fields(each.pair)} for each in found.ranked),
        *({**of, **vars(each), "tests": 0, **_fields(each.pair)} for each in found.untested),
    ]


def _fields(pair: Pair | None) -> dict[str, str | float]:
    return {"distance": pair.distance, "their_photo": pair.theirs, "target_photo": pair.mine} if pair else {}


def _caption(found: Sequence[Lookalikes]) -> str:
    targets = found[0].targets
    of, whom = (targets[0], targets[0]) if len(targets) == 1 else (f"{len(targets)} people in turn", "the target")
    return (
        f"Look-alikes of {of}: those first most of whose tests end in a false accept (the photo is taken for {whom}), "
        "then by the mean of their scores. Scores are measured from the threshold: from 0 on a photo is accepted. The "
        "pair of photos is the one whose vectors are nearest (Euclidean distance), of all photos."
    )


def _parts(found: Lookalikes, of_photo: int) -> list[str | Grid]:
    """Return the pairing, its table, who is in no test, and notes on who is not in the table.

    Args:
        found: the look-alikes.
        of_photo: cells that the path of a photo has.
    """
    shown = f", {SHOWN} of {len(found.ranked):,}" if len(found.ranked) > SHOWN else ""
    tested = [(each.target, each.person, _figures(each, of_photo)) for each in found.ranked[:SHOWN]]
    parts: list[str | Grid] = [
        f"{found.extractor} x {found.head}{shown}:",
        _grid(found, ["accepted", "photos", "mean", "highest", *_PAIR], tested),
    ]
    if found.untested:
        untested = [(each.target, each.person, _pair(each.pair, of_photo)) for each in found.untested[:SHOWN_UNTESTED]]
        parts += ["In no test, but near by their vectors:", _grid(found, _PAIR, untested)]
    return [*parts, *(f"Note: {note}." for note in found.notes)]


def _grid(found: Lookalikes, titles: Sequence[str], people: Sequence[tuple[str, str, list[str]]]) -> Grid:
    """Return a table of people, by target, name and figures; the target is named where there are several."""
    several = len(found.targets) > 1
    rows = [[*([target] if several else []), person or "-", *figures] for target, person, figures in people]
    return Grid([*(["target"] if several else []), "person", *titles], rows, left=2 if several else 1)


def _figures(each: Lookalike, of_photo: int) -> list[str]:
    return [
        f"{each.accepted}/{each.tests}",
        f"{each.photos}",
        f"{each.mean:+.3f}",
        f"{each.highest:+.3f}",
        *_pair(each.pair, of_photo),
    ]


def _pair(pair: Pair | None, of_photo: int) -> list[str]:
    if pair is None:
        return ["-"] * len(_PAIR)
    return [f"{pair.distance:#.3g}", *(shortened(printable(path), of_photo) for path in (pair.theirs, pair.mine))]
