"""The columns of the comparison table: from the targets of one pairing to one figure and its text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev
from typing import Literal

from ..errors import FacebenchError
from ..registry import suggestion
from ._schema import ExtractorResult, Metrics, PairingResult, Prediction, RunResult


@dataclass(frozen=True)
class Cell:
    """One figure: its value, what is shown, and its uncertainty where it has one."""

    value: float | None
    text: str
    stderr: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Row:
    """One pairing of one run."""

    run: str
    result: RunResult
    pairing: PairingResult
    predictions: Sequence[Prediction] = ()  # of this pairing, where the run's are at hand

    @property
    def title(self) -> str:
        """The pairing in words."""
        return " x ".join(filter(None, (self.pairing.extractor, self.pairing.head)))

    @property
    def is_majority(self) -> bool:
        """Whether this is the row that always answers "not me"."""
        return not self.pairing.extractor

    @property
    def extraction(self) -> ExtractorResult | None:
        """The extractor's counts and times; None for the majority row."""
        return next((e for e in self.result.extractors if e.extractor == self.pairing.extractor), None)

    def cell(self, column: str) -> Cell:
        """Return the figure in one of `COLUMNS`."""
        return COLUMNS[column].cell(self)


@dataclass(frozen=True)
class Column:
    """A column: its title, what stands in it, and which value is best."""

    title: str
    cell: Callable[[Row], Cell]
    best: Literal["highest", "lowest", ""] = ""


NOTHING = Cell(None, "-")


def check_columns(names: list[str]) -> None:
    """Refuse names that are not in `COLUMNS`.

    Raises:
        FacebenchError: with the nearest name.
    """
    for name in names:
        if name not in COLUMNS:
            raise FacebenchError(f"No column is named '{name}'. {suggestion(name, list(COLUMNS))}")


def _mean(get: Callable[[Metrics], float], show: Callable[[float], str]) -> Callable[[Row], Cell]:
    """Return the cell of a metric: its mean over targets, and the standard error where there are several."""

    def cell(row: Row) -> Cell:
        values = [get(target.metrics) for target in row.pairing.targets]
        if not values:
            return NOTHING
        mean = fmean(values)
        if len(values) == 1:
            return Cell(mean, show(mean))
        stderr = stdev(values) / len(values) ** 0.5
        return Cell(mean, f"{show(mean)} ±{show(stderr)}", stderr)

    return cell


def _percent(share: float) -> str:
    return f"{100 * share:.1f}"


def _thousandths(share: float) -> str:
    return f"{share:.3f}"


def _accuracy(row: Row) -> Cell:
    cell = _mean(lambda metrics: metrics.accuracy, _percent)(row)
    if len(row.pairing.targets) != 1:
        return cell
    interval = row.pairing.targets[0].accuracy_interval
    text = f"{cell.text} ({_percent(interval.low)}-{_percent(interval.high)})"
    return Cell(cell.value, text, low=interval.low, high=interval.high)


def _errors(errors: Callable[[Metrics], int], photos: Callable[[Metrics], int]) -> Callable[[Row], Cell]:
    """Return the cell of a kind of error: its count among the photos of all targets."""

    def cell(row: Row) -> Cell:
        tests = [target.metrics for target in row.pairing.targets]
        total = sum(map(photos, tests))
        count = sum(map(errors, tests))
        return Cell(count / total, f"{count}/{total}") if total else NOTHING

    return cell


def _no_face(row: Row) -> Cell:
    if row.extraction is None:
        return NOTHING
    count = row.extraction.failures.get("no_face", 0)
    return Cell(count, str(count))


def _augment(row: Row) -> Cell:
    count = row.result.settings.augment
    return Cell(count, f"{count} variants") if count and not row.is_majority else NOTHING


def _people(row: Row) -> Cell:
    count = len(row.pairing.targets)
    return Cell(count, f"{count}/{count + len(row.pairing.skipped)}")


def _fit_time(row: Row) -> Cell:
    if row.extraction is None or not row.pairing.targets:
        return NOTHING
    seconds = fmean(target.fit_seconds for target in row.pairing.targets)
    return Cell(seconds, f"{seconds:.2f}")


def _photo_time(row: Row) -> Cell:
    if row.extraction is None:
        return NOTHING
    extracted = row.extraction.photos - row.extraction.stored
    if not extracted:
        return Cell(None, "stored")
    milliseconds = 1000 * row.extraction.extract_seconds / extracted
    return Cell(milliseconds, f"{milliseconds:.0f}")


def _text(get: Callable[[Row], str]) -> Callable[[Row], Cell]:
    return lambda row: Cell(None, get(row) or "-")


#: By name, as on the command line; in this order where not all fit.
COLUMNS: dict[str, Column] = {
    "balanced": Column("balanced acc. %", _mean(lambda m: m.balanced_accuracy, _percent), "highest"),
    "accuracy": Column("accuracy %", _accuracy, "highest"),
    "auc": Column("AUC", _mean(lambda m: m.auc, _thousandths), "highest"),
    "eer": Column("EER %", _mean(lambda m: m.eer, _percent), "lowest"),
    "false_accepts": Column(
        "false accepts", _errors(lambda m: m.false_accepts, lambda m: m.photos_of_others), "lowest"
    ),
    "false_rejects": Column("false rejects", _errors(lambda m: m.false_rejects, lambda m: m.photos_of_me), "lowest"),
    "no_face": Column("no face", _no_face, "lowest"),
    "ms": Column("ms/photo", _photo_time, "lowest"),
    "fit": Column("fit s", _fit_time, "lowest"),
    "people": Column("people", _people),
    "threshold": Column("threshold", _text(lambda row: row.result.settings.threshold)),
    "augment": Column("augmentation", _augment),
    "run": Column("run", _text(lambda row: row.run.split("-")[0])),
}
