"""Which pairing of a run is shown, on which target, and the thresholds of its tests."""

from __future__ import annotations

from statistics import fmean

from ...errors import FacebenchError
from ...registry import suggestion
from ..results import PairingResult, RunResult


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


def best_of_extractors(result: RunResult, extractor: str | None = None, head: str | None = None) -> list[PairingResult]:
    """Return the best pairing of each extractor, the best first, of those with an extractor or head if given.

    Raises:
        FacebenchError: there is none.
    """
    best: dict[str, PairingResult] = {}
    for pairing in rank_pairings(result, extractor, head):
        best.setdefault(pairing.extractor, pairing)
    return list(best.values())


def first_split(pairing: PairingResult) -> int:
    """Return the seed of the first split: each has thresholds of its own, and charts of scores are of one."""
    return min(result.split_seed for result in pairing.targets)


def hardest_target(pairing: PairingResult, split: int) -> str:
    """Return whom a pairing recognises worst in a split: by balanced accuracy, then AUC, then name."""
    tested = [result for result in pairing.targets if result.split_seed == split]
    worst = min(tested, key=lambda r: (r.metrics.balanced_accuracy, r.metrics.auc, r.target))
    return worst.target


def thresholds_of(pairing: PairingResult, target: str | None = None) -> dict[tuple[str, int], float]:
    """Return the threshold of each test of a pairing, by target and seed of the split, or of those of one target.

    Raises:
        FacebenchError: it was not tested.
    """
    thresholds = {(test.target, test.split_seed): test.threshold for test in pairing.targets}
    if target is None:
        return thresholds
    chosen = {test: threshold for test, threshold in thresholds.items() if test[0] == target}
    if not chosen:
        known = list(dict.fromkeys(tested for tested, _ in thresholds))
        raise FacebenchError(
            f"{pairing.extractor} x {pairing.head} was not tested on '{target}'. {suggestion(target, known)}"
        )
    return chosen
