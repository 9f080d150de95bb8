"""An extractor outside of the comparison, which chooses the hard strangers by its vectors alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from statistics import fmean
from typing import TYPE_CHECKING

import numpy as np

from ...embeddings import Extractor
from ...embeddings.built_in import Fusion
from ...errors import FacebenchError, printable
from ...registry import parse_call
from ..results import Predictions
from ._hard import HardStrangers, nearest_tenth
from ._ranking import Stranger, strangers_of

if TYPE_CHECKING:
    from numpy.typing import NDArray


def refuse_insider(call: str, extractor: Extractor, compared: Mapping[str, Mapping[str, str | int]]) -> None:
    """Refuse an extractor that would choose the strangers that it is judged on, or that recognises nobody.

    It is another where its weights are others; one without weights, where its name is another.

    Args:
        call: its call string.
        extractor: itself.
        compared: the cards of the extractors that are compared, by their call strings.

    Raises:
        FacebenchError: an audit, a fusion, or an extractor that is compared, alone or in a fusion.
    """
    asked = f"--hard-by {printable(call)}"
    if isinstance(extractor, Fusion):
        raise FacebenchError(f"{asked}: a fusion is several extractors. Name one that is in no row.")
    if extractor.card.audit:
        raise FacebenchError(f"{asked}: it recognises nobody, so it knows of no stranger who looks like the target.")
    own = _networks(call, extractor.card.facts())
    for other, card in compared.items():
        if own & _networks(other, card):
            row = printable(other)
            who = "it is a row of the comparison" if other == call else f"its network decides in the row {row}"
            raise FacebenchError(
                f"{asked}: {who}, and would choose the strangers that it is judged on. Name an extractor that is "
                "in no row; without --hard-by all rows choose together."
            )


def _networks(call: str, card: Mapping[str, str | int]) -> set[str]:
    """Return the sha256 of an extractor's weights, its name where it has none; of a fusion, those of all parts."""
    name, *_ = call.split("(")
    parts = parse_call(call)[1]["parts"] if name == Fusion.card.name else [call]
    weights = str(card.get("weights_sha256", "")).split(" + ")
    return {sha256 if len(sha256) == 64 else part.split("(")[0] for part, sha256 in zip(parts, weights, strict=True)}


def strangers_by(extractor: str, predictions: Predictions, vectors: Mapping[str, NDArray[np.float32]]) -> HardStrangers:
    """Return the hard strangers of each target: those whose test photos are most similar to the target's.

    What counts is the mean cosine similarity of all pairs of a photo of theirs and one of the target. Whoever has no
    vector is last.

    Args:
        extractor: the call string of the one that chooses.
        predictions: the rows of all test photos; several of one photo count once.
        vectors: of the test photos that have one, by path, each (dimension,).
    """
    mine, theirs = _photos(predictions)
    seen = {path: place for place, path in enumerate(sorted(vectors))}
    directions = _directions([vectors[path] for path in seen])
    likeness = {}
    for target, paths in mine.items():
        places = [seen[path] for path in sorted(paths) if path in seen]
        if places:
            # The mean of the cosines to all photos of the target is the dot product with their mean direction.
            likeness[target] = directions @ directions[places].mean(axis=0)
    distances = {}
    for stranger, paths in theirs.items():
        if stranger.target in likeness:
            found = [likeness[stranger.target][seen[path]] for path in sorted(paths) if path in seen]
            distances[stranger] = -fmean(found) if found else np.inf
    without = tuple(target for target in mine if target not in likeness)
    return HardStrangers(nearest_tenth(distances), extractor, without)


def _photos(predictions: Predictions) -> tuple[dict[str, set[str]], dict[Stranger, set[str]]]:
    """Return the paths of the test photos of each target, and of each stranger in the tests of one."""
    mine: dict[str, set[str]] = defaultdict(set)
    theirs: dict[Stranger, set[str]] = defaultdict(set)
    is_other = predictions.column("truth") == "other"
    others, of_targets = predictions[is_other], predictions[~is_other]
    for target, path in zip(of_targets.column("target"), of_targets.column("path"), strict=True):
        mine[target].add(path)
    for stranger, path in zip(strangers_of(others), others.column("path"), strict=True):
        theirs[stranger].add(path)
    return mine, theirs


def _directions(vectors: list[NDArray[np.float32]]) -> NDArray[np.float64]:
    """Return vectors of length 1, (photos, dimension); one that has no length has no direction, and stays 0."""
    matrix = np.array(vectors, dtype=np.float64)
    lengths = np.linalg.norm(matrix, axis=-1, keepdims=True)
    directions: NDArray[np.float64] = matrix / np.where(lengths > 0, lengths, 1)
    return directions
