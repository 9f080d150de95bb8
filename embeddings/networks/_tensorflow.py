"""Runs a network with TensorFlow: the reference, and the way to a GPU."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...import_tensorflow import default_keras, import_tensorflow
from ._network import Network

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class TensorFlowRunner:
    """The Keras model as one traced graph, float32, on the first GPU that TensorFlow sees, else on the CPU."""

    def __init__(self, network: Network) -> None:
        assert network.build is not None  # noqa: S101 (load_network has refused it)
        tf = import_tensorflow()
        self._constant = tf.constant
        model = network.build()
        # TF32 would keep 10 bits of each factor on newer GPUs.
        tf.config.experimental.enable_tensor_float_32_execution(False)
        signature = tf.TensorSpec((None, network.side, network.side, 3), tf.uint8)
        run = tf.function(lambda x: model(tf.cast(x, tf.float32), training=False))
        with default_keras():
            self._run = run.get_concrete_function(signature)

    def __call__(self, batch: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the vectors (n, dimension) of a batch (n, side, side, 3)."""
        vectors: NDArray[np.float32] = self._run(self._constant(batch)).numpy()
        return vectors
