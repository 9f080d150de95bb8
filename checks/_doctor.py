"""`bench doctor`: is everything there that a run needs, and is it sound? Each probe bears whatever its subject raises.

Nothing but the standard library is imported before a probe needs it: where a library is broken, the doctor comes up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from ..errors import FacebenchError

State = Literal["ok", "missing", "fault"]


@dataclass(frozen=True)
class Item:
    """One thing that was looked at.

    Attributes:
        area: what it belongs to, such as "packages".
        name: of the thing.
        state: "ok", "missing" or "fault".
        detail: what was found.
        advice: what to do; "" where nothing need be done.
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
    """All that was looked at."""

    items: list[Item]

    @property
    def sound(self) -> bool:
        """Whether everything is there that a run with default options needs."""
        return not any(item.needed and item.state != "ok" for item in self.items)


#: Looks at some things of one area.
Probe = Callable[[], Iterable[Item]]


def diagnose() -> Diagnosis:
    """Look at the installation: packages, carried files, runtime, cache, extras and plug-ins; change nothing.

    >>> {item.state for item in diagnose().items} <= {"ok", "missing", "fault"}
    True
    """
    from . import _probe_cache, _probe_files, _probe_packages, _probe_plugins, _probe_runtime

    probes: list[tuple[str, Probe]] = [
        ("Python", _probe_packages.python),
        ("packages", _probe_packages.packages),
        ("carried files", _probe_files.carried_files),
        ("runtime", _probe_runtime.runtime),
        ("networks", _probe_runtime.graphs),
        ("cache", _probe_cache.directory),
        ("store of vectors", _probe_cache.store),
        ("disk", _probe_cache.disk),
        ("plug-ins", _probe_plugins.plugins),
        ("extras", _probe_packages.extras),
    ]
    return Diagnosis([item for area, probe in probes for item in _borne(area, probe)])


def _borne(area: str, probe: Probe) -> list[Item]:
    """Return what a probe yields; what its subject raises is a fault after that."""
    items: list[Item] = []
    try:
        items.extend(probe())
    except (Exception, SystemExit) as error:
        items.append(Item(area, area, "fault", *told(error)))
    return items


def told(error: BaseException) -> tuple[str, str]:
    """Return what an error says and what to do, for an item."""
    if isinstance(error, FacebenchError):  # its message says what to do
        return str(error), ""
    return f"{type(error).__name__}: {error}", "Install facebench again"
