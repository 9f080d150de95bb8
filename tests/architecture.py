"""Who imports whom in a source tree, who may, and what stands where; test_architecture.py asks."""

import ast
from collections.abc import Iterable, Iterator
from importlib.util import resolve_name
from pathlib import Path

from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

ROOT = Path(__file__).parents[1]
OUTSIDE = {"tests", "docs", "findings"}
ROOMY = {"benchmarks", "embeddings", "checks", "data"}

_PARTS = {"text", "data", "embeddings", "classifiers"}
_STUDY = _PARTS | {"benchmarks._settings", "benchmarks.results", "benchmarks.statistics"}

#: What each room may import besides its own modules, those of the root, and those beside it in a package it is part of.
#: A room that is not there yet does no harm; every one that is there has to be in the table.
MAY_IMPORT = {
    "text": set(),
    "data": {"text"},
    "data.decoding": {"text"},
    "data.degradation": {"text", "data.decoding"},
    "data.doubles": {"text"},
    "data.labels": {"text", "data.decoding"},
    "data.listing": {"text", "data.decoding", "data.labels"},
    "classifiers": set(),
    "classifiers.dense": set(),
    "classifiers.frozen": {"classifiers.dense"},
    "embeddings": {"text", "data"},
    "embeddings.networks": {"text", "data"},
    "embeddings.networks.onnx": {"text", "data"},
    "embeddings.faces": {"text", "data", "embeddings.faces.hog"},
    "embeddings.faces.hog": {"text", "data"},
    "embeddings.built_in": {"text", "data", "embeddings.networks", "embeddings.faces"},
    "embeddings.audits": {"text", "data", "embeddings.networks", "embeddings.faces", "embeddings.built_in"},
    "embeddings.store": {"text", "data", "embeddings.faces"},
    "embeddings.cluster": {"text", "data"},
    "embeddings.vector_files": {"text", "data"},
    "embeddings.extraction": {"text", "data", "embeddings"},
    "embeddings.inventory": {"text", "data", "embeddings"},
    "benchmarks": _PARTS,
    "benchmarks._settings": _PARTS,
    "benchmarks.results": _PARTS | {"benchmarks._settings"},
    "benchmarks.results.tables": _PARTS,
    "benchmarks.statistics": _PARTS | {"benchmarks._settings", "benchmarks.results"},
    "benchmarks.protocol": _STUDY | {"benchmarks.lookalikes"},
    "benchmarks.lookalikes": _PARTS | {"benchmarks.results"},
    "benchmarks.slices": _PARTS | {"benchmarks.results", "benchmarks.statistics"},
    "benchmarks.comparison": _STUDY | {"benchmarks.lookalikes"},
    "benchmarks.charts": _STUDY | {"benchmarks.comparison"},
    "benchmarks.verification": _STUDY,
    "benchmarks.gate": _STUDY | {"benchmarks.comparison"},
    "benchmarks.examples": _STUDY
    | {"benchmarks.lookalikes", "benchmarks.protocol", "benchmarks.comparison", "benchmarks.verification"},
    "benchmarks.notebook": _STUDY
    | {f"benchmarks.{room}" for room in ("protocol", "comparison", "charts", "examples", "slices")},
    "benchmarks.robustness": _STUDY | {"benchmarks.protocol", "benchmarks.examples"},
    "benchmarks.speed": _PARTS,
    "album": {"text", "data", "embeddings"},
    "bundles": _PARTS | {"album", "benchmarks"},
    "bundles.answers": {"text", "embeddings"},
    "checks": _PARTS | {"benchmarks"},
    "checks.photos": _PARTS | {"benchmarks"},
    "checks.doctor": _PARTS | {"benchmarks"},
    "checks.extractor": {"text", "data", "embeddings"},
    "reports": _PARTS | {"benchmarks"},
    "reports.charts": _PARTS | {"benchmarks"},
    "commands": _PARTS | {"album", "benchmarks", "bundles", "checks", "reports"},
    "commands.parts": _PARTS | {"album", "benchmarks", "bundles", "checks", "reports"},
    "cli": {"commands"},
    "facebench": {"benchmarks", "embeddings"},
}


