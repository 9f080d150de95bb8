"""One row of the comparison table: a pairing of a run, and how it stands against the best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..results import ExtractorResult, PairingResult, Prediction, RunResult
from ..statistics import LEVEL, Difference


@dataclass(frozen=True)
class Cell:
    """One figure: its value, what is shown, and its 95 % limits where it has any."""

    value: float | None
    text: str
    low: float | None = None
    high: float | None = None


NOTHING = Cell(None, "-")


@dataclass(frozen=True)
class Versus:
    """A row against the best one.

    Attributes:
        best: whether this is the best one.
        difference: of balanced accuracies, this row less the best.
        p: adjusted for all pairs of rows.
    """

    best: bool = False
    difference: Difference | None = None
    p: float | None = None

    @property
    def apart(self) -> bool:
        """Whether the row is told apart from the best."""
        return self.p is not None and self.p < LEVEL


@dataclass(frozen=True)
class Row:
    """One pairing of one run.

    Attributes:
        run: name of the run.
        result: of the run.
        pairing: of this row.
        predictions: of this pairing, where the run's are at hand.
        versus: against the best row, where that can be told.
        rank: 1 for the best and those not told apart from it; None for rows that do not compete.
    """

    run: str
    result: RunResult
    pairing: PairingResult
    predictions: Sequence[Prediction] = ()
    versus: Versus | None = None
    rank: int | None = None

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
        """Whether the row may be best: neither the majority's nor one that looks for shortcuts."""
        return not self.is_majority and not self.pairing.audit

    @property
    def extraction(self) -> ExtractorResult | None:
        """The extractor's counts and times; None for the majority row."""
        return next((e for e in self.result.extractors if e.extractor == self.pairing.extractor), None)
