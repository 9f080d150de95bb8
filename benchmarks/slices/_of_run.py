"""The slices of a stored run, from what its folder holds: no photo is opened, and the store is not asked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ...errors import FacebenchError, printable
from ..results import PairingResult, Predictions, RunResult, read_photo_list, read_properties
from ._membership import memberships
from ._rates import Slices, slices_of


def slices_of_run(
    folder: Path, result: RunResult, predictions: Predictions, target: str | None = None
) -> dict[tuple[str, str], Slices]:
    """Return the slices of each pairing of a run that is no audit, by extractor and head.

    Args:
        folder: of the run.
        result: what was tested.
        predictions: of all pairings.
        target: whose tests count; None: those of all.

    Raises:
        FacebenchError: it was written by an older facebench, which measured nothing, or its files are damaged.
    """
    properties, photos = read_properties(folder), read_photo_list(folder)
    if properties is None or photos is None:
        raise FacebenchError(
            f"{folder} has no properties.csv, which older runs did not write. Make it again: {result.command}"
        )
    tested = [pairing for pairing in result.pairings if pairing.extractor and not pairing.audit]
    rows = [predictions.where(extractor=pairing.extractor, head=pairing.head) for pairing in tested]
    chosen = rows if target is None else [of_pairing.where(target=target) for of_pairing in rows]
    found = slices_of([of_pairing for of_pairing in chosen if len(of_pairing)], memberships(properties, photos))
    return {(each.extractor, each.head): each for each in found}


def slices_of_pairings(
    folder: Path,
    result: RunResult,
    predictions: Predictions,
    pairings: Sequence[PairingResult],
    target: str | None = None,
) -> list[Slices]:
    """Return the slices of some pairings of a run, in their order; arguments and errors as of `slices_of_run`.

    Raises:
        FacebenchError: one of them is an audit's.
    """
    for pairing in pairings:
        if pairing.audit:
            raise FacebenchError(f"{printable(pairing.extractor)} is an audit, and audits have no slices.")
    found = slices_of_run(folder, result, predictions, target)
    return [found[pairing.extractor, pairing.head] for pairing in pairings]
