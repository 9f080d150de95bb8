"""What runs the networks, and whether they are converted for it already."""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib import metadata
from importlib.util import find_spec

from ._item import Item


def runtime() -> Iterator[Item]:
    """Tell which runtime will be used, and on what."""
    from ...import_openvino import import_openvino

    device = import_openvino().Core().get_property("CPU", "FULL_DEVICE_NAME")
    cores = os.cpu_count() or 1
    detail = f"{metadata.version('openvino')} on {device.strip()}, {cores} {'core' if cores == 1 else 'cores'}"
    yield Item("runtime", "OpenVINO", "ok", detail)


def graphs() -> Iterator[Item]:
    """Tell whether networks are converted, with the right output: the first run converts, with TensorFlow."""
    from ...embeddings.inventory import graph_states

    tensorflow = find_spec("tensorflow") is not None
    for name, state in graph_states().items():
        if state == "whole":
            yield Item("networks", name, "ok", "converted, a known output is right")
        elif not tensorflow:
            yield Item("networks", name, "missing", "not converted, and TensorFlow is not there", "Install tensorflow")
        elif state == "absent":
            yield Item("networks", name, "ok", "not converted yet: the first run takes half a minute longer")
        elif state == "wrong":
            what = "converted, but a known output is wrong: the next run converts it again"
            advice = "Vectors that came of it may be stored: bench cache purge"
            yield Item("networks", name, "fault", what, advice)
        else:
            yield Item("networks", name, "ok", "converted, but damaged: the next run converts it again")
