"""`fusion`: several extractors as one, their vectors side by side, judged each on its own or as one vector."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from ...data import Photo
from .._extractor import Card, Extractor, embed_batch
from .._licence import Commercial, terms_of
from .._outcome import Embedding, Outcome
from .._registry import extractors
from ..networks import Runtime

if TYPE_CHECKING:
    from numpy.typing import NDArray

By = Literal["scores", "vectors"]

_EXAMPLE = "fusion('sface', 'face_recognition')"


class Fusion(Extractor):
    """Several extractors together: `fusion('sface', 'face_recognition')`. Their vectors lie side by side, float32.

    With `by="scores"` a head is fitted to each part on its own, and the mean of their calibrated scores decides. With
    `by="vectors"` one head is fitted to all components; each part has length 1 then. Where one part sees no face, its
    components are 0, and the other parts decide; a photo in which none sees a face is the first part's `Failure`.

    In a run each part is extracted once, and stored under its own name, whatever else uses it.

    Args:
        parts: two extractors or more: names of `bench list` or call strings.
        by: "scores" or "vectors".
        runtime: how the networks of parts run, "openvino" or "tensorflow".

    Raises:
        ValueError: fewer than two parts, one of them twice, an audit, or another fusion.

    Source: Nandakumar, Chen, Dass and Jain, "Likelihood Ratio-Based Biometric Score Fusion", IEEE TPAMI 2008.
    """

    card = Card(
        name="fusion",
        dimension=0,
        view="that of its parts",
        network="those of its parts",
        licence="those of its parts",
        training_data="that of its parts",
        preprocessing="that of its parts",
        citation="Nandakumar, Chen, Dass and Jain, Likelihood Ratio-Based Biometric Score Fusion, 2008",
    )

    def __init__(self, parts: Sequence[str] = (), by: By = "scores", runtime: Runtime = "openvino") -> None:
        if isinstance(parts, str) or len(set(parts)) < max(2, len(parts)):
            raise ValueError(f"it takes two different extractors or more, such as {_EXAMPLE}")
        if by not in get_args(By):
            raise ValueError(f"by is one of {', '.join(get_args(By))}, not {by!r}")
        self.parts, self.by, self.runtime = tuple(parts), by, runtime
        self.extractors = [extractors.create(part, runtime=runtime) for part in self.parts]
        for part in self.extractors:
            if part.card.audit or isinstance(part, Fusion):
                raise ValueError(f"{part.card.name} cannot be a part: it {_WHY_NOT[part.card.audit]}")
        self.card = _joint_card([part.card for part in self.extractors])  # type: ignore[misc]  # that of the class

    @property
    def judged_apart(self) -> tuple[int, ...]:
        """Components of each part, where a head is fitted to each; none where one is fitted to all."""
        return tuple(part.card.dimension for part in self.extractors) if self.by == "scores" else ()

    def load(self) -> None:
        """Make the parts ready."""
        for part in self.extractors:
            part.load()

    def embed(self, photos: Sequence[Photo]) -> list[Outcome]:
        """Return one outcome per photo, in order."""
        of_parts = [embed_batch(part, photos) for part in self.extractors]
        return [self.together(outcomes) for outcomes in zip(*of_parts, strict=True)]

    def join(self, matrices: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
        """Return the vectors of parts, float32 (photos, dimension) each and 0 where there is none, side by side."""
        if self.by == "scores":
            return np.concatenate(matrices, axis=1)
        lengths = [np.linalg.norm(matrix, axis=1, keepdims=True) for matrix in matrices]
        return np.concatenate(
            [matrix / np.where(length > 0, length, 1) for matrix, length in zip(matrices, lengths, strict=True)], axis=1
        )

    def together(self, outcomes: Sequence[Outcome]) -> Outcome:
        """Return the outcome of a photo from those of its parts."""
        seen = [outcome for outcome in outcomes if isinstance(outcome, Embedding)]
        if not seen:
            return outcomes[0]
        vectors = [
            outcome.vector if isinstance(outcome, Embedding) else np.zeros(part.card.dimension, np.float32)
            for outcome, part in zip(outcomes, self.extractors, strict=True)
        ]
        [vector] = self.join([vector[None] for vector in vectors])
        return Embedding(vector, next((outcome.box for outcome in seen if outcome.box), None))


_WHY_NOT = {True: "recognises nobody", False: "has parts itself"}


def _joint_card(cards: Sequence[Card]) -> Card:
    def listed(field: str) -> str:
        return " + ".join(str(getattr(card, field)) or "-" for card in cards)

    return replace(
        Fusion.card,
        dimension=sum(card.dimension for card in cards),
        view="face" if all(card.view == "face" for card in cards) else "whole photo",
        network=listed("network"),
        weights_sha256=listed("weights_sha256"),
        weights_bytes=sum(card.weights_bytes for card in cards) if all(card.weights_bytes for card in cards) else 0,
        licence=listed("licence"),
        training_data=listed("training_data"),
        preprocessing=listed("preprocessing"),
        commercial=_strictest(cards),
    )


def _strictest(cards: Sequence[Card]) -> Commercial:
    """Return whether the weights of all parts may be used commercially."""
    found = {terms.commercial for card in cards if (terms := terms_of(vars(card)))}
    return "no" if "no" in found else "unknown" if "unknown" in found or not found else "yes"
