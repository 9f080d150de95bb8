"""OpenVINO, imported on use and without its telemetry."""

import sys
from functools import cache
from typing import Any


@cache
def import_openvino() -> Any:
    """Return the module `openvino`, its telemetry left out.

    `import openvino` alone would send an event over the network; without the package `openvino_telemetry` it takes a
    stub that sends nothing.
    """
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
