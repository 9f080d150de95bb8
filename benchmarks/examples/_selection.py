"""Which test photos show what a pairing can do: its most and least certain decisions, right and wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import fmean

from ...errors import FacebenchError
from ...registry import suggestion
from ..results import PairingResult, Prediction, RunResult

#: The most certain decisions of a kind that are shown, and as many of the least certain.
EACH = 5

_KINDS = (
    ("me, right", "me", "me"),
    ("others, right", "other", "other"),
    ("me taken for others (false reject)", "me", "other"),
    ("others taken for me (false accept)", "other", "me"),
)


@dataclass(frozen=True)
class Examples:
    """Decisions of one kind.

    Attributes:
        title: the kind.
        right: whether these decisions are right.
        shown: a row per photo, the most certain decision first, those without a score last.
        count: all decisions of this kind.
        of: all decisions on the same class, right and wrong.
        unscored: those of `count` that were made without a vector, and so without a score.
    """

    title: str
    right: bool
    shown: list[Prediction]
    count: int
    of: int
    unscored: int


def choose_pairing(result: RunResult, extractor: str | None = None, head: str | None = None) -> PairingResult:
    """Return the best pairing of a run by mean balanced accuracy, of those with an extractor or head if given.

    Raises:
        FacebenchError: there is none.
    """
    return rank_pairings(result, extractor, head)[0]


def mean_balanced(pairing: PairingResult) -> float:
    """Return a pairing's balanced accuracy, mean over targets and repeats, 0..1."""
    return fmean(target.metrics.balanced_accuracy for target in pairing.targets)


def rank_pairings(result: RunResult, extractor: str | None = None, head: str | None = None) -> list[PairingResult]:
    """Return the tested pairings of a run, the best first, of those with an extractor or head if given.

    Raises:
        FacebenchError: there is none.
    """
    candidates = [
        pairing
        for pairing in result.pairings
        if pairing.extractor and pairing.targets and not (pairing.audit and extractor is None)
    ]
    if not candidates:
        raise FacebenchError(f"This run holds no tested pairing. Make it again: {result.command}")
    for option, name in (("extractor", extractor), ("head", head)):
        known = list(dict.fromkeys(getattr(pairing, option) for pairing in candidates))
        candidates = [pairing for pairing in candidates if name in (None, getattr(pairing, option))]
        if not candidates:
            raise FacebenchError(f"This run tested no such pairing: {option} '{name}'. {suggestion(str(name), known)}")
    return sorted(candidates, key=mean_balanced, reverse=True)


def first_split(pairing: PairingResult) -> int:
    """Return the seed of the first split: each has thresholds of its own, and examples are of one."""
    return min(result.split_seed for result in pairing.targets)


def thresholds_of(pairing: PairingResult, target: str | None = None) -> dict[str, float]:
    """Return the threshold of each target of a pairing in the first split, or of the one given.

    Raises:
        FacebenchError: it was not tested.
    """
    first = first_split(pairing)
    thresholds = {result.target: result.threshold for result in pairing.targets if result.split_seed == first}
    if target is None:
        return thresholds
    if target not in thresholds:
        raise FacebenchError(
            f"{pairing.extractor} x {pairing.head} was not tested on '{target}'. {suggestion(target, list(thresholds))}"
        )
    return {target: thresholds[target]}


def choose_examples(predictions: Iterable[Prediction], thresholds: Mapping[str, float]) -> list[Examples]:
    """Return the examples of each kind of decision, four in all.

    A decision is the more certain the farther its score is from its target's threshold. No photo is shown twice in
    a kind; decisions without a score take the places that are left.

    Args:
        predictions: of one pairing.
        thresholds: by target; predictions of others are left out.
    """
    rows = sorted((row for row in predictions if row.target in thresholds), key=lambda row: (row.target, row.path))
    return [_examples(title, truth, decision, rows, thresholds) for title, truth, decision in _KINDS]


def _examples(
    title: str, truth: str, decision: str, rows: list[Prediction], thresholds: Mapping[str, float]
) -> Examples:
    of_class = [row for row in rows if row.truth == truth]
    of_kind = [row for row in of_class if row.decision == decision]
    unscored = [row for row in of_kind if row.score is None]

    def certainty(row: Prediction) -> float:
        return 0.0 if row.score is None else abs(row.score - thresholds[row.target])

    ranked = sorted((row for row in of_kind if row.score is not None), key=certainty, reverse=True)
    seen: set[str] = set()
    most = _distinct(ranked, EACH, seen)
    least = _distinct(reversed(ranked), EACH, seen)[::-1]
    without = _distinct(unscored, 2 * EACH - len(most) - len(least), seen)
    return Examples(title, truth == decision, most + least + without, len(of_kind), len(of_class), len(unscored))


def _distinct(rows: Iterable[Prediction], count: int, seen: set[str]) -> list[Prediction]:
    """Return the first rows, `count` at most, of photos that were not seen yet; they are now."""
    taken: list[Prediction] = []
    for row in rows:
        if len(taken) < count and row.sha256 not in seen:
            seen.add(row.sha256)
            taken.append(row)
    return taken
