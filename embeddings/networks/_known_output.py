"""A known output of each network: what shows that a graph computes what it should, whatever it was made with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...errors import FacebenchError
from ._network import Network, Runner

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Greatest error, as a share of the largest known component: runtimes differ by a tenth of it, weights in 16 bits by
#: more than twice as much.
TOLERANCE = 2e-4


def known_picture(side: int) -> NDArray[np.uint8]:
    """Return the picture whose vector is known, a batch of one, uint8 (1, side, side, 3): integers alone make it."""
    y, x = np.mgrid[:side, :side]
    return np.stack([x * y // 7, 3 * x + 5 * y, x * x // 11 + 2 * y], axis=-1).astype(np.uint8)[None]


def output_error(network: Network, run: Runner) -> float:
    """Return the greatest error of the known components, as a share of the largest; 0 where none is known."""
    if not network.known:
        return 0.0
    known = np.array(network.known)
    found = run(known_picture(network.side))[0, : len(known)]
    error = float(np.abs(found - known).max() / np.abs(known).max())
    return error if np.isfinite(error) else float("inf")


def checked(network: Network, run: Runner) -> Runner:
    """Return a network made ready, whose output is right.

    Raises:
        FacebenchError: it is not.
    """
    error = output_error(network, run)
    if error > TOLERANCE:
        raise FacebenchError(
            f"The network {network.name} computes other values than it should here (a known vector is off by "
            f"{error:.2%}): install facebench again in an environment of its own, and see bench doctor."
        )
    return run
