"""What `bench show --slices` prints: a sentence and tables, Markdown, CSV or JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, fields

from rich.console import RenderableType

from ...errors import counted
from ...text import Format, Grid, csv_text, laid_out
from ..statistics import LEVEL
from ._errors import TRUTHS, Kind
from ._rates import ENOUGH, SliceRate, Slices

#: Of SliceRate, as files call them.
_NAMES = {"title": "property", "name": "slice"}
#: Of a record.
SLICE_COLUMNS = ("extractor", "head", *(_NAMES.get(field.name, field.name) for field in fields(SliceRate)))
#: Of the columns of a table.
TITLES = ("property", "slice", "photos", "wrong", "% (95 %)", "rest %", "p")
_SMALL = f"< {ENOUGH}"
#: Slices that a sentence names besides the worst.
_NAMED = 3


def slices_text(found: Sequence[Slices], style: Format, width: int = 80) -> str | RenderableType:
    """Return slices as CSV, JSON or Markdown, or for "table" something that rich prints on a terminal of a width.

    Args:
        found: of some pairings, the best first.
        style: how.
        width: of the terminal, in cells.
    """
    if style == "csv":
        return csv_text(SLICE_COLUMNS, [list(record.values()) for record in slice_records(found)])
    if style == "json":
        return json.dumps([{**asdict(each), "rates": list(map(_record, each.rates))} for each in found], indent=2)
    return laid_out(
        [slices_sentence(found), slices_legend(found), *(p for each in found for p in _parts(each))], style, width
    )


def slice_records(found: Sequence[Slices]) -> list[dict[str, str | int | float | None]]:
    """Return a flat record of each slice of each pairing."""
    return [{"extractor": of.extractor, "head": of.head, **_record(rate)} for of in found for rate in of.rates]


def _record(rate: SliceRate) -> dict[str, str | int | float | None]:
    return {_NAMES.get(name, name): value for name, value in asdict(rate).items()}


def slices_sentence(found: Sequence[Slices]) -> str:
    """Return what fails most where, of the first pairing that fails significantly more on some slice than on the rest.

    Args:
        found: of some pairings, the best first.
    """
    for of in found:
        worse = [rate for rate in of.rates if rate.differs and rate.rate > rate.rest_rate]
        if worse:
            return _told(of, sorted(worse, key=lambda rate: rate.rest_rate - rate.rate))
    if any(rate.differs for of in found for rate in of.rates):
        return "No slice fails significantly more often than the rest; some fail less."
    rates = [rate for of in found for rate in of.rates]
    if rates and not any(rate.wrong or rate.rest_wrong for rate in rates):
        return "Nothing was decided wrongly, so no slice differs from the rest."
    if found[0].comparisons:
        return f"No slice differs significantly from the rest ({counted(found[0].comparisons, 'comparison')})."
    return f"Too few photos: slices are compared that have {ENOUGH} test photos of a class, and leave {ENOUGH}."


def _told(of: Slices, worse: Sequence[SliceRate]) -> str:
    """Return what goes wrong in the first of some slices, and the names of the others."""
    rate, *others = worse
    what = "rejects" if rate.kind == "false rejects" else f"takes for {_target(of)}"
    names = list(dict.fromkeys(f'"{other.name}" ({other.title})' for other in others))
    beyond = f" and {counted(len(names) - _NAMED, 'more slice')}" if len(names) > _NAMED else ""
    also = f" Also worse than the rest: {', '.join(names[:_NAMED])}{beyond}." if names else ""
    return (
        f'{of.extractor} x {of.head} fails most on "{rate.name}" ({rate.title}): it {what} {_count(rate.wrong)} of '
        f"{rate.photos} photos of {_whose(of, rate.kind)} there ({100 * rate.rate:.1f} %), and "
        f"{_count(rate.rest_wrong)} of {rate.rest_photos} elsewhere ({100 * rate.rest_rate:.1f} %).{also}"
    )


def slices_legend(found: Sequence[Slices]) -> str:
    """Return what must be known to read the tables."""
    compared = counted(found[0].comparisons, "comparison")
    test = (
        "p: whether the slice differs from the rest, by permuting its members among units, adjusted (Holm) for "
        f"{compared} in this run; * below {LEVEL:.2f}. "
    )
    return (
        "A photo that is wrong in two of its four tests counts half. Intervals are by independent units. "
        f"{test if found[0].comparisons else ''}Slices of fewer than {ENOUGH} photos, and those that leave fewer, are "
        "not compared."
    )


def _parts(of: Slices) -> list[str | Grid]:
    parts: list[str | Grid] = []
    for kind in TRUTHS:
        rates = [rate for rate in of.rates if rate.kind == kind]
        title = f"{of.extractor} x {of.head}, {kind} (photos of {_whose(of, kind)})"
        if rates and not any(rate.wrong or rate.rest_wrong for rate in rates):
            parts.append(f"{title}: none.")
            continue
        if rates:
            parts += [f"{title}:", _grid(rates)]
        if alike := alike_text(of, kind):
            parts.append(alike)
    return parts


def alike_text(of: Slices, kind: Kind) -> str:
    """Return in what all test photos of a class are alike; "" where nothing is."""
    alike = ", ".join(f"{title} ({name})" for at, title, name in of.alike if at == kind)
    return f"All photos of {_whose(of, kind)} are alike in {alike}." if alike else ""


def _grid(rates: Sequence[SliceRate]) -> Grid:
    before = ["", *(rate.title for rate in rates)]
    rows = [
        ["" if rate.title == last else rate.title, rate.name, *figures_of(rate)]
        for rate, last in zip(rates, before, strict=False)
    ]
    return Grid(TITLES, rows, left=2)


def figures_of(rate: SliceRate) -> list[str]:
    """Return the cells of a slice: photos, wrong, rate with its interval, that of the rest, p."""
    limits = "" if rate.low is None or rate.high is None else f" ({100 * rate.low:.1f}-{100 * rate.high:.1f})"
    return [
        f"{rate.photos}",
        _count(rate.wrong),
        f"{100 * rate.rate:.1f}{limits}",
        f"{100 * rate.rest_rate:.1f}",
        _p(rate),
    ]


def _p(rate: SliceRate) -> str:
    if rate.p is None:
        return _SMALL if rate.is_small else f"rest {_SMALL}"
    text = "< .001" if rate.p < 0.001 else f"{rate.p:.3f}".removeprefix("0") if rate.p < 1 else "1"
    return f"{text}{'*' * rate.differs}"


def _count(wrong: float) -> str:
    return f"{wrong:.1f}".removesuffix(".0")


def _target(of: Slices) -> str:
    return of.targets[0] if len(of.targets) == 1 else "the target"


def _whose(of: Slices, kind: Kind) -> str:
    return _target(of) if kind == "false rejects" else "others"
