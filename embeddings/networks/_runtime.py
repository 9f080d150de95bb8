"""The choice of how a network runs."""

from __future__ import annotations

import sys

from ...errors import printable
from .._cache import cache_place
from ._graphs import forget_graph, graph_file
from ._known_output import TOLERANCE, checked, output_error
from ._network import Network, Runner, Runtime, check_runtime


def load_network(network: Network, runtime: Runtime) -> Runner:
    """Make a network ready to run; both runtimes agree within 1e-4.

    Its vector of a known picture is compared with the stored one: settings of another project's Keras, a package of
    another version or a processor's short cuts would change vectors without a word.

    Raises:
        FacebenchError: the vector is another one, or the network cannot be made.
    """
    check_runtime(runtime)
    if runtime == "openvino":
        return _on_openvino(network)
    from ._tensorflow import TensorFlowRunner

    return checked(network, TensorFlowRunner(network))


def is_right_on_openvino(network: Network) -> bool:
    """Return whether a network, converted before, computes its known vector; nothing is changed."""
    from ._openvino import OpenVINORunner

    try:
        return output_error(network, OpenVINORunner(network)) <= TOLERANCE
    except RuntimeError:  # OpenVINO cannot read it
        return False


def _on_openvino(network: Network) -> Runner:
    from ._openvino import OpenVINORunner

    runner = OpenVINORunner(network)
    error = output_error(network, runner)
    if error <= TOLERANCE:
        return runner
    # Older versions converted networks with whatever a keras.json said, and kept them under the same name.
    print(
        f"Warning: the converted network {printable(graph_file(cache_place(), network))} computed other values than "
        f"it should (off by {error:.2%}): it is made anew. Vectors that came of it may be stored: bench cache purge "
        "removes all, bench cache forget those of some photos.",
        file=sys.stderr,
    )
    forget_graph(network)
    return checked(network, OpenVINORunner(network))
