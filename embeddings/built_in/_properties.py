"""What is measured of a photo and its face, by which errors are sliced: recognises nobody."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ...data import Header, Photo
from .._extractor import Card, Extractor, Identity
from .._outcome import Embedding, Outcome
from .._threaded import ThreadedExtractor
from ..faces import Detection, FaceFinder
from ._fusion import Fusion

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

#: Side that a face is brought to before its sharpness is measured: a large one is no sharper than a small one.
_SIDE = 64
#: How far the tip of the nose stands before the plane of eyes and mouth, in distances between the eyes.
_NOSE = 0.5
#: Bytes of the name of a camera.
_DEVICE = 48
#: Stands for what is not known, as vectors are finite.
_UNKNOWN = -1e6
_NUMBERS = ("megapixels", "face_size", "sharpness", "brightness", "yaw", "score")


@dataclass(frozen=True)
class Measured:
    """What was measured of one photo; None where it is not known.

    Attributes:
        megapixels: of the file, in millions; of an array or image, its own.
        face_size: root of the area of the face's box, in pixels of the upright photo; 0 if no face was found, None if
            none was looked for. Without a face all that follows but `device` is None.
        sharpness: variance of the face's Laplacian over that of its grey levels, on 64x64 pixels.
        brightness: mean luma of the face, 0..1.
        yaw: degrees by which the face is turned, about; above 0 where the nose points to the right of the photo.
        score: of the detector.
        device: make and model of the camera; "" if unknown.
    """

    megapixels: float | None
    face_size: float | None
    sharpness: float | None
    brightness: float | None
    yaw: float | None
    score: float | None
    device: str

    @classmethod
    def of(cls, vector: NDArray[np.float32]) -> Measured:
        """Return what a vector of the extractor `Properties` says."""
        numbers, text = np.split(vector, [len(_NUMBERS)])
        known = {name: n for name, n in zip(_NUMBERS, numbers.tolist(), strict=True) if n != _UNKNOWN}
        device = text.astype(np.uint8).tobytes().rstrip(b"\0").decode("utf-8", "ignore")
        return cls(**(dict.fromkeys(_NUMBERS) | known), device=device)


class Properties(ThreadedExtractor):
    """The numbers of `Measured`, and the name of the camera, a byte per component.

    Args:
        finder: of the face that is measured; None: no face is looked for.
    """

    card = Card(
        name="properties",
        dimension=len(_NUMBERS) + _DEVICE,
        view="whole photo",
        preprocessing="the face in grey, 64x64: variance of its Laplacian over that of its levels, and their mean",
        citation="Pech-Pacheco et al., Diatom autofocusing in brightfield microscopy, ICPR 2000",
    )

    def __init__(self, finder: FaceFinder | None = None) -> None:
        self._finder = FaceFinder(finder.faces, finder.detector, "box") if finder else None
        self.detector = finder.detector if finder else None
        by = finder.detector.identity if finder else Identity("", "")
        #: Not an extractor that anybody names: its vectors have an identity of their own in the store.
        self.identity = Identity(
            f"properties({finder.faces}, {by.title})" if finder else "properties()", f"1 {by.facts}"
        )

    @classmethod
    def beside(cls, extractors: Iterable[Extractor]) -> Properties:
        """Return one that measures the face that some extractor takes, so that nothing is searched for it alone.

        It is that of the first whose detector gives landmarks, of which the yaw is measured, or else of the first.
        """
        finders = list(_finders(extractors))
        with_landmarks = (finder for finder in finders if finder.detector.card.landmarks)
        return cls(next(with_landmarks, finders[0] if finders else None))

    @property
    def detector_name(self) -> str:
        """What found the faces that were measured; "" if nothing did."""
        return self.detector.card.name if self.detector else ""

    def stage(self, photo: Photo) -> Outcome:
        """Return the outcome of one photo."""
        height, width = photo.pixels.shape[:2]
        across, down = photo.header.size if photo.header else (width, height)
        numbers = dict.fromkeys(_NUMBERS, _UNKNOWN) | {"megapixels": across * down / 1e6}
        face = self._finder.chosen(photo) if self._finder else None
        if self._finder:
            numbers |= _of_face(self._finder.cut(photo.pixels, face).chip, face) if face else {"face_size": 0.0}
        device = np.zeros(_DEVICE, np.uint8)
        name = _device(photo.header).encode("utf-8", "replace")[:_DEVICE]
        device[: len(name)] = np.frombuffer(name, np.uint8)
        vector = np.concatenate([list(numbers.values()), device]).astype(np.float32)
        return Embedding(vector, face.box if face else None)


def _finders(extractors: Iterable[Extractor]) -> Iterator[FaceFinder]:
    for extractor in extractors:
        for single in extractor.extractors if isinstance(extractor, Fusion) else [extractor]:
            if isinstance(finder := getattr(single, "finder", None), FaceFinder):
                yield finder


def _of_face(chip: Pixels, face: Detection) -> dict[str, float]:
    """Return what is measured of a face, and of what the photo shows of its box, uint8 (height, width, 3)."""
    import cv2

    grey = cv2.cvtColor(chip, cv2.COLOR_RGB2GRAY)
    method = cv2.INTER_AREA if min(grey.shape) >= _SIDE else cv2.INTER_LINEAR
    small = cv2.resize(grey, (_SIDE, _SIDE), interpolation=method).astype(np.float32)
    detail = float(cv2.Laplacian(small, cv2.CV_32F).var())
    left, top, right, bottom = face.box
    return {
        "face_size": max(1, (right - left) * (bottom - top)) ** 0.5,
        "sharpness": detail / max(1.0, float(small.var())),  # a level of noise on an even surface is no detail
        "brightness": float(small.mean()) / 255,
        "yaw": _yaw(np.array(face.landmarks)) if face.landmarks else _UNKNOWN,
        "score": face.score,
    }


def _yaw(landmarks: NDArray[np.float64]) -> float:
    """Return the yaw from the eyes, the nose and the corners of the mouth, (5, 2), whatever the roll of the head.

    The tip of the nose leaves the line from between the eyes to the middle of the mouth as far as the head turns.
    """
    eyes, nose, mouth = landmarks[:2].mean(axis=0), landmarks[2], landmarks[3:].mean(axis=0)
    line, beside = mouth - eyes, nose - eyes
    aside = (line[1] * beside[0] - line[0] * beside[1]) / max(1e-6, float(np.hypot(*line)))
    return float(np.degrees(np.arctan2(aside, _NOSE * max(1e-6, float(np.hypot(*(landmarks[1] - landmarks[0])))))))


def _device(header: Header | None) -> str:
    """Return make and model of the camera, the make once."""
    make, model = (str(header.exif.get(name, "")).strip("\0 ") if header else "" for name in ("Make", "Model"))
    return model if model.lower().startswith(make.lower()) else f"{make} {model}".strip()
