"""Slices: the errors of each extractor's best head by what test photos are like, each rate drawn with its interval."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..benchmarks.comparison import Row, best_of_each
from ..benchmarks.results import Predictions, read_properties
from ..benchmarks.slices import (
    TITLES,
    TRUTHS,
    Kind,
    SliceRate,
    Slices,
    alike_text,
    figures_of,
    slices_legend,
    slices_of_run,
    slices_sentence,
)
from ._table import WIDTH, Whisker


@dataclass(frozen=True)
class SliceRow:
    """One slice.

    Attributes:
        title: of the property; "" where it is that of the row above.
        name: of the slice.
        whisker: its rate with the interval; without one, the rate alone.
        rest: where the rate of the rest is drawn.
        figures: the cells.
        differs: whether it differs significantly from the rest.
    """

    title: str
    name: str
    whisker: Whisker
    rest: float
    figures: list[str]
    differs: bool


@dataclass(frozen=True)
class SlicesTable:
    """The slices of one class of photos under one pairing.

    Attributes:
        title: the kind of error.
        headings: of the cells.
        end: of the scale on which rates are drawn, in per cent.
        rows: the slices.
        alike: in what all photos are alike.
    """

    title: Kind
    headings: Sequence[str]
    end: str
    rows: list[SliceRow]
    alike: str


@dataclass(frozen=True)
class SlicesTables:
    """The section.

    Attributes:
        sentence: what fails most where.
        legend: what must be known to read the tables.
        pairings: the tables of each extractor's best pairing, by its name.
    """

    sentence: str
    legend: str
    pairings: list[tuple[str, list[SlicesTable]]]


def slices_tables(rows: Sequence[Row], folders: Mapping[str, Path]) -> SlicesTables | None:
    """Return the slices of each extractor's best head, of those whose runs measured their photos; None without any.

    Args:
        rows: best first.
        folders: of their runs, by name.
    """
    results = {row.run: row.result for row in rows if row.predictions}
    by_run = {}
    for run, result in results.items():
        if read_properties(folders[run]) is None:  # an older run
            continue
        predictions = Predictions.joined([row.predictions for row in rows if row.run == run and row.predictions])
        by_run[run] = slices_of_run(folders[run], result, predictions)
    best = [
        (row.title, (row.pairing.extractor, row.pairing.head), by_run.get(row.run, {})) for row in best_of_each(rows)
    ]
    found = [(title, of_run[pairing]) for title, pairing, of_run in best if pairing in of_run]
    if not found:
        return None
    shown = [of for _, of in found]
    return SlicesTables(
        slices_sentence(shown),
        slices_legend(shown),
        [(title, [_table(of, kind) for kind in TRUTHS]) for title, of in found],
    )


def _table(of: Slices, kind: Kind) -> SlicesTable:
    rates = [rate for rate in of.rates if rate.kind == kind]
    highest = max((max(rate.rate, rate.high or 0.0, rate.rest_rate) for rate in rates), default=0.0)
    end = max(0.1, math.ceil(highest * 10) / 10)
    before = ["", *(rate.title for rate in rates[:-1])]
    rows = [
        _row(rate, "" if rate.title == last else rate.title, end) for rate, last in zip(rates, before, strict=False)
    ]
    return SlicesTable(kind, TITLES[2:], f"{100 * end:.0f}", rows, alike_text(of, kind))


def _row(rate: SliceRate, title: str, end: float) -> SliceRow:
    def place(value: float | None) -> float:
        return round((rate.rate if value is None else value) / end * WIDTH, 1)

    whisker = Whisker(place(rate.rate), place(rate.low), place(rate.high))
    return SliceRow(title, rate.name, whisker, place(rate.rest_rate), figures_of(rate), rate.differs)
