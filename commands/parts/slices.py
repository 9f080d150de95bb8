"""`bench show RUN --slices`: the errors of a run by what its test photos are like."""

from __future__ import annotations

from pathlib import Path

from ...text import Format


def print_slices(folder: Path, extractor: str | None, head: str | None, target: str | None, style: Format) -> None:
    """Print the slices of each extractor's best pairing, of those with an extractor or head if given."""
    from rich.console import Console

    from ...benchmarks.examples import best_of_extractors, thresholds_of
    from ...benchmarks.results import read_predictions, read_run
    from ...benchmarks.slices import slices_of_pairings, slices_text
    from ...text import present

    result, predictions = read_run(folder), read_predictions(folder)
    best = best_of_extractors(result, extractor, head)
    for pairing in best:
        thresholds_of(pairing, target)  # refuses a target that was not tested
    present(slices_text(slices_of_pairings(folder, result, predictions, best, target), style, Console().width))
