"""OpenVINO, imported on use and without its telemetry."""

import sys
import threading
from functools import cache
from typing import Any

import numpy as np

_importing = threading.Lock()


@cache
def import_openvino() -> Any:
    """Return the module `openvino`, its telemetry left out.

    `import openvino` alone would send an event over the network; without the package `openvino_telemetry` it takes a
    stub that sends nothing.
    """
    with _importing:
        openvino = _imported()
        # Where two threads look at the numbers of their first tensors at once, each waits for the other for ever
        # (2026.4.1): one prepares the type of all such arrays, and meanwhile lets the other have Python's lock.
        openvino.Tensor(np.zeros(1, np.float32)).data  # noqa: B018
    return openvino


def _imported() -> Any:
    absent = object()
    before = sys.modules.get("openvino_telemetry", absent)
    sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]  # importing it fails
    try:
        import openvino
    finally:
        if before is absent:
            del sys.modules["openvino_telemetry"]
        else:
            sys.modules["openvino_telemetry"] = before  # type: ignore[assignment]
    return openvino
