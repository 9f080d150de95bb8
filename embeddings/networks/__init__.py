"""Networks: a Keras model with its weights, and how it runs."""

from ._dlib_network import FACE_NETWORK
from ._graphs import graph_file, read_graph
from ._mobilenet_v2 import MOBILENET_V2, Scaling
from ._network import Network, Runner, Runtime, check_runtime
from ._runtime import is_right_on_openvino, load_network

__all__ = [
    "FACE_NETWORK",
    "MOBILENET_V2",
    "Network",
    "Runner",
    "Runtime",
    "Scaling",
    "check_runtime",
    "graph_file",
    "is_right_on_openvino",
    "load_network",
    "read_graph",
]
