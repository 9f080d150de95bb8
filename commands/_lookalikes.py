"""`bench show RUN --lookalikes`: the other people of a run, by how near they come to being taken for the target."""

from __future__ import annotations

from pathlib import Path

from ..text import Format


def print_lookalikes(folder: Path, extractor: str | None, head: str | None, target: str | None, style: Format) -> None:
    """Print the look-alikes of each extractor's best pairing, of those with an extractor or head if given."""
    from rich.console import Console

    from ..benchmarks.examples import rank_pairings, thresholds_of
    from ..benchmarks.lookalikes import lookalikes_of, lookalikes_text
    from ..benchmarks.results import PairingResult, read_predictions, read_run
    from ..text import present

    result, predictions = read_run(folder), read_predictions(folder)
    best: dict[str, PairingResult] = {}
    for pairing in rank_pairings(result, extractor, head):
        best.setdefault(pairing.extractor, pairing)
    found = [lookalikes_of(result, each, predictions, thresholds_of(each, target)) for each in best.values()]
    present(lookalikes_text(found, style, Console().width))
