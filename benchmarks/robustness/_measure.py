"""`bench robust`: a stored run's pairings, tested again on degraded copies of its test photos."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from ...data import DEGRADATIONS, Degradation
from ...embeddings.store import VectorStore
from ...errors import FacebenchError
from ...registry import suggestion
from ...text import whole
from ..examples import best_of_extractors
from ..protocol import replay, versions
from ..results import (
    PairingResult,
    RobustnessKind,
    RobustnessResult,
    RunResult,
    check_robustness,
    read_predictions,
    read_run,
    save_robustness,
)
from ._copies import copies_of
from ._decisions import decide
from ._figures import measure, ranked


def choose_kinds(names: Iterable[str]) -> list[Degradation]:
    """Return kinds of degradation by name, in their own order; without names all of them.

    Raises:
        FacebenchError: there is no such kind.

    >>> [kind.name for kind in choose_kinds(["jpeg", "blur"])]
    ['blur', 'jpeg']
    """
    wanted = list(names)
    for name in wanted:
        if name not in DEGRADATIONS:
            raise FacebenchError(f"No kind of degradation is named '{name}'. {suggestion(name, list(DEGRADATIONS))}")
    return [kind for name, kind in DEGRADATIONS.items() if name in wanted or not wanted]


def measure_robustness(
    folder: Path,
    kinds: Sequence[Degradation],
    *,
    extractor: str | None = None,
    head: str | None = None,
    store: VectorStore | None = None,
    command: str = "",
) -> RobustnessResult:
    """Return how the best head of each extractor of a run does on degraded copies, and save it in the run's folder.

    The photos, splits, heads and thresholds are those of the run, reproduced. Copies are embedded in one pass for all
    extractors, and looked up in the store and saved there like photos.

    Args:
        folder: of the run.
        kinds: of degradation.
        extractor: only this one; an audit is tested only where it is named.
        head: this one for every extractor.
        store: where vectors are looked up and saved.
        command: that reproduces the result.

    Raises:
        FacebenchError: the run has no such pairing, cannot be reproduced (`replay`), or its folder cannot be written.
    """
    result, rows = read_run(folder), read_predictions(folder)
    check_robustness(folder)
    pairings, left_out = _chosen(result, extractor, head)
    names = list(dict.fromkeys(pairing.extractor for pairing in pairings))
    measured = []
    with whole(len(pairings), "pairings") as done:
        plan = replay(result, names, list(dict.fromkeys(pairing.head for pairing in pairings)), store).augmented()
        tested = {(test.target, test.split_seed) for pairing in pairings for test in pairing.targets}
        photos = np.unique(np.concatenate([t.test for t in plan.trials if (t.target, t.seed) in tested]))
        copies = copies_of(plan, photos, rows, kinds)
        for pairing in pairings:
            own = rows.where(extractor=pairing.extractor, head=pairing.head)
            measured.append(measure(pairing, decide(plan, names.index(pairing.extractor), pairing, own, copies), kinds))
            done()
    made = RobustnessResult(
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        command=command,
        kinds=[RobustnessKind(kind=kind.name, unit=kind.unit, strengths=list(kind.strengths)) for kind in kinds],
        photos=len(photos),
        without_box=copies.without_box,
        left_out=left_out,
        rows=ranked(measured),
        versions=versions(),
    )
    save_robustness(folder, made)
    return made


def _chosen(result: RunResult, extractor: str | None, head: str | None) -> tuple[list[PairingResult], list[str]]:
    """Return the best pairing of each extractor, and the extractors whose vectors were not made here."""
    of_files = [made.extractor for made in result.extractors if made.file]
    audits = {made.extractor for made in result.extractors if made.card.get("audit")}
    best = [
        pairing
        for pairing in best_of_extractors(result, extractor, head)
        if extractor or pairing.extractor not in audits
    ]
    chosen = [pairing for pairing in best if pairing.extractor not in of_files]
    left_out = [pairing.extractor for pairing in best if pairing.extractor in of_files]
    if chosen:
        return chosen, left_out
    if left_out:
        raise FacebenchError(
            f"Degraded copies cannot be embedded by {', '.join(left_out)}: the vectors were not made here."
        )
    raise FacebenchError("This run compares audits alone: name one with --extractor.")
