"""`bench show RUN --lookalikes`: the other people of a run, by how near they come to being taken for the target."""

from __future__ import annotations

from pathlib import Path

from ...text import Format


def print_lookalikes(folder: Path, extractor: str | None, head: str | None, target: str | None, style: Format) -> None:
    """Print the look-alikes of each extractor's best pairing, of those with an extractor or head if given."""
    from rich.console import Console

    from ...benchmarks.examples import best_of_extractors, lookalikes_with_pairs, thresholds_of
    from ...benchmarks.lookalikes import lookalikes_text
    from ...benchmarks.results import read_predictions, read_run
    from ...embeddings.store import VectorStore
    from ...text import present

    result, predictions, store = read_run(folder), read_predictions(folder), VectorStore()
    found = [
        lookalikes_with_pairs(folder, result, pairing, predictions, thresholds_of(pairing, target), store)
        for pairing in best_of_extractors(result, extractor, head)
    ]
    present(lookalikes_text(found, style, Console().width))
