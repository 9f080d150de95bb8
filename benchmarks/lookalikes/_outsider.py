"""An extractor outside of the comparison, which chooses the hard strangers by its vectors alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
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
    mine: dict[str, set[str]] = defaultdict(set)
    theirs: dict[Stranger, set[str]] = defaultdict(set)
    is_other = predictions.column("truth") == "other"
    others, of_targets = predictions[is_other], predictions[~is_other]
    for target, path in zip(of_targets.column("target"), of_targets.column("path"), strict=True):
        mine[target].add(path)
    for stranger, path in zip(strangers_of(others), others.column("path"), strict=True):
        theirs[stranger].add(path)
    means = {target: _mean_direction(paths, vectors) for target, paths in mine.items()}
    distances = {}
    for stranger, paths in theirs.items():
        of_target, of_stranger = means.get(stranger.target), _mean_direction(paths, vectors)
        if of_target is not None:
            distances[stranger] = np.inf if of_stranger is None else -float(of_target @ of_stranger)
    without = tuple(target for target, mean in means.items() if mean is None)
    return HardStrangers(nearest_tenth(distances), extractor, without)


def _mean_direction(paths: set[str], vectors: Mapping[str, NDArray[np.float32]]) -> NDArray[np.float64] | None:
    """Return the mean of photos' vectors, each of length 1, (dimension,); None where no photo has one.

    The dot product of two such means is the mean of the cosine similarities of all pairs.
    """
    found = np.array([vectors[path] for path in sorted(paths) if path in vectors], dtype=np.float64)
    if not len(found):
        return None
    lengths = np.linalg.norm(found, axis=1, keepdims=True)
    mean: NDArray[np.float64] = (found / np.where(lengths > 0, lengths, 1)).mean(axis=0)
    return mean
