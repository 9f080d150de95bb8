"""Photos to answers: vectors from the extractor, scores from the frozen head, all of them at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from ..classifiers import FrozenHead
from ..data import Photo, PhotoLike
from ..embeddings import Box, Embedding, Extractor, Failure, StagedExtractor, VectorStore
from ..embeddings.built_in import Fusion
from ..embeddings.extraction import Embedder, PhotoSource, embed_photos, faces_of
from ..errors import FacebenchError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Scores = NDArray[np.float64]

#: Which faces of a photo are examined: the one that the extractor chooses, or all of them, any of which may be me.
Faces = Literal["largest", "any"]

ME, NOT_ME, NO_FACE = "me", "not me", "no face"
#: The probabilities between which an answer is uncertain, whatever it is.
LOW, HIGH = 0.1, 0.9
#: The faces of one photo, from left to right, or why there is none.
Seen = list[Embedding] | Failure


@dataclass(frozen=True)
class SeenFace:
    """One face, or the whole photo if the extractor embeds whole photos.

    Attributes:
        box: left, top, right, bottom in pixels of the upright photo; None for the whole photo.
        score: of the head.
        probability: that it is me, 0..1; None if the bundle is not calibrated.
    """

    box: Box | None
    score: float
    probability: float | None


@dataclass(frozen=True)
class Recognition:
    """The answer of a bundle to one photo.

    Attributes:
        path: of the photo, as given; "image" or "array" if it has none.
        answer: "me", "not me", or the reason why there is neither: "no face", "unreadable", "too large", ...
        faces: the faces that were examined, highest score first; empty if there are none.
        detail: human-readable, if a photo failed.
    """

    path: str
    answer: str
    faces: tuple[SeenFace, ...] = ()
    detail: str = ""

    @property
    def is_me(self) -> bool:
        """Whether it is me."""
        return self.answer == ME

    @property
    def is_uncertain(self) -> bool:
        """Whether the probability is neither low nor high; never without calibration."""
        return self.probability is not None and LOW <= self.probability <= HIGH

    @property
    def is_failure(self) -> bool:
        """Whether the photo could not be examined: it is unreadable, too large, and so on."""
        return self.answer not in (ME, NOT_ME, NO_FACE)

    @property
    def score(self) -> float | None:
        """The highest score of a face; None if there is none."""
        return self.faces[0].score if self.faces else None

    @property
    def probability(self) -> float | None:
        """The highest probability of a face; None if there is no face or no calibration."""
        return self.faces[0].probability if self.faces else None


def faces_seen(
    photos: PhotoSource, name: str, extractor: Extractor, faces: Faces, store: VectorStore | None
) -> list[Seen]:
    """Return the vectors of each photo's faces, or why it has none.

    Args:
        photos: with keys if there is a store.
        name: the call string of the extractor.
        extractor: the extractor.
        faces: "largest": the face that the extractor takes, as in training; "any": each.
        store: where vectors and detections are looked up and saved.

    Raises:
        FacebenchError: "any", and the extractor does not look at faces.
    """
    embedder = Embedder(name, extractor, store)
    if faces == "largest":
        return [[o] if isinstance(o, Embedding) else o for o in embed_photos(photos, embedder).outcomes]
    if not isinstance(extractor, StagedExtractor) or extractor.finder is None:
        other = "is several, each with its own choice" if isinstance(extractor, Fusion) else "looks at the whole photo"
        raise FacebenchError(
            f"--faces any needs an extractor that looks at faces, and {name} {other}: train with --extractor "
            "face_recognition."
        )
    return faces_of(photos, embedder)


def answers(
    photos: Sequence[PhotoLike],
    seen: Sequence[Seen],
    head: FrozenHead,
    threshold: float,
    probabilities: Callable[[Scores], Scores | None],
) -> list[Recognition]:
    """Return the answer to each photo, in order.

    Args:
        photos: anything that is a photo.
        seen: of `faces_seen`.
        head: scores vectors.
        threshold: a face is me from this score on.
        probabilities: of scores; None where they are not calibrated.
    """
    vectors = [face.vector for faces in seen if not isinstance(faces, Failure) for face in faces]
    scores = _scores(head, np.stack(vectors)) if vectors else np.empty(0)
    calibrated = probabilities(scores)
    known = [None] * len(scores) if calibrated is None else calibrated.tolist()
    remaining = iter(zip(scores.tolist(), known, strict=True))
    given = []
    for photo, faces in zip(photos, seen, strict=True):
        name = Photo(photo).name
        if isinstance(faces, Failure):
            given.append(Recognition(name, faces.reason.replace("_", " "), detail=faces.detail))
            continue
        looked_at = [SeenFace(face.box, *next(remaining)) for face in faces]
        looked_at.sort(key=lambda face: face.score, reverse=True)
        answer = ME if looked_at[0].score >= threshold else NOT_ME
        given.append(Recognition(name, answer, tuple(looked_at)))
    return given


def _scores(head: FrozenHead, vectors: NDArray[np.float32]) -> Scores:
    with np.errstate(all="ignore"):
        scores = head.score(vectors)
    if not np.isfinite(scores).all():  # of numbers that are all finite, and too large: no training gives them
        raise FacebenchError("The head of this bundle gives non-finite scores: it is damaged, or forged.")
    return scores
