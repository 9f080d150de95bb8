"""Networks: their layers and weights, and how they run."""

from ._dlib_network import FACE_NETWORK
from ._mobilenet_v2 import MOBILENET_V2, Scaling
from ._network import Network, Runner, Runtime, check_runtime
from ._runtime import load_network
from .onnx import SFACE, Pixels, file_sha256, own_network, pixels_network

__all__ = [
    "FACE_NETWORK",
    "MOBILENET_V2",
    "SFACE",
    "Network",
    "Pixels",
    "Runner",
    "Runtime",
    "Scaling",
    "check_runtime",
    "file_sha256",
    "load_network",
    "own_network",
    "pixels_network",
]
