"""Which pairing of a run, and which of its targets, is to be kept."""

from __future__ import annotations

from pathlib import Path

from ..benchmarks import PairingResult, RunResult, choose_pairing, read_run
from ..errors import FacebenchError, printable
from ..registry import suggestion


def choose_winner(
    folder: Path, extractor: str | None = None, head: str | None = None, target: str | None = None
) -> tuple[RunResult, PairingResult, str]:
    """Return a run, its best pairing by mean balanced accuracy, and the target.

    Args:
        folder: of the run.
        extractor: of the pairing, as the run names it; default: the best's.
        head: likewise.
        target: needed where the run has several.

    Raises:
        FacebenchError: the run cannot be read, or has no such pairing or target.
    """
    result = read_run(folder)
    pairing = choose_pairing(result, extractor, head)
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
