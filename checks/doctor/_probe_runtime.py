"""What runs the networks, and whether they compute what they should."""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib import metadata

from ...errors import FacebenchError
from ._item import Item, told


def runtime() -> Iterator[Item]:
    """Tell which runtime will be used, and on what."""
    from ...import_openvino import import_openvino

    device = import_openvino().Core().get_property("CPU", "FULL_DEVICE_NAME")
    cores = os.cpu_count() or 1
    detail = f"{metadata.version('openvino')} on {device.strip()}, {cores} {'core' if cores == 1 else 'cores'}"
    yield Item("runtime", "OpenVINO", "ok", detail)


def networks() -> Iterator[Item]:
    """Tell whether each network of a default run computes a known output."""
    from ...embeddings.built_in import FaceRecognition, MobileNet
    from ...embeddings.networks import load_network

    for network in (MobileNet.network, FaceRecognition.network):
        try:
            load_network(network, "openvino")
        except FacebenchError as error:
            yield Item("networks", network.name, "fault", *told(error))
        else:
            yield Item("networks", network.name, "ok", "a known output is right")
