"""The columns of the comparison table: from a row to one cell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import fmean
from typing import Literal

from ...errors import FacebenchError
from ...registry import suggestion
from ..results import ExtractorResult
from ._cells import errors, estimated, mean, operating_point, percent, thousandths
from ._row import NOTHING, Cell, Row


@dataclass(frozen=True)
class Column:
    """A column.

    Attributes:
        heading: in lines.
        cell: what stands in it.
        best: which value is best; "" where none is.
        scale: of values for people: 100 where they are shown in per cent.
    """

    heading: str
    cell: Callable[[Row], Cell]
    best: Literal["highest", "lowest", ""] = ""
    scale: int = 1

    @property
    def title(self) -> str:
        """The heading in one line."""
        return self.heading.replace("\n", " ")


def check_columns(names: list[str]) -> None:
    """Refuse names that are not in `COLUMNS`.

    Raises:
        FacebenchError: with the nearest name.
    """
    for name in names:
        if name not in COLUMNS:
            meant = _OTHER_NAMES.get(name.casefold(), name)
            raise FacebenchError(f"No column is named '{name}'. {suggestion(meant, list(COLUMNS))}")


def _rank(row: Row) -> Cell:
    if row.rank is None:
        return NOTHING
    shared = row.versus is not None and not row.versus.best and not row.versus.apart
    return Cell(row.rank, f"{row.rank}=" if shared else f"{row.rank}")


def _versus(row: Row) -> Cell:
    if row.versus is None:
        return NOTHING
    made, p = row.versus.difference, row.versus.p
    if not row.versus.comparable:
        return NOTHING
    if made is None or p is None:
        return Cell(0.0, "best")
    limits = "" if made.low is None or made.high is None else f"{100 * made.low:+z.1f} to {100 * made.high:+z.1f}"
    shown = "p < .001" if p < 0.001 else f"p {p:.3f}".replace("0.", ".", 1)
    return Cell(made.value, f"{100 * made.value:+z.1f}, {shown}", limits, made.low, made.high)


def _p_value(row: Row) -> Cell:
    p = row.versus.p if row.versus else None
    return NOTHING if p is None else Cell(p, f"{p:.4f}")


def _no_face(row: Row) -> Cell:
    tests = [target.metrics for target in row.pairing.targets]
    if row.is_majority or not tests:
        return NOTHING
    mine, others = sum(test.no_face_me for test in tests), sum(test.no_face_others for test in tests)
    return Cell(mine + others, f"{mine} + {others}")


def _people(row: Row) -> Cell:
    tested = {target.target for target in row.pairing.targets}
    return Cell(len(tested), f"{len(tested)}/{len(tested | {skipped.target for skipped in row.pairing.skipped})}")


def _fit_time(row: Row) -> Cell:
    if row.extraction is None or not row.pairing.targets:
        return NOTHING
    seconds = fmean(target.fit_seconds for target in row.pairing.targets)
    return Cell(seconds, f"{seconds:.2f}")


def _photo_time(row: Row) -> Cell:
    if row.extraction is None:
        return NOTHING
    if row.extraction.file:
        return Cell(None, "not measured")
    seconds = row.extraction.seconds_per_photo or _measured(row.extraction)
    return Cell(None, "stored") if seconds is None else _milliseconds(1000 * seconds)


def _weights(row: Row) -> Cell:
    size = row.extraction.card.get("weights_bytes") if row.extraction else None
    return Cell(int(size) / 1e6, f"{int(size) / 1e6:.1f}") if size else NOTHING


def _front(row: Row) -> Cell:
    if row.front is None:
        return Cell(None, "no speed") if row.competes and row.pairing.targets else NOTHING
    return Cell(row.front, "yes" if row.front else "no")


def _milliseconds(value: float) -> Cell:
    return Cell(value, f"{value:.0f}" if value >= 10 else f"{value:.1f}")


def _measured(extraction: ExtractorResult) -> float | None:
    """Return the seconds a photo in a result of an older facebench; None where every vector was in the store."""
    extracted = extraction.photos - extraction.stored
    return extraction.extract_seconds / extracted if extracted else None


def _augment(row: Row) -> Cell:
    count = row.result.settings.augment if row.extraction and row.extraction.augmentation else 0
    return Cell(count, f"{count} variants") if count and row.competes else NOTHING


def _hard_balanced(row: Row) -> Cell:
    return Cell(row.hard.balanced, percent(row.hard.balanced)) if row.hard else NOTHING


def _hard_accepts(row: Row) -> Cell:
    made = row.hard
    return Cell(made.accepted / made.tests, f"{made.accepted}/{made.tests}") if made else NOTHING


def _text(get: Callable[[Row], str]) -> Callable[[Row], Cell]:
    return lambda row: Cell(None, get(row) or "-")


_false_accepts = errors("false_accept_rate", lambda m: m.false_accepts, lambda m: m.photos_of_others)
_false_rejects = errors("false_reject_rate", lambda m: m.false_rejects, lambda m: m.photos_of_me)

#: By name, as on the command line, the most useful first; if not all fit, the first ones are shown.
COLUMNS: dict[str, Column] = {
    "rank": Column("rank", _rank, "lowest"),
    "balanced": Column("balanced\nacc. %", estimated("balanced_accuracy", percent), "highest", 100),
    "false_accepts": Column("false\naccepts", _false_accepts, "lowest", 100),
    "false_rejects": Column("false\nrejects", _false_rejects, "lowest", 100),
    "auc": Column("AUC", estimated("auc", thousandths), "highest"),
    "no_face": Column("no face\nme + others", _no_face, "lowest"),
    "ms": Column("ms/photo", _photo_time, "lowest"),
    "versus": Column("vs best, p\n(95\u00a0%)", _versus),
    "accuracy": Column("accuracy\n%", estimated("accuracy", percent), "highest", 100),
    "eer": Column("EER\n%", estimated("eer", percent), "lowest", 100),
    "seen": Column("balanced %\nwith a face", mean(lambda m: m.balanced_accuracy_seen, percent), "highest", 100),
    "strict": Column(
        "balanced %\nno face = error", mean(lambda m: m.balanced_accuracy_strict, percent), "highest", 100
    ),
    "hard": Column("balanced %\nhard strangers", _hard_balanced, "highest", 100),
    "hard_accepts": Column("false accepts\nhard strangers", _hard_accepts, "lowest", 100),
    "tar10": Column("TAR % at\nFAR 10 %", operating_point(0.1), "highest", 100),
    "tar1": Column("TAR % at\nFAR 1 %", operating_point(0.01), "highest", 100),
    "tar0.1": Column("TAR % at\nFAR 0.1 %", operating_point(0.001), "highest", 100),
    "fit": Column("fit s", _fit_time, "lowest"),
    "mb": Column("weights\nMB", _weights, "lowest"),
    "front": Column("Pareto\nfront", _front, "highest"),
    "p": Column("p vs\nbest", _p_value),
    "people": Column("people", _people),
    "threshold": Column("threshold", _text(lambda row: row.result.settings.threshold)),
    "augment": Column("augmentation", _augment),
    "run": Column("run", _text(lambda row: row.run.split("-")[0])),
}
#: What columns are called elsewhere, and on top of them: in lower case.
_OTHER_NAMES = {
    **{column.title.casefold(): name for name, column in COLUMNS.items()},
    **dict.fromkeys(("fpr", "far", "false positives"), "false_accepts"),
    **dict.fromkeys(("fnr", "frr", "false negatives"), "false_rejects"),
    **dict.fromkeys(("balanced_accuracy", "bacc"), "balanced"),
    **dict.fromkeys(("roc_auc", "auroc"), "auc"),
    **dict.fromkeys(("tpr", "tar"), "tar1"),
    **dict.fromkeys(("speed", "time"), "ms"),
    **dict.fromkeys(("size", "megabytes"), "mb"),
    "pareto": "front",
}
#: The columns that fit on a page.
MAIN_COLUMNS = list(COLUMNS)[:9]


def cell_of(row: Row, column: str) -> Cell:
    """Return what a row shows in one of `COLUMNS`."""
    return COLUMNS[column].cell(row)
