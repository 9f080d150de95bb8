"""The errors of a run: every test photo that some split got wrong."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...embeddings import EMBEDDED
from ..examples import Example, choose_examples, rank_pairings, thresholds_of
from ..results import Predictions, RunResult

_KINDS = {"other": "false accept", "me": "false reject"}
#: The columns of a table of errors.
COLUMNS = ("extractor", "head", "target", "path", "person", "kind", "score", "threshold", "wrong", "tested")


def errors_of(
    result: RunResult, predictions: Predictions, extractor: str | None = None, head: str | None = None
) -> dict[str, list[Any]]:
    """Return the columns of a table of errors, a photo once for each pairing and target.

    Args:
        result: of the run.
        predictions: of the run.
        extractor: whose errors; default: of all but the audits.
        head: likewise.

    Raises:
        FacebenchError: the run has no such pairing.
    """
    rows = list(_rows(result, predictions, extractor, head))
    return {name: [row[place] for row in rows] for place, name in enumerate(COLUMNS)}


def _rows(
    result: RunResult, predictions: Predictions, extractor: str | None, head: str | None
) -> Iterator[tuple[Any, ...]]:
    for pairing in rank_pairings(result, extractor, head):
        tested = predictions.where(extractor=pairing.extractor, head=pairing.head)
        for kind in choose_examples(tested, thresholds_of(pairing)):
            if not kind.right:
                yield from map(_row, kind.shown)


def _row(example: Example) -> tuple[Any, ...]:
    row = example.row
    kind = _KINDS[row.truth] if row.outcome == EMBEDDED else row.outcome.replace("_", " ")
    names = (row.extractor, row.head, row.target, row.path, row.person)
    return (*names, kind, row.score, example.threshold, example.wrong, example.tested)
