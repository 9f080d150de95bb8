"""Hard strangers chosen by an extractor outside of the comparison: its vectors of the test photos, and the choice."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ...data import Item, parts_of_key
from ...embeddings import VectorStore, extractors
from ...embeddings.extraction import Embedder, Photos, embed_photos
from ...errors import FacebenchError, printable, some_of
from ..comparison import ChooseHard, Row, best_of_each, by_mean_rank
from ..lookalikes import HardStrangers, refuse_insider, strangers_by
from ..protocol import dataset_of
from ..results import Predictions, RunResult, named_runs
from ._stored_vectors import keys_of

if TYPE_CHECKING:
    from numpy.typing import NDArray


def hard_choice(extractor: str | None, paths: Sequence[Path]) -> ChooseHard:
    """Return what chooses the hard strangers of runs: the vectors of an extractor that is in no row, or all rows.

    Vectors are looked up in the store; photos whose vector is not there are embedded. The choice raises FacebenchError
    where the extractor is in a row, recognises nobody or cannot be made, or where it has no vector of any target; or
    where it is not known which photos were tested, or these have changed, or are not where they were.

    Args:
        extractor: its call string; None: all rows choose, by their mean rank.
        paths: folders of the runs.
    """
    return partial(_choose, extractor, named_runs(paths)) if extractor else by_mean_rank


def _choose(extractor: str, folders: Mapping[str, Path], rows: Sequence[Row]) -> HardStrangers | None:
    best = best_of_each(rows)
    tested = [row for row in best if row.predictions]
    if not best:
        return None
    if not tested:
        raise FacebenchError(
            f"--hard-by {printable(extractor)}: run {best[0].run} has no predictions.csv, which names its test photos."
        )
    result = tested[0].result
    made = extractors.create(extractor, runtime=result.settings.runtime)
    compared = {row.pairing.extractor: row.extraction.card for row in rows if row.competes and row.extraction}
    refuse_insider(extractor, made, compared)
    predictions = Predictions.joined([row.predictions for row in tested])
    vectors = _vectors(result, folders[tested[0].run], predictions, Embedder(extractor, made, VectorStore()))
    hard = strangers_by(extractor, predictions, vectors)
    if not hard.people:
        raise FacebenchError(
            f"--hard-by {printable(extractor)}: it has no vector of any test photo of {some_of(result.targets)}. Name "
            "another extractor."
        )
    return hard


def _vectors(
    result: RunResult, folder: Path, predictions: Predictions, embedder: Embedder
) -> dict[str, NDArray[np.float32]]:
    """Return the vectors of a run's test photos that have one, by path."""
    hashes = dict(zip(predictions.column("path"), predictions.column("sha256"), strict=True))
    keys = keys_of(folder, hashes, hashes.values())
    is_stored = len(embedder.look_up(keys)) == len(set(keys))
    # Photos are opened only where a vector is not stored; then their folders have to be there.
    photos = Photos([*hashes] if is_stored else _items(result, hashes, embedder), list(keys))
    made = embed_photos(photos, embedder)
    for path, key in zip(hashes, photos.keys, strict=True):
        if parts_of_key(key)[0] != hashes[path]:
            raise FacebenchError(f"{printable(path)} has changed since the run. {_again(result, embedder)}")
    return {path: made.matrix[place] for place, path in enumerate(hashes) if made.embedded[place]}


def _items(result: RunResult, paths: Mapping[str, str], embedder: Embedder) -> list[Item]:
    """Return the photos at some paths of a run.

    Raises:
        FacebenchError: they are not where they were.
    """
    wanted = f"--hard-by {printable(embedder.name)} needs vectors that are not stored."
    try:
        items = {item.name: item for item in dataset_of(result).items}
    except FacebenchError as error:
        raise FacebenchError(f"{wanted} {error} {_again(result, embedder)}") from error
    if gone := [path for path in paths if path not in items]:
        raise FacebenchError(f"{wanted} {printable(gone[0])} is not where it was. {_again(result, embedder)}")
    return [items[path] for path in paths]


def _again(result: RunResult, embedder: Embedder) -> str:
    command = f"{result.command or 'bench run'} --hard-by {shlex.quote(embedder.name)}"
    return f"Make the run again: {command}"
