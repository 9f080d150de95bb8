"""Runs a network with TensorFlow: the reference, and the way to a GPU."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...import_tensorflow import import_tensorflow
from ._network import Network

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class TensorFlowRunner:
    """The Keras model as one traced graph, float32, on the first GPU that TensorFlow sees, else on the CPU."""

    def __init__(self, network: Network) -> None:
        tf = import_tensorflow()
        model = network.build()
        # TF32 would keep 10 bits of each factor on newer GPUs.
        tf.config.experimental.enable_tensor_float_32_execution(False)
        signature = [tf.TensorSpec((None, network.side, network.side, 3), tf.uint8)]
        self._run = tf.function(lambda x: model(tf.cast(x, tf.float32), training=False), input_signature=signature)

    def __call__(self, batch: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the vectors (n, dimension) of a batch (n, side, side, 3)."""
        vectors: NDArray[np.float32] = self._run(batch).numpy()
        return vectors
