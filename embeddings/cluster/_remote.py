"""The half of a cluster run that happens on its workers."""

from __future__ import annotations

import threading
from functools import cache
from typing import Any

from ...data import DECODER, Photo
from ...errors import FacebenchError
from .._extractor import Extractor
from .._outcome import Outcome

_one_at_a_time = threading.Lock()


def embed_remotely(call: str, defaults: dict[str, Any], identity: str, payloads: list[Any]) -> list[Outcome]:
    """Return the outcomes of photos, given as files' bytes or arrays; a worker loads each extractor once.

    Raises:
        FacebenchError: the worker's extractor is not the one asked for.
    """
    with _one_at_a_time:  # an extractor uses all cores by itself
        extractor, own_identity = _extractor(call, tuple(sorted(defaults.items())))
        if own_identity != identity:
            raise FacebenchError(
                f"A worker of the cluster has another version of {call} or of its packages: install the same there."
            )
        return extractor.embed([Photo(payload) for payload in payloads])


def with_decoder(identity: str) -> str:
    """Return what an extractor's vectors depend on elsewhere: its identity's key, and the decoder of photos."""
    return f"{identity} {DECODER}"


@cache
def _extractor(call: str, defaults: tuple[tuple[str, Any], ...]) -> tuple[Extractor, str]:
    from .._identity import extractor_identity
    from .._registry import extractors

    extractor = extractors.create(call, **dict(defaults))
    return extractor, with_decoder(extractor_identity(extractors, call, extractor).key)
