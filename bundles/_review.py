"""A bundle's answers as an album: what it said of which face, for a page on which somebody corrects it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ..album import (
    REVIEW,
    REVIEW_OF_SCORES,
    Album,
    AlbumPhoto,
    Band,
    Wording,
    album_page,
    judged_album,
    labels_of,
)
from ..data import PhotoError
from ..data.decoding import upright_size
from ..data.labels import Label, Labels
from ..embeddings import Failure, VectorStore
from ..embeddings.extraction import Photos
from ..embeddings.networks import Runtime
from ._bundle import Bundle
from ._recognition import HIGH, LOW, Faces, Recognition, Seen, SeenFace


@dataclass(frozen=True)
class Review:
    """What a bundle said of photos, to be looked at by somebody.

    Attributes:
        answers: to each photo, as `Bundle.predict` gives them.
        album: the same photos and faces; a face's likeness is its probability, or its score where there is none.
        wording: of the page.
    """

    answers: list[Recognition]
    album: Album
    wording: Wording

    def labels(self, before: Labels | None = None) -> list[Label]:
        """Return a label for each face, with what was decided before; as `facebench.album.labels_of` does."""
        return labels_of(self.album, before)

    def page(self, before: Labels | None = None) -> Iterator[bytes]:
        """Yield the page that saves these labels with what was decided on it, piece by piece."""
        return album_page(self.album, self.labels(before), self.wording)


def review_photos(
    bundle: Bundle,
    photos: Sequence[Path],
    *,
    faces: Faces = "largest",
    runtime: Runtime = "openvino",
    store: VectorStore | None = None,
) -> Review:
    """Return the answer to each photo, and all that a page needs on which the answers are corrected.

    A bundle does not learn from it: the labels that such a page saves train another one.

        review = review_photos(Bundle.load("me.facebench"), [Path("a.jpg"), Path("b.jpg")])
        Path("new.html").write_bytes(b"".join(review.page()))

    Args:
        bundle: that answers.
        photos: files.
        faces: as in `Bundle.predict`.
        runtime: likewise.
        store: likewise.

    Raises:
        FacebenchError: as `Bundle.predict`.
    """
    source = Photos(photos)
    seen = bundle.look(source, faces=faces, runtime=runtime, store=store)
    answers = bundle.answers(photos, seen)
    shown = [_boxed(found, photo) for found, photo in zip(seen, photos, strict=True)]
    said = [face for answer, found, of in zip(answers, seen, shown, strict=True) for face in _said(answer, found, of)]
    judged = [_judged(face, bundle.manifest.threshold) for face in said]
    root, listed = _listed(photos, source.keys)
    album = judged_album(root, listed, shown, judged, bundle.manifest.extractor.name)
    return Review(answers, album, REVIEW if bundle.manifest.calibration else REVIEW_OF_SCORES)


def _boxed(found: Seen, photo: Path) -> Seen:
    """Return faces with a box each: where an extractor looks at the whole photo, that is all of it, upright."""
    if isinstance(found, Failure) or all(face.box for face in found):
        return found
    try:
        width, height = upright_size(photo)
    except PhotoError as error:  # it has gone since it was looked at
        return Failure(error.reason, error.detail)
    return [replace(face, box=(0, 0, width, height)) for face in found]


def _said(answer: Recognition, found: Seen, shown: Seen) -> list[SeenFace]:
    """Return what was said of the faces that are shown, from left to right."""
    if isinstance(found, Failure) or isinstance(shown, Failure):
        return []
    by_box = {face.box: face for face in answer.faces}
    return [by_box[face.box] for face in found]


def _judged(face: SeenFace, threshold: float) -> tuple[float, Band]:
    """Return what stands for the likeness of a face, and its band: without probabilities nothing is doubtful."""
    if face.probability is None:
        return face.score, "surely" if face.score >= threshold else "surely not"
    if face.probability < LOW:
        return face.probability, "surely not"
    return face.probability, "surely" if face.probability > HIGH else "perhaps"


def _listed(photos: Sequence[Path], keys: Sequence[str]) -> tuple[Path, list[AlbumPhoto]]:
    """Return the folder that all photos are in, and each photo with its name there."""
    files = [Path(os.path.abspath(photo)) for photo in photos]  # noqa: PTH100 (a link stays one)
    root = Path(os.path.commonpath([file.parent for file in files]))
    return root, [
        AlbumPhoto(str(photo), file.relative_to(root).as_posix(), key)
        for photo, file, key in zip(photos, files, keys, strict=True)
    ]
