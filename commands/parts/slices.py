"""`bench show RUN --slices`: the errors of a run by what its test photos are like."""

from __future__ import annotations

from pathlib import Path

from ...text import Format


def print_slices(folder: Path, extractor: str | None, head: str | None, target: str | None, style: Format) -> None:
    """Print the slices of each extractor's best pairing, of those with an extractor or head if given."""
    from rich.console import Console

    from ...benchmarks.examples import rank_pairings, thresholds_of
    from ...benchmarks.results import PairingResult, read_predictions, read_run
    from ...benchmarks.slices import slices_of_run, slices_text
    from ...text import present

    result, predictions = read_run(folder), read_predictions(folder)
    best: dict[str, PairingResult] = {}
    for pairing in rank_pairings(result, extractor, head):
        best.setdefault(pairing.extractor, pairing)
        thresholds_of(pairing, target)  # refuses a target that was not tested
    found = slices_of_run(folder, result, predictions, target)
    shown = [found[pairing.extractor, pairing.head] for pairing in best.values()]
    present(slices_text(shown, style, Console().width))
