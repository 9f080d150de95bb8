"""A network is defined for OpenVINO, most also as a Keras model; how it runs is a separate choice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol, get_args

from ...errors import FacebenchError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: "openvino" is fastest on a CPU, "tensorflow" is the reference and uses a GPU where it sees one.
Runtime = Literal["openvino", "tensorflow"]


@dataclass(frozen=True)
class Network:
    """The definition of a network.

    Attributes:
        name: short, for files and messages.
        architecture: text that changes whenever what it computes does: it is part of the identity of vectors.
        weights_sha256: of the weights file.
        side: height and width of the input in pixels.
        build: returns the reference, a Keras model: pixel values 0..255, (n, side, side, 3), to float32 (n, dimension);
            None if there is none.
        graph: returns the OpenVINO model, uint8 (n, side, side, 3) to float32 (n, dimension); needs no Keras.
        known: the first components of its vector of the known picture; without any its output is not checked.
    """

    name: str
    architecture: str
    weights_sha256: str
    side: int
    build: Callable[[], Any] | None
    graph: Callable[[], Any]
    known: tuple[float, ...] = ()


class Runner(Protocol):
    """A network made ready: uint8 (n, side, side, 3) to float32 (n, dimension), n at least 1; threads may share it."""

    def __call__(self, batch: NDArray[np.uint8]) -> NDArray[np.float32]: ...


def check_runtime(runtime: str, network: Network | None = None) -> None:
    """Refuse the name of a runtime that does not exist, or one that cannot run a network.

    Raises:
        ValueError: with those that exist.
        FacebenchError: with the one that runs the network.
    """
    if runtime not in get_args(Runtime):
        raise ValueError(f"runtime is one of {', '.join(get_args(Runtime))}, not {runtime!r}")
    if runtime == "tensorflow" and network is not None and network.build is None:
        raise FacebenchError(f"The network {network.name} cannot run with TensorFlow: use the runtime openvino.")
