"""The winner, kept: one person's recogniser in one file."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from ..classifiers import KINDS, FrozenHead, logistic
from ..data import PhotoLike
from ..embeddings import Extractor, extractors
from ..embeddings.extraction import Photos, PhotoSource
from ..embeddings.networks import Runtime
from ..embeddings.store import VectorStore
from ..errors import FacebenchError, printable
from ..files import write_private
from ..registry import with_path
from ._archive import MANIFEST, BundleError, archive, member_of, packed, read_members, unpacked
from ._extractor import check_extractor, file_path, named_file, network_file
from ._manifest import HeadPart, Manifest, Part, parse_manifest
from ._recognition import Faces, Recognition, Seen, answers, faces_seen


@dataclass(frozen=True, eq=False)
class Bundle:
    """A trained head with all that is needed to use it: extractor, threshold, calibration, and where it comes from.

    Attributes:
        manifest: what it says about itself.
        head: how vectors become scores.
        network: file of the extractor's network, where that is one of the user's own (`onnx`).

    `bench train` writes one:

        me = Bundle.load("me.facebench")
        for photo in me.predict(["a.jpg", "b.jpg"]):
            print(photo.path, photo.answer, photo.probability)
    """

    manifest: Manifest
    head: FrozenHead
    network: Path | None = None
    _extractors: dict[Runtime, Extractor] = field(default_factory=dict, init=False, repr=False)

    @classmethod
    def of(cls, name: str, head: FrozenHead, **facts: Any) -> Self:
        """Return the bundle of a head, made by the call string `name`, with the keys of a manifest that are left."""
        members = _members(head)
        parts = {name: Part(sha256=_sha256(content), bytes=len(content)) for name, content in members.items()}
        part = HeadPart(name=name, kind=head.kind, options=head.options(), carries=head.carries)
        return cls(Manifest(head=part, parts=parts, **facts), head)

    @classmethod
    def load(cls, path: str | Path, network: str | Path | None = None) -> Self:
        """Return the bundle in a file. Nothing in it is executed, and nothing is believed that was not checked.

        Args:
            path: of the bundle.
            network: file of the network, which a bundle of `onnx` needs to predict: it does not say where one lies.

        Raises:
            FacebenchError: the file is no sound bundle, is of a newer facebench, or this facebench lacks its
                extractor or has another one of that name; or the network is not the one that it was made with.
        """
        path = file_path(path)
        members = read_members(path)
        manifest = parse_manifest(path, members.pop(MANIFEST))
        for name in sorted(manifest.parts.keys() ^ members.keys()):
            what = "lacks" if name in manifest.parts else "is refused: its manifest does not name"
            raise BundleError(path, f"{what} '{printable(name)}'")
        arrays = {
            Path(name).stem: unpacked(path, name, content, manifest.parts[name].sha256)
            for name, content in members.items()
        }
        bundle = cls(manifest, _head(path, manifest, arrays), network_file(path, manifest.extractor, network))
        if bundle.network or not named_file(manifest.extractor):
            check_extractor(path, manifest.extractor, bundle.extractor(), bundle.head.dimension)
        return bundle

    def save(self, path: str | Path) -> None:
        """Write the bundle with mode 0600, whole or not at all.

        Raises:
            FacebenchError: the file cannot be written.
        """
        text = self.manifest.model_dump_json(indent=1) + "\n"
        write_private(file_path(path), archive({MANIFEST: text.encode(), **_members(self.head)}), "--output")

    def extractor(self, runtime: Runtime = "openvino") -> Extractor:
        """Return the extractor whose vectors the head takes, the same at each call; it loads its network when used.

        Raises:
            FacebenchError: it needs a file of a network, and `load` was given none.
        """
        if runtime not in self._extractors:
            call = self.manifest.extractor.name
            if file := named_file(self.manifest.extractor):
                if self.network is None:
                    raise FacebenchError(
                        f"This bundle needs the network '{printable(file)}', which is not in it: give the file with "
                        "--network FILE."
                    )
                call = with_path(call, str(self.network))
            self._extractors[runtime] = extractors.create(call, runtime=runtime)
        return self._extractors[runtime]

    def predict(
        self,
        photos: Iterable[PhotoLike],
        *,
        faces: Faces = "largest",
        runtime: Runtime = "openvino",
        store: VectorStore | None = None,
    ) -> list[Recognition]:
        """Return the answer to each photo, in order; a photo that fails is an answer, too.

        Args:
            photos: paths, files' bytes, Pillow images or uint8 RGB arrays.
            faces: "largest": the face that the extractor takes, as in training; "any": each face, and the photo is of
                me where one of them is. With every face that is looked at there is one more chance of a false accept.
            runtime: how networks run.
            store: where vectors are looked up and kept.

        Raises:
            FacebenchError: "any", and the extractor does not look at faces; or it needs a file (`extractor`).
        """
        given = list(photos)
        source = Photos(given) if store else Photos.unstored(given)
        return self.answers(given, self.look(source, faces=faces, runtime=runtime, store=store))

    def look(
        self, photos: PhotoSource, *, faces: Faces = "largest", runtime: Runtime = "openvino", store: VectorStore | None
    ) -> list[Seen]:
        """Return the faces of each photo, with the vectors that `answers` takes, or why it has none; as `predict`."""
        return faces_seen(photos, self.manifest.extractor.name, self.extractor(runtime), faces, store)

    def answers(self, photos: Sequence[PhotoLike], seen: Sequence[Seen]) -> list[Recognition]:
        """Return the answer to each photo, in order, from what `look` saw on it."""
        return answers(photos, seen, self.head, self.manifest.threshold, self.probabilities)

    def probabilities(self, scores: NDArray[np.float64]) -> NDArray[np.float64] | None:
        """Return the probabilities (n,) of scores (n,); None where the bundle is not calibrated."""
        sigmoid, threshold = self.manifest.calibration, self.manifest.threshold
        if sigmoid is None:
            return None
        logits = sigmoid.slope * scores + sigmoid.intercept
        if sigmoid.slope_above is not None:
            logits = np.where(scores < threshold, logits, sigmoid.slope_above * (scores - threshold))
        return logistic(logits)


def _members(head: FrozenHead) -> dict[str, bytes]:
    return {member_of(name): packed(array) for name, array in sorted(head.arrays().items())}


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _head(path: Path, manifest: Manifest, arrays: dict[str, NDArray[Any]]) -> FrozenHead:
    part = manifest.head
    if part.kind not in KINDS:
        raise BundleError(path, f"has a head of the kind '{printable(part.kind)}', which this facebench does not know")
    try:
        head = KINDS[part.kind].model_validate({**part.options, **arrays})
    except (ValidationError, ValueError, TypeError, IndexError, OverflowError) as error:
        what = error.errors()[0]["msg"] if isinstance(error, ValidationError) else error
        raise BundleError(path, f"is damaged: its head does not fit together ({printable(what)})") from error
    if part.carries != head.carries:
        raise BundleError(path, "is damaged: its manifest does not say rightly whose vectors it holds")
    return head
