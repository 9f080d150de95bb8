"""Networks that come as ONNX files."""

from ._own import Pixels, file_sha256, own_network, pixels_network
from ._read import read_onnx
from ._sface import SFACE, sface_file

__all__ = ["SFACE", "Pixels", "file_sha256", "own_network", "pixels_network", "read_onnx", "sface_file"]
