"""`bench doctor`: whether everything that a run needs is there and sound. A probe survives whatever its subject raises.

Nothing but the standard library is imported before a probe needs it: where a library is broken, the doctor comes up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from . import _probe_cache, _probe_files, _probe_packages, _probe_plugins, _probe_runtime
from ._item import Diagnosis, Item, told

#: Checks some things of one area.
Probe = Callable[[], Iterable[Item]]


def diagnose() -> Diagnosis:
    """Check the installation: packages, bundled files, runtime, cache, extras and plug-ins; change nothing.

    >>> {item.state for item in diagnose().items} <= {"ok", "missing", "fault"}
    True
    """
    probes: list[tuple[str, Probe]] = [
        ("Python", _probe_packages.python),
        ("packages", _probe_packages.packages),
        ("carried files", _probe_files.carried_files),
        ("runtime", _probe_runtime.runtime),
        ("networks", _probe_runtime.networks),
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
