"""The comparison: rows grouped by the photos they were tested on, ranked, with a caption and a sentence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean

from ..errors import counted
from ._columns import COLUMNS, check_columns
from ._difference import Difference, difference
from ._evaluate import UNTRAINED
from ._presets import REPORT
from ._ranking import rank_rows
from ._row import Row
from ._schema import Prediction, RunResult

_RULES = {
    "natural": "the head's own",
    "balanced": "best balanced accuracy on validation",
    "accuracy": "best accuracy on validation",
}


@dataclass
class Group:
    """Rows tested on the same photos.

    Attributes:
        caption: what was tested on what.
        rows: best first.
        sentence: which pairing is best, and by how much it beats the original report's.
        notes: what a reader must know to trust the rows.
    """

    caption: str
    rows: list[Row]
    sentence: str
    notes: list[str] = field(default_factory=list)


def compare_runs(
    runs: Sequence[tuple[str, RunResult]],
    sort: str = "balanced",
    predictions: Mapping[str, Sequence[Prediction]] | None = None,
) -> list[Group]:
    """Group the pairings of runs by their test photos and rank each group.

    Args:
        runs: (name, result), oldest first; of one pairing on the same photos the newest is taken.
        sort: one of `COLUMNS`; best first.
        predictions: of each run, by its name; differences between pairings get an interval where they are given.

    Raises:
        FacebenchError: unknown column.
    """
    check_columns([sort])
    groups: dict[tuple[str, str], dict[tuple[str, ...], Row]] = {}
    for name, result in runs:
        rows = groups.setdefault((result.dataset.fingerprint, result.test_hash), {})
        tested = _by_pairing((predictions or {}).get(name, ()))
        for pairing in result.pairings:
            row = Row(name, result, pairing, tested[pairing.extractor, pairing.head])
            rows[_identity(row)] = row
    return [_group(list(rows.values()), sort) for rows in groups.values()]


def _identity(row: Row) -> tuple[str, ...]:
    """Return what tells a row from others on the same photos: the newest of those that agree in it is shown."""
    settings = row.result.settings
    variants = f"{settings.augment} {settings.augmentation}" if settings.augment else ""
    asked = () if row.is_majority else (settings.threshold, variants, str(row.pairing.audit))
    return (row.pairing.extractor, row.pairing.head, *asked)


def _by_pairing(predictions: Sequence[Prediction]) -> dict[tuple[str, str], list[Prediction]]:
    pairings = defaultdict(list)
    for row in predictions:
        pairings[row.extractor, row.head].append(row)
    return pairings


def best_value(rows: list[Row], column: str) -> float | None:
    """Return the best value in a column; the majority row does not compete, one row alone is not best."""
    values = [row.cell(column).value for row in rows if row.competes]
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


def _group(rows: list[Row], sort: str) -> Group:
    sign = -1 if COLUMNS[sort].best == "highest" else 1

    def rank(row: Row) -> tuple[bool, bool, float, str]:
        cell = row.cell(sort)
        return row.pairing.audit, cell.value is None, sign * (cell.value or 0.0), row.title

    rows = sorted(rows, key=rank)
    results = {row.run: row.result for row in rows}
    notes = [warning for result in results.values() for warning in result.warnings]
    notes += [f"Run {name} ended early" for name, result in results.items() if result.status == "partial"]
    notes += [
        f"{row.pairing.extractor}: {len({skipped.target for skipped in row.pairing.skipped})} of "
        f"{len(row.result.targets)} people could not be tested ({row.pairing.skipped[0].reason})"
        for row in rows
        if row.pairing.skipped and row.pairing.extractor
    ]
    notes += [note for row in rows for note in (*_never_recognised(row), *_variants_lost(row))]
    notes += [
        f"Assumed, not stated in the report: {'; '.join(result.assumptions)}"
        for result in results.values()
        if result.assumptions
    ]
    ranking = rank_rows(rows)
    notes += [ranking.note] if ranking.note else []
    return Group(_caption(rows), ranking.rows, _sentence(rows), list(dict.fromkeys(notes)))


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


def _caption(rows: list[Row]) -> str:
    result = rows[0].result
    data = result.dataset
    if len(result.targets) == 1:
        whom = f"target {result.targets[0]}"
        if evidence := result.evidence.get(result.targets[0]):
            whom += f", {counted(evidence.photos, 'photo')}, {counted(evidence.groups, 'group')}"
    else:
        whom = f"{len(result.targets)} people in turn as the target (means over them, 95 % intervals)"
    people = f", {data.people} people" if data.people > 1 else ""  # of photos of me and strangers only I am known
    parts = [f"{data.title}: {data.photos} photos{people}", whom]
    tested = [target for row in rows for target in row.pairing.targets]
    if tested:
        mine = _span([target.metrics.photos_of_me for target in tested])
        others = _span([target.metrics.photos_of_others for target in tested])
        parts.append(f"test: {mine} photos of the target, {others} of others")
    settings = result.settings
    if settings.strangers == "equal":
        parts.append("as many photos of others as of the target")
    if settings.split == "official":
        parts.append("others split as the data set's authors did")
    if settings.split == "time":
        parts.append("trained on older photos of the target, tested on newer ones")
    parts += _training({row.result.settings.augment for row in rows if not row.is_majority})
    repeats = settings.repeats_for(len(result.targets))
    if repeats > 1:
        parts.append(f"{repeats} splits each, seeds {settings.seed}-{settings.seed + repeats - 1}")
    else:
        parts.append(f"seed {settings.seed}")
    rules = {target.threshold_rule for row in rows for target in row.pairing.targets if row.pairing.extractor}
    rules -= {UNTRAINED}
    if rules:
        parts.append(f"threshold: {' or '.join(_RULES.get(rule, rule) for rule in sorted(rules))}")
    return "; ".join(parts)


def _training(variants: set[int]) -> list[str]:
    """Return what photos were trained on, by how many variants of each; nothing where there are none."""
    counts = sorted(variants - {0})
    if not counts:
        return []
    each = " or ".join([*map(str, counts[:-1]), counted(counts[-1], "random variant")])
    return [f"trained on {'photos as they are or ' if 0 in variants else ''}{each} of each photo"]


def _span(counts: list[int]) -> str:
    low, high = min(counts), max(counts)
    return str(low) if low == high else f"{low}-{high}"


def _sentence(rows: list[Row]) -> str:
    """Return which pairing is best, and by how much it and the best of face_recognition beat the report's."""
    tested = [row for row in rows if row.pairing.targets and row.competes]
    if not tested:
        return ""
    best = _best(tested)
    says = f"Best: {best.title} with a balanced accuracy of {best.cell('balanced').text} %"
    baseline = _baseline(tested)
    if baseline is None:
        return f"{says}."
    if baseline is best:
        says += ", the original report's own pairing"
    elif gain := _gain(best, baseline):
        says += f", {gain}"
    faces = [row for row in tested if _name(row.pairing.extractor) == "face_recognition"]
    if faces and best not in faces and (gain := _gain(_best(faces), baseline)):
        says += f"; {_best(faces).title}, the best with faces, {gain}"
    return f"{says}."


def _best(rows: list[Row]) -> Row:
    return max(rows, key=lambda row: row.cell("balanced").value or 0.0)


def _baseline(rows: list[Row]) -> Row | None:
    """Return the original report's pairing, or else one of the same extractor and head with other parameters."""
    names = tuple(map(_name, REPORT))
    alike = [row for row in rows if (_name(row.pairing.extractor), _name(row.pairing.head)) == names]
    exact = [row for row in alike if (row.pairing.extractor, row.pairing.head) == REPORT]
    return next(iter([*exact, *alike]), None)


def _name(call: str) -> str:
    return call.split("(", maxsplit=1)[0]


def _gain(ours: Row, theirs: Row) -> str:
    """Return by how much a row beats another, in words; "" where no target was tested with both."""
    before, after = (
        {target.target: target.metrics.balanced_accuracy for target in row.pairing.targets} for row in (theirs, ours)
    )
    common = before.keys() & after.keys()
    if not common:
        return ""
    gain = difference(ours.predictions, theirs.predictions) or Difference(
        fmean(after[target] - before[target] for target in common)
    )
    over = f" over the {len(common)} people tested with both" if len(common) < len(ours.result.targets) else ""
    return f"{gain} against {theirs.title}{over}"
