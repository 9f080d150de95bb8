"""Runs a network with OpenVINO: on a CPU several times faster than TensorFlow, which is not imported."""

from __future__ import annotations

import threading
from collections import deque
from itertools import cycle
from typing import TYPE_CHECKING, Any

import numpy as np

from ...import_openvino import import_openvino
from ._network import Network

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Inputs of one request: fewer cost more calls each, the maps of more no longer fit into a core's cache.
_REQUEST = 2
#: Requests per stream: the next one lies ready while Python takes the vectors of the last.
_AHEAD = 2
_OPTIONS = {
    "PERFORMANCE_HINT": "THROUGHPUT",  # one stream per core
    "INFERENCE_PRECISION_HINT": "f32",  # newer processors would use bfloat16
}


class OpenVINORunner:
    """The network's graph, float32, with requests on all cores at once; safe to call from several threads."""

    def __init__(self, network: Network) -> None:
        core, model = import_openvino().Core(), network.graph()
        model.reshape([_REQUEST, network.side, network.side, 3])
        compiled = core.compile_model(model, "CPU", _OPTIONS)
        self._dimension = int(model.output().shape[1])
        # Not OpenVINO's own queue: its callbacks end the process where one fails or Python has begun to exit.
        at_once = _AHEAD * compiled.get_property("OPTIMAL_NUMBER_OF_INFER_REQUESTS")
        self._requests = [compiled.create_infer_request() for _ in range(at_once)]
        self._lock = threading.Lock()  # a request holds the pixels of one call

    def __call__(self, batch: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the vectors (n, dimension) of a batch (n, side, side, 3)."""
        missing = -len(batch) % _REQUEST
        filled = np.concatenate([batch, np.zeros((missing, *batch.shape[1:]), np.uint8)]) if missing else batch
        vectors = np.empty((len(filled), self._dimension), np.float32)
        requests, under_way = cycle(self._requests), deque[tuple[Any, slice]]()

        def finish() -> None:
            request, rows = under_way.popleft()
            request.wait()
            vectors[rows] = request.get_output_tensor().data

        with self._lock:
            try:
                for start in range(0, len(filled), _REQUEST):
                    if len(under_way) == len(self._requests):
                        finish()
                    request, rows = next(requests), slice(start, start + _REQUEST)
                    under_way.append((request, rows))
                    request.start_async([filled[rows]])
                while under_way:
                    finish()
            finally:  # of an interrupted call: the next one needs its requests
                for request, _ in under_way:
                    request.wait()
        return vectors[: len(batch)]