def packages_of(root: Path, name: str = "") -> dict[str, Path]:
    """Return the folders of the package in a folder, whose name is "", and of all in it."""
    inside = [init.parent for init in sorted(root.glob("*/__init__.py")) if init.parent.name not in OUTSIDE]
    found = [packages_of(folder, f"{name}.{folder.name}".lstrip(".")) for folder in inside]
    return {name: root} | {name: folder for packages in found for name, folder in packages.items()}


def modules_of(root: Path) -> dict[str, Path]:
    """Return the files of all modules by name; a package's own name stands for its `__init__`."""
    return {
        f"{package}.{file.stem}".removesuffix("__init__").strip("."): file
        for package, folder in packages_of(root).items()
        for file in sorted(folder.glob("*.py"))
    }


def names_imported(file: Path, package: str) -> Iterator[str]:
    """Yield the absolute names that a file of a package imports, wherever in it the statements stand."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            source = resolve_name("." * node.level + (node.module or ""), package)
            yield from (f"{source}.{alias.name}" for alias in node.names)


def imports_of(root: Path) -> Iterator[tuple[str, str]]:
    """Yield (module, module it imports) for imports within the package."""
    modules = modules_of(root)
    for module, file in modules.items():
        package = module if file.name == "__init__.py" else module.rpartition(".")[0]
        for name in names_imported(file, f"facebench.{package}".rstrip(".")):
            if name.startswith("facebench."):
                imported = name.removeprefix("facebench.")
                yield module, imported if imported in modules else imported.rpartition(".")[0]


def parents_of(name: str) -> set[str]:
    """Return the packages that a module or room is in, the root included."""
    parts = name.split(".")
    return {".".join(parts[:end]) for end in range(len(parts))}


def room_of(module: str) -> str:
    """Return the innermost room of the table that a module is, or is in; "" is the root's modules.

    The package itself, the names that it offers, is a room above all others.
    """
    if module == "":
        return "facebench"
    return max({module, *parents_of(module)} & {"", *MAY_IMPORT}, key=len)


def upward_imports(root: Path) -> list[str]:
    """Return the imports that the table does not allow."""

    def allowed(here: str, there: str) -> bool:
        nested = here in parents_of(there) or there in parents_of(here) or here == there
        open_to_all = there == "" or (nested and here != "")
        return open_to_all or bool({there, *parents_of(there)} & MAY_IMPORT.get(here, set()))

    return sorted({f"{a} imports {b}" for a, b in imports_of(root) if not allowed(room_of(a), room_of(b))})


def circles(root: Path) -> list[set[str]]:
    """Return the groups of modules each of which needs all others.

    Whoever imports a module of another package needs that package's `__init__` as well: Python runs it first.
    """
    names = list(modules_of(root))
    edges = {
        (names.index(module), names.index(needed))
        for module, imported in imports_of(root)
        for needed in {imported, *parents_of(imported)} - parents_of(module) | {imported}
        if needed in names and needed != module
    }
    rows, columns = zip(*edges, strict=True)
    graph = coo_array(([1] * len(edges), (rows, columns)), shape=(len(names), len(names)))
    _, groups = connected_components(graph, directed=True, connection="strong")
    found = [{name for name, own in zip(names, groups, strict=True) if own == group} for group in set(groups)]
    return sorted((group for group in found if len(group) > 1), key=min)


def bare_imports(root: Path, files: Iterable[Path]) -> list[str]:
    """Return who imports a part of the package as if it were a package of its own."""
    parts = {name.split(".")[0] for name in modules_of(root)} - {""}
    named = [(file, name) for file in files for name in names_imported(file, "facebench.somewhere.deep.down")]
    return [f"{file.relative_to(root)} imports {name}" for file, name in named if name.split(".")[0] in parts]


def crowded(root: Path, most: int = 12) -> list[str]:
    """Return the rooms of some packages in which lie more modules than one can see at once."""
    rooms = {name: folder for name, folder in packages_of(root).items() if name.split(".")[0] in ROOMY}
    counts = {
        name: len(list(folder.glob("[!_]*.py")) + list(folder.glob("_[!_]*.py"))) for name, folder in rooms.items()
    }
    return [f"{name}: {count} modules" for name, count in counts.items() if count > most]
