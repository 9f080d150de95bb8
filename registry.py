"""Extractors and heads by name: built-ins and plug-ins come through the same entry points, imported on use."""

import ast
import difflib
import inspect
import re
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from importlib import metadata
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any, Generic, TypeVar

from .errors import FacebenchError, printable

T = TypeVar("T")

#: Names that are suggested together at most.
_FEW = 3

#: A path in a call string: first without a name, or under its own.
_PATH = re.compile(r"""(^\s*[\w.]+\(\s*|\bpath\s*=\s*)('[^']*'|"[^"]*")""")


@dataclass(frozen=True)
class Entry:
    """One registered name: where it comes from, and the reason when it cannot be loaded."""

    name: str
    origin: str  # distribution and version that registered it
    factory: Callable[..., Any] | None
    reason: str = ""  # why factory is None


class Registry(Generic[T]):
    """Names of one kind of component, found in the entry-point group `group`.

    A name takes parameters as a call string: `svm(C=10)`. Only literals are accepted, nothing is evaluated.

    >>> parse_call("svm(C=10, kernel='rbf')")
    ('svm', {'C': 10, 'kernel': 'rbf'})
    """

    def __init__(self, kind: str, group: str) -> None:
        self.kind = kind
        self.group = group

    def __contains__(self, name: str) -> bool:
        return name in self._points()

    def names(self) -> list[str]:
        """All registered names, sorted, whether or not they load."""
        return sorted(self._points())

    def entries(self) -> list[Entry]:
        """Load every name; one that fails to import is listed with its reason and harms no other."""
        return [_load(name, point) for name, point in sorted(self._points().items())]

    def entry(self, name: str) -> Entry:
        """Return the entry of one name.

        Raises:
            FacebenchError: the name is unknown (the nearest one is suggested) or fails to import.
        """
        points = self._points()
        if name not in points:
            raise FacebenchError(f"No {self.kind} is named '{name}'. {suggestion(name, list(points))}")
        entry = _load(name, points[name])
        if entry.factory is None:
            raise FacebenchError(
                f"The {self.kind} '{name}' of {entry.origin} cannot be loaded: {entry.reason}. "
                "Update or uninstall that package."
            )
        return entry

    def create(self, call: str, **defaults: object) -> T:
        """Make the component that a call string names; `defaults` it does not take are left out.

        Raises:
            FacebenchError: unknown name, malformed call, unknown parameter or refused value.
        """
        factory, arguments = self._resolve(call, defaults)
        try:
            component: T = factory(**arguments)
        except (TypeError, ValueError) as error:
            raise FacebenchError(f"The {self.kind} '{call}' cannot be made: {error}.") from error
        return component

    def parameters(self, call: str) -> dict[str, Any]:
        """Return every parameter of a call string, those that it leaves to their defaults included.

        Raises:
            FacebenchError: as `create`.
        """
        factory, arguments = self._resolve(call, {})
        bound = inspect.signature(factory).bind_partial(**arguments)
        bound.apply_defaults()
        return dict(bound.arguments)

    def _resolve(self, call: str, defaults: dict[str, object]) -> tuple[Callable[..., Any], dict[str, Any]]:
        """Return the factory that a call string names, and the arguments it gets."""
        name, arguments = parse_call(call)
        factory = self.entry(name).factory
        assert factory is not None  # noqa: S101 (entry() has raised otherwise)
        parameters = inspect.signature(factory).parameters
        unknown = sorted(set(arguments) - set(parameters))
        if unknown:
            raise FacebenchError(
                f"The {self.kind} '{name}' takes no parameter '{unknown[0]}'. "
                f"{suggestion(unknown[0], list(parameters))}"
            )
        return factory, {**{key: value for key, value in defaults.items() if key in parameters}, **arguments}

    def _points(self) -> dict[str, EntryPoint]:
        found = entry_points(group=self.group)
        origins = {id(point.dist): _origin(point) for point in {id(point.dist): point for point in found}.values()}
        points: dict[str, EntryPoint] = {}
        # Ours last: a plug-in cannot take a built-in's name.
        for point in sorted(found, key=lambda point: origins[id(point.dist)].startswith("facebench ")):
            points[point.name] = point
        return points


def entry_points(*, group: str) -> Sequence[EntryPoint]:
    """Return the entry points of a group; every package is looked at again only where one came or went."""
    return _entry_points(group, tuple((place, _changed(place)) for place in sys.path))


@lru_cache(maxsize=8)
def _entry_points(group: str, places: tuple[tuple[str, int], ...]) -> Sequence[EntryPoint]:  # noqa: ARG001
    return tuple(metadata.entry_points(group=group))


def _changed(place: str) -> int:
    """Return when something was put into a folder of packages or taken out; 0 if there is none."""
    try:
        return Path(place).stat().st_mtime_ns
    except (OSError, ValueError):
        return 0


