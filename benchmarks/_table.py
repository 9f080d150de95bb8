"""The comparison: rows grouped by the photos they were tested on, ranked, with a caption and a sentence."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import fmean

from ._columns import COLUMNS, Row, check_columns
from ._evaluate import BASELINE, MAJORITY
from ._schema import RunResult

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


def compare_runs(runs: list[tuple[str, RunResult]], sort: str = "balanced") -> list[Group]:
    """Group the pairings of runs by their test photos and rank each group.

    Args:
        runs: (name, result), oldest first; of one pairing on the same photos the newest is taken.
        sort: one of `COLUMNS`; best first.

    Raises:
        FacebenchError: unknown column.
    """
    check_columns([sort])
    groups: dict[tuple[str, str], dict[tuple[str, ...], Row]] = {}
    for name, result in runs:
        rows = groups.setdefault((result.dataset.fingerprint, result.test_hash), {})
        for pairing in result.pairings:
            threshold = "" if pairing.head == MAJORITY else result.settings.threshold
            rows[pairing.extractor, pairing.head, threshold] = Row(name, result, pairing)
    return [_group(list(rows.values()), sort) for rows in groups.values()]


def best_value(rows: list[Row], column: str) -> float | None:
    """Return the best value in a column; the majority row does not compete, one row alone is not best."""
    values = [row.cell(column).value for row in rows if row.pairing.head != MAJORITY]
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

    def rank(row: Row) -> tuple[bool, float, str]:
        cell = row.cell(sort)
        return cell.value is None, sign * (cell.value or 0.0), row.title

    rows = sorted(rows, key=rank)
    results = {row.run: row.result for row in rows}
    notes = [warning for result in results.values() for warning in result.warnings]
    notes += [f"Run {name} ended early" for name, result in results.items() if result.status == "partial"]
    notes += [
        f"{row.pairing.extractor}: {len(row.pairing.skipped)} of {len(row.result.targets)} people could not be "
        f"tested ({row.pairing.skipped[0].reason})"
        for row in rows
        if row.pairing.skipped and row.pairing.extractor
    ]
    return Group(_caption(rows), rows, _sentence(rows), list(dict.fromkeys(notes)))


def _caption(rows: list[Row]) -> str:
    result = rows[0].result
    data = result.dataset
    if len(result.targets) == 1:
        whom = f"target {result.targets[0]}"
    else:
        whom = f"{len(result.targets)} people in turn as the target (mean ± standard error)"
    parts = [f"{data.title}: {data.photos} photos, {data.people} people", whom]
    tested = [target for row in rows for target in row.pairing.targets]
    if tested:
        mine = _span([target.metrics.photos_of_me for target in tested])
        others = _span([target.metrics.photos_of_others for target in tested])
        parts.append(f"test: {mine} photos of the target, {others} of others")
    parts.append(f"seed {result.settings.seed}")
    rules = {target.threshold_rule for row in rows for target in row.pairing.targets if row.pairing.extractor}
    if rules:
        parts.append(f"threshold: {' or '.join(_RULES.get(rule, rule) for rule in sorted(rules))}")
    return "; ".join(parts)


def _span(counts: list[int]) -> str:
    low, high = min(counts), max(counts)
    return str(low) if low == high else f"{low}-{high}"


def _sentence(rows: list[Row]) -> str:
    tested = [row for row in rows if row.pairing.targets and row.pairing.head != MAJORITY]
    if not tested:
        return ""
    best = max(tested, key=lambda row: row.cell("balanced").value or 0.0)
    says = f"Best: {best.title} with a balanced accuracy of {best.cell('balanced').text} %"
    baseline = next((row for row in tested if (row.pairing.extractor, row.pairing.head) == BASELINE), None)
    if baseline is None:
        return f"{says}."
    if baseline is best:
        return f"{says}, the original report's own pairing."
    ours, theirs = (
        {target.target: target.metrics.balanced_accuracy for target in row.pairing.targets} for row in (best, baseline)
    )
    common = ours.keys() & theirs.keys()
    if not common:
        return f"{says}."
    gain = 100 * fmean(ours[target] - theirs[target] for target in common)
    over = f" over the {len(common)} people tested with both" if len(common) < len(best.result.targets) else ""
    return f"{says}, {gain:+.1f} points against {baseline.title}{over}."
