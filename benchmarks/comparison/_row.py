"""One row of the comparison table: a pairing of a run, and its comparison to the best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ..lookalikes import HardFigures
from ..results import ExtractorResult, PairingResult, Predictions, RunResult
from ..statistics import LEVEL, Difference


@dataclass(frozen=True)
class Cell:
    """One cell.

    Attributes:
        value: the number in it.
        short: the value as text.
        limits: its 95 % limits as text, if it has any.
        low, high: these limits.
    """

    value: float | None
    short: str
    limits: str = ""
    low: float | None = None
    high: float | None = None

    @property
    def text(self) -> str:
        """The value and its limits in one line."""
        return f"{self.short} ({self.limits})" if self.limits else self.short


NOTHING = Cell(None, "-")


@dataclass(frozen=True)
class Versus:
    """The comparison of a row to the best one.

    Attributes:
        best: whether this is the best one.
        comparable: whether the photos were not chosen by this row's own extractor.
        difference: of balanced accuracies, this row minus the best.
        p: adjusted for all pairs of rows.
    """

    best: bool = False
    comparable: bool = True
    difference: Difference | None = None
    p: float | None = None

    @property
    def apart(self) -> bool:
        """Whether the row is significantly different from the best."""
        return self.p is not None and self.p < LEVEL


@dataclass(frozen=True)
class Row:
    """One pairing of one run.

    Attributes:
        run: name of the run.
        result: of the run.
        pairing: of this row.
        predictions: of this pairing, if the run's are available.
        versus: comparison to the best row, if possible.
        rank: 1 for the best and those not significantly different from it; None for rows that do not compete.
        hard: what it does on the strangers nearest to the target, the same for all rows; None where none are known.
        front: whether the row is on the Pareto front of balanced accuracy, time and size of the weights; None for rows
            that do not compete, or whose speed was not measured.
    """

    run: str
    result: RunResult
    pairing: PairingResult
    predictions: Predictions = field(default_factory=Predictions)
    versus: Versus | None = None
    rank: int | None = None
    hard: HardFigures | None = None
    front: bool | None = None

    @property
    def title(self) -> str:
        """The pairing in words."""
        return " x ".join(filter(None, (self.pairing.extractor, self.pairing.head)))

    @property
    def is_majority(self) -> bool:
        """Whether this is the row that always answers "not me"."""
        return not self.pairing.extractor

    @property
    def competes(self) -> bool:
        """Whether the row may be best: neither the majority's nor an audit's."""
        return not self.is_majority and not self.pairing.audit

    @property
    def favoured(self) -> bool:
        """Whether its extractor proposed who is on the photos, and may have missed too many of its own failures."""
        proposal = self.result.dataset.proposal
        return proposal is not None and self.competes and proposal.favours(self.pairing.extractor)

    @property
    def extraction(self) -> ExtractorResult | None:
        """The extractor's counts and times; None for the majority row."""
        return next((e for e in self.result.extractors if e.extractor == self.pairing.extractor), None)


def comparable(rows: Sequence[Row]) -> list[Row]:
    """Return the rows whose extractor did not choose the photos; all where there are none."""
    return [row for row in rows if not row.favoured] or list(rows)