def parse_call(call: str) -> tuple[str, dict[str, Any]]:
    """Split `name(key=literal, ...)` into its name, which may be dotted, and its parameters.

    One string may stand first without a name: it is the parameter `path`. Backslashes in a path are its own, as on
    Windows, and not the beginning of escapes. Several are the parameter `parts`.

    Raises:
        FacebenchError: anything but a name, or a name with literal keyword parameters.

    >>> parse_call("mlp(hidden=(64, 128), batch_norm=True)")
    ('mlp', {'hidden': (64, 128), 'batch_norm': True})
    >>> parse_call("sklearn.svm.LinearSVC")
    ('sklearn.svm.LinearSVC', {})
    >>> parse_call("onnx('~/net.onnx', order='rgb')")
    ('onnx', {'path': '~/net.onnx', 'order': 'rgb'})
    >>> parse_call("fusion('sface', 'face_recognition')")
    ('fusion', {'parts': ('sface', 'face_recognition')})
    """
    complaint = f"'{call}' is not a name or a call such as svm(C=10)."
    try:
        source = _PATH.sub(lambda found: found[1] + found[2].replace("\\", "\\\\"), call.strip())
        node = ast.parse(source, mode="eval").body
        if name := _dotted(node):
            return name, {}
        if isinstance(node, ast.Call) and (name := _dotted(node.func)):
            given: list[tuple[str | None, Any]] = _unnamed([_string(argument) for argument in node.args])
            given += [(keyword.arg, ast.literal_eval(keyword.value)) for keyword in node.keywords]
            named = {key: value for key, value in given if key is not None}
            if len(named) == len(given):  # neither **pairs nor a name twice
                return name, named
    except (SyntaxError, ValueError, TypeError, MemoryError, RecursionError) as error:  # TypeError: {[]: 1}
        raise FacebenchError(complaint) from error
    raise FacebenchError(complaint)


def with_path(call: str, path: str) -> str:
    """Return a call string with another path; nothing is opened.

    Raises:
        FacebenchError: the call is malformed, or no call string can hold the path.

    >>> with_path("onnx('net.onnx', order='rgb')", "/home/anna/net.onnx")
    "onnx('/home/anna/net.onnx', order='rgb')"
    """
    name, given = parse_call(call)
    quote = '"' if "'" in path else "'"
    others = [f"{key}={value!r}" for key, value in given.items() if key != "path"]
    changed = f"{name}({', '.join([quote + path + quote, *others])})"
    if quote in path or parse_call(changed) != (name, {**given, "path": path}):
        raise FacebenchError(f"{printable(path)} cannot be written in a call: rename it.")
    return changed


def _unnamed(strings: list[str]) -> list[tuple[str | None, Any]]:
    """Return the parameters that strings without a name are."""
    return [("parts", tuple(strings))] if len(strings) > 1 else [("path", string) for string in strings]


def _string(node: ast.expr) -> str:
    """Return the string that a node is.

    Raises:
        ValueError: it is something else.
    """
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    raise ValueError("not a string")


def _dotted(node: ast.expr) -> str:
    """Return the name `a.b.c` that a node is, or ""."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.insert(0, node.attr)
        node = node.value
    return ".".join([node.id, *parts]) if isinstance(node, ast.Name) else ""


def suggestion(name: str, known: Sequence[str]) -> str:
    """Return 'Did you mean ...?' with the nearest of the known names, else what there is.

    >>> suggestion("mobilnet", ["mobilenet", "face_recognition"])
    "Did you mean 'mobilenet'?"
    >>> suggestion("tar", ["tar10", "tar1", "auc"])
    "Did you mean 'tar10' or 'tar1'?"
    """
    if near := nearest(name, known):
        return f"Did you mean {' or '.join(map(repr, near))}?"
    shown = sorted(known)[:20]
    return f"There is: {', '.join(shown) or 'none'}{', ...' if len(known) > len(shown) else ''}."


def nearest(name: str, known: Sequence[str]) -> list[str]:
    """Return what has a name in another case, or begins with it if that is not much, or is written nearly so.

    >>> nearest("acc", ["auc", "accuracy"]), nearest("acu", ["auc", "accuracy"]), nearest("zzz", ["auc"])
    (['accuracy'], ['auc'], [])
    """
    lower, spelled = name.casefold(), {other.casefold(): other for other in known}
    if lower in spelled:
        return [spelled[lower]]
    begun = [other for key, other in spelled.items() if name and key.startswith(lower)]
    return (
        begun if 1 <= len(begun) <= _FEW else [spelled[key] for key in difflib.get_close_matches(lower, spelled, n=1)]
    )


def _load(name: str, point: EntryPoint) -> Entry:
    try:
        factory = point.load()
        if callable(factory):
            return Entry(name, _origin(point), factory)
        return Entry(name, _origin(point), None, f"{point.value} cannot be called")
    except (Exception, SystemExit) as error:  # a plug-in's import may fail in any way whatever
        return Entry(name, _origin(point), None, f"{type(error).__name__}: {error}")


def _origin(point: EntryPoint) -> str:
    with suppress(Exception):  # the remains of a package that was not wholly uninstalled have no metadata
        if point.dist and point.dist.name:
            return f"{point.dist.name} {point.dist.version}"
    return "unknown"
