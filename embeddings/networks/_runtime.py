"""The choice of how a network runs."""

from __future__ import annotations

from ._known_output import checked
from ._network import Network, Runner, Runtime, check_runtime


def load_network(network: Network, runtime: Runtime) -> Runner:
    """Make a network ready to run; where both runtimes can run it, they agree within 1e-4.

    Its vector of a known picture is compared with the stored one: settings of another project's Keras, a package of
    another version or a processor's short cuts would change vectors without a word.

    Raises:
        FacebenchError: the vector is another one, or the network cannot be made or is not for this runtime.
    """
    check_runtime(runtime, network)
    if runtime == "openvino":
        from ._openvino import OpenVINORunner

        return checked(network, OpenVINORunner(network))
    from ._tensorflow import TensorFlowRunner

    return checked(network, TensorFlowRunner(network))
