"""Detections and the interface of detectors; each photo is searched once per detector."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, TypeAlias

from .._extractor import Identity
from .._outcome import Box

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ...data import Photo

    Pixels: TypeAlias = NDArray[np.uint8]

#: (x, y) of points of a face in pixels of the upright photo.
Landmarks: TypeAlias = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Detection:
    """One face.

    Attributes:
        box: in pixels of the upright photo; may reach over its edges.
        score: of the detector; the higher, the surer.
        landmarks: of a detector that gives them.
    """

    box: Box
    score: float
    landmarks: Landmarks | None = None


@dataclass(frozen=True)
class Detections:
    """The faces of one photo, in the detector's order.

    Attributes:
        size: (width, height) of the upright photo in pixels.
        faces: one per face; empty where there is none.
    """

    size: tuple[int, int]
    faces: tuple[Detection, ...]


@dataclass(frozen=True)
class DetectorCard:
    """The description of a detector.

    Attributes:
        name: as registered.
        architecture: what it is.
        weights_sha256: of the weights file.
        licence: of the weights.
        training_data: what it was trained on.
        landmarks: whether it gives the eyes, the nose and the corners of the mouth.
        citation: paper or page to cite.
    """

    name: str
    architecture: str = ""
    weights_sha256: str = ""
    licence: str = ""
    training_data: str = ""
    landmarks: bool = False
    citation: str = ""


class Detector(ABC):
    """Finds faces; safe to call from several threads.

    A new detector is a class with a `card`, an `identity` and `detect`, registered under the entry-point group
    `facebench.detectors`. Parameters are keyword arguments of its constructor.

    Attributes:
        identity: what its detections depend on besides the photo: they are stored under it.
    """

    card: ClassVar[DetectorCard]
    identity: Identity

    def expect(self, photos: int) -> None:  # noqa: B027 (most have nothing to do)
        """Get ready to search so many photos; for detectors that take a while to."""

    def as_dlib(self, face: Detection) -> Box:
        """Return a face's box as dlib's own detectors give it: where its predictor looks for landmarks."""
        return face.box

    @abstractmethod
    def detect(self, pixels: Pixels) -> list[Detection]:
        """Return the faces of an upright RGB photo, uint8 (height, width, 3)."""


def detections_on(photo: Photo, detector: Detector) -> Detections:
    """Return the faces of a photo, searched for at the first call, and not at all where they were stored.

    Raises:
        PhotoError: the photo gives no pixels.
    """
    key = detector.identity
    if key not in photo.found:
        height, width, _ = photo.pixels.shape
        started = time.perf_counter()
        photo.found[key] = Detections((width, height), tuple(detector.detect(photo.pixels)))
        photo.spent[key] = time.perf_counter() - started
    found: Detections = photo.found[key]
    return found
