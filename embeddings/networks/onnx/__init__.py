"""Networks that come as ONNX files."""

from ._read import read_onnx
from ._sface import SFACE, sface_file

__all__ = ["SFACE", "read_onnx", "sface_file"]
