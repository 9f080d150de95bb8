"""Which pairing of a run, and which of its targets, to save."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..benchmarks.examples import mean_balanced, rank_pairings
from ..benchmarks.results import PairingResult, RunResult, read_run
from ..benchmarks.statistics import what_tells_apart
from ..errors import FacebenchError, printable
from ..registry import suggestion
from ._facts import carries_nothing, refuse_head, why_not_carried


def choose_winner(
    folder: Path,
    extractor: str | None = None,
    head: str | None = None,
    target: str | None = None,
    *,
    include_vectors: bool = False,
) -> tuple[RunResult, PairingResult, str]:
    """Return a run, its best pairing by mean balanced accuracy, and the target.

    Args:
        folder: of the run.
        extractor: of the pairing, as the run names it; default: the best's.
        head: likewise.
        target: needed if the run has several.
        include_vectors: whether a head may contain vectors of individual photos; among equals one without is chosen.

    Raises:
        FacebenchError: the run cannot be read, has no such pairing or target, or its best cannot be saved, such as one
            whose vectors were not made here, or which knows one other person.
    """
    result = read_run(folder)
    if result.dataset.against:
        raise FacebenchError(
            f"Run {folder.resolve().name} knows {printable(result.dataset.against)} alone, and a file of it "
            "would answer anything about all others: make a run without --against."
        )
    ranked = rank_pairings(result, extractor, head)
    _refuse_uncarried(result, ranked)
    light = [pairing for pairing in _carried(result, ranked) if carries_nothing(pairing.head)]
    equals = [pairing for pairing in light if mean_balanced(pairing) == mean_balanced(ranked[0])]
    pairing = (equals or ranked)[0]
    refuse_head(pairing.head, include_vectors, _instead(light))
    tested = list(dict.fromkeys(of.target for of in pairing.targets))
    if target is None and len(tested) > 1:
        raise FacebenchError(
            f"Run {folder.resolve().name} tested {len(tested)} people in turn, and a file knows one: give --target, "
            f"such as {printable(tested[0])}."
        )
    chosen = target or tested[0]
    if chosen not in tested:
        raise FacebenchError(
            f"{pairing.extractor} x {pairing.head} was not tested on '{chosen}'. {suggestion(chosen, tested)}"
        )
    return result, pairing, chosen


def _foreign(result: RunResult) -> set[str]:
    """Return the extractors whose vectors came from a file."""
    return {made.extractor for made in result.extractors if made.file}


def _carried(result: RunResult, pairings: Sequence[PairingResult]) -> list[PairingResult]:
    """Return the pairings whose extractor a file can carry."""
    ours = [pairing for pairing in pairings if pairing.extractor not in _foreign(result)]
    return [pairing for pairing in ours if not why_not_carried(pairing.extractor)]


def _refuse_uncarried(result: RunResult, ranked: Sequence[PairingResult]) -> None:
    """Refuse the best pairing if no file can carry its extractor, such as one that has no vectors of new photos."""
    ours, best = _carried(result, ranked), ranked[0]
    if best in ours:
        return
    instead = (
        f"Give --extractor '{ours[0].extractor}' --head '{ours[0].head}'" if ours else "Make a run with --extractor"
    )
    if best.extractor in _foreign(result):
        why = "its vectors were not made here, and no extractor is known that could embed new photos"
    else:
        why = why_not_carried(best.extractor)
    raise FacebenchError(f"{best.extractor} x {best.head} cannot be saved: {why}. {instead}.")


def refuse_shortcut(result: RunResult) -> None:
    """Refuse a run whose best pairing is not to be trusted.

    Raises:
        FacebenchError: an audit told the person apart as well, without looking at a face.
    """
    if result.verdict != "shortcut":
        return
    raise FacebenchError(
        f"This run is not to be trusted: {what_tells_apart(result.shortcuts)}. A file trained on its photos may "
        "recognise that rather than a face. Its notes say what to do (bench compare RUN); --accept-shortcut trains all "
        "the same."
    )


def _instead(light: list[PairingResult]) -> str:
    if not light:
        return ""
    best = light[0]
    accuracy = f"{100 * mean_balanced(best):.1f} %"
    return f"--head '{best.head}' --extractor '{best.extractor}', the best of the run that carries none ({accuracy})"
