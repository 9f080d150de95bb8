"""The comparison: rows grouped by the photos they were tested on, ranked, with a caption and a sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from ..lookalikes import HardStrangers, hard_figures, hard_strangers, lookalike_warnings
from ..results import UNTRAINED, Prediction, Predictions, RunResult, Verdict
from ._columns import COLUMNS, cell_of, check_columns
from ._ranking import rank_rows, with_front
from ._row import Row
from ._summary import caption, licence_notes, sentence
from ._verdict import best_of_each, judge


@dataclass
class Group:
    """Rows tested on the same photos.

    Attributes:
        caption: what was tested on what.
        rows: best first.
        sentence: the verdict in words: what the best pairing does, which it is, and by how much it beats the original
            report's; or why none is to be trusted.
        verdict: as in `RunResult`; None where nothing was tested.
        notes: what a reader must know to trust the rows.
        hard: the strangers whom the rows' figures on hard strangers are of; None where nobody can be chosen.
    """

    caption: str
    rows: list[Row]
    sentence: str
    verdict: Verdict | None = None
    notes: list[str] = field(default_factory=list)
    hard: HardStrangers | None = None


#: Chooses the hard strangers for rows that were tested on the same photos.
ChooseHard: TypeAlias = Callable[[Sequence[Row]], HardStrangers | None]


def by_mean_rank(rows: Sequence[Row]) -> HardStrangers | None:
    """Return the hard strangers whom the best row of each extractor chooses, all together; None without predictions."""
    choosing = [row for row in best_of_each(rows) if row.predictions]
    return hard_strangers((row.pairing, row.predictions) for row in choosing) if choosing else None


def compare_runs(
    runs: Sequence[tuple[str, RunResult]],
    sort: str = "balanced",
    predictions: Mapping[str, Sequence[Prediction]] | None = None,
    choose_hard: ChooseHard = by_mean_rank,
) -> list[Group]:
    """Group the pairings of runs by their test photos and rank each group.

    Args:
        runs: (name, result), oldest first; of one pairing on the same photos the newest is taken.
        sort: one of `COLUMNS`; best first.
        predictions: of each run, by its name; needed for intervals of differences between pairings.
        choose_hard: chooses the hard strangers, one set for all rows of a group.

    Raises:
        FacebenchError: unknown column, or hard strangers that cannot be chosen.
    """
    check_columns([sort])
    groups: dict[tuple[str, str], dict[tuple[str, ...], Row]] = {}
    for name, result in runs:
        rows = groups.setdefault((result.dataset.fingerprint, result.test_hash), {})
        for pairing in result.pairings:
            row = Row(name, result, pairing)
            rows[_identity(row)] = row
    return [
        _group([_tested(row, predictions or {}) for row in rows.values()], sort, choose_hard)
        for rows in groups.values()
        if rows
    ]


def _tested(row: Row, predictions: Mapping[str, Sequence[Prediction]]) -> Row:
    """Return a row with its predictions, where there are any."""
    of_run = Predictions.of(predictions.get(row.run, ()))
    return replace(row, predictions=of_run.where(extractor=row.pairing.extractor, head=row.pairing.head))


def _identity(row: Row) -> tuple[str, ...]:
    """Return what distinguishes a row from others on the same photos: of those that agree in it the newest is shown."""
    settings = row.result.settings
    variants = f"{settings.augment} {settings.augmentation}" if settings.augment else ""
    unknown = str(settings.model_extra or "")
    file = row.extraction.file.sha256 if row.extraction and row.extraction.file else ""
    asked = () if row.is_majority else (settings.threshold, variants, str(row.pairing.audit), unknown, file)
    return (row.pairing.extractor, row.pairing.head, *asked)


def best_value(rows: list[Row], column: str) -> float | None:
    """Return the best value in a column; the majority row does not compete, one row alone is not best."""
    values = [cell_of(row, column).value for row in rows if row.competes]
    numbers = [value for value in values if value is not None]
    choose = {"highest": max, "lowest": min}.get(COLUMNS[column].best)
    return choose(numbers) if choose and len(numbers) > 1 else None


def why_apart(groups: list[Group]) -> str:
    """Return why several groups are not one ranking; "" for one."""
    if len(groups) < 2:
        return ""
    results = [group.rows[0].result for group in groups]
    differs = [
        what
        for what, values in (
            ("photos", {result.dataset.fingerprint for result in results}),
            ("targets", {tuple(result.targets) for result in results}),
            ("choice of strangers", {result.settings.strangers for result in results}),
            ("rule of the split", {result.settings.split for result in results}),
            ("number of splits", {result.settings.repeats_for(len(result.targets)) for result in results}),
            ("seed of the split", {result.settings.seed for result in results}),
        )
        if len(values) > 1
    ]
    return (
        f"{len(groups)} tables: rows are ranked only against rows tested on the same photos, "
        f"and these runs differ in {' and '.join(differs) or 'the photos that could be read'}."
    )


def _group(rows: list[Row], sort: str, choose_hard: ChooseHard) -> Group:
    sign = -1 if COLUMNS[sort].best == "highest" else 1

    def rank(row: Row) -> tuple[bool, bool, float, str]:
        cell = cell_of(row, sort)
        return row.pairing.audit, cell.value is None, sign * (cell.value or 0.0), row.title

    hard = choose_hard(sorted(rows, key=lambda row: row.title))  # the same, whatever rows are sorted by
    if hard:
        rows = [replace(row, hard=hard_figures(row.predictions, hard)) for row in rows]
    rows = sorted(with_front(rows), key=rank)
    results = {row.run: row.result for row in rows}
    notes = [warning for result in results.values() for warning in result.warnings]
    notes += [f"Run {name} ended early" for name, result in results.items() if result.status == "partial"]
    notes += [
        f"{refused.extractor} x {refused.head} is left out: its head {refused.reason}"
        for result in results.values()
        for refused in result.refused
    ]
    notes += [
        f"{row.pairing.extractor}: {len({skipped.target for skipped in row.pairing.skipped})} of "
        f"{len(row.result.targets)} people could not be tested ({row.pairing.skipped[0].reason})"
        for row in rows
        if row.pairing.skipped and row.pairing.extractor
    ]
    notes += [note for row in rows for note in (*_never_recognised(row), *_variants_lost(row))]
    notes += [note for row in best_of_each(rows) for note in lookalike_warnings(row.title, row.predictions)]
    notes += [
        f"Assumed, not stated in the report: {'; '.join(result.assumptions)}"
        for result in results.values()
        if result.assumptions
    ]
    ranking = rank_rows(rows)
    notes += licence_notes(rows)
    notes += ranking.notes
    verdict, shortcuts = judge(rows)
    words = sentence(rows, verdict, shortcuts)
    return Group(caption(rows), ranking.rows, words, verdict, list(dict.fromkeys(notes)), hard)


def _never_recognised(row: Row) -> list[str]:
    people = list(dict.fromkeys(result.target for result in row.pairing.targets if result.threshold_rule == UNTRAINED))
    if not people:
        return []
    return [
        f"{row.pairing.extractor} has fewer than 2 training photos with a vector of {people[0]}"
        f"{f' and {len(people) - 1} more' if len(people) > 1 else ''}: never recognised, and counted so"
    ]


def _variants_lost(row: Row) -> list[str]:
    made = row.extraction.augmentation if row.extraction else None
    if not made or not made.lost:
        return []
    share = 100 * made.lost / made.variants
    return [
        f"{row.pairing.extractor}: {made.lost} of {made.variants} variants of training photos ({share:.1f} %) "
        "have no vector and are left out of training"
    ]
