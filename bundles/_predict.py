"""Photos to answers: vectors from the extractor, scores from the frozen head, all of them at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..benchmarks import Embedder, hash_each, hash_of
from ..data import Photo, PhotoLike
from ..embeddings import Embedding, Extractor, Failure, StagedExtractor, VectorStore
from ..errors import FacebenchError
from ..text import progress_bar
from ._recognition import ME, NOT_ME, Faces, Recognition, SeenFace

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ._bundle import Bundle

#: The faces of one photo, or why there is none.
_Seen = list[Embedding] | Failure


def recognise(
    bundle: Bundle, photos: Sequence[PhotoLike], faces: Faces, extractor: Extractor, store: VectorStore | None
) -> list[Recognition]:
    """Return the answer to each photo, in order; see `Bundle.predict`."""
    if faces == "any":
        seen = list(_every_face(bundle, photos, extractor))
    else:
        seen = _as_in_training(bundle, photos, extractor, store)
    names = [Photo(photo).name for photo in photos]
    return _answers(bundle, names, seen)


def _as_in_training(
    bundle: Bundle, photos: Sequence[PhotoLike], extractor: Extractor, store: VectorStore | None
) -> list[_Seen]:
    # Without a store no key is needed, and no photo is read twice.
    keys = hash_each(photos) if store else [""] * len(photos)

    def missing(positions: list[int]) -> Iterator[Photo]:
        for position in positions:
            photo = Photo(photos[position])
            keys[position] = hash_of(photo) if store else ""
            yield photo

    embedded = Embedder(bundle.manifest.extractor.name, extractor, store).embed(keys, missing, "photos")
    return [outcome if isinstance(outcome, Failure) else [outcome] for outcome in embedded.outcomes]


def _every_face(bundle: Bundle, photos: Sequence[PhotoLike], extractor: Extractor) -> Iterator[_Seen]:
    if not isinstance(extractor, StagedExtractor) or extractor.finder is None:
        raise FacebenchError(
            f"--faces any needs an extractor that looks at faces, and {bundle.manifest.extractor.name} looks at the "
            "whole photo: train with --extractor face_recognition."
        )
    with progress_bar(bundle.manifest.extractor.name, len(photos), "photos") as advance:
        for outcome in extractor.stream_faces(map(Photo, photos)):
            yield outcome
            advance(1)


def _answers(bundle: Bundle, names: list[str], seen: list[_Seen]) -> list[Recognition]:
    vectors = [face.vector for faces in seen if not isinstance(faces, Failure) for face in faces]
    scores = _scores(bundle, np.stack(vectors)) if vectors else np.empty(0)
    probabilities = bundle.probabilities(scores)
    known = [None] * len(scores) if probabilities is None else probabilities.tolist()
    remaining = iter(zip(scores.tolist(), known, strict=True))
    answers = []
    for name, faces in zip(names, seen, strict=True):
        if isinstance(faces, Failure):
            answers.append(Recognition(name, faces.reason.replace("_", " "), detail=faces.detail))
            continue
        looked_at = [SeenFace(face.box, *next(remaining)) for face in faces]
        looked_at.sort(key=lambda face: face.score, reverse=True)
        answer = ME if looked_at[0].score >= bundle.manifest.threshold else NOT_ME
        answers.append(Recognition(name, answer, tuple(looked_at)))
    return answers


def _scores(bundle: Bundle, vectors: NDArray[np.float32]) -> NDArray[np.float64]:
    with np.errstate(all="ignore"):
        scores = bundle.head.score(vectors)
    if not np.isfinite(scores).all():  # of numbers that are all finite, and too large: no training gives them
        raise FacebenchError("The head of this bundle gives scores that are no numbers: it is damaged, or forged.")
    return scores
