"""One thing that was checked, and the diagnosis of all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ...errors import FacebenchError

State = Literal["ok", "missing", "fault"]


@dataclass(frozen=True)
class Item:
    """One thing that was checked.

    Attributes:
        area: what it belongs to, such as "packages".
        name: of the thing.
        state: "ok", "missing" or "fault".
        detail: what was found.
        advice: what to do; "" if there is nothing to do.
        needed: whether a run with default options needs it.
    """

    area: str
    name: str
    state: State
    detail: str = ""
    advice: str = ""
    needed: bool = True


@dataclass(frozen=True)
class Diagnosis:
    """Everything that was checked."""

    items: list[Item]

    @property
    def sound(self) -> bool:
        """Whether everything is there that a run with default options needs."""
        return not any(item.needed and item.state != "ok" for item in self.items)


def told(error: BaseException) -> tuple[str, str]:
    """Return what an error says and what to do, for an item."""
    if isinstance(error, FacebenchError):  # its message says what to do
        return str(error), ""
    return f"{type(error).__name__}: {error}", "Install facebench again"
