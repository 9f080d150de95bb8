"""Imports go one way and nothing in circles; every room is in the table and of a size that one can see.

What says so finds what is wrong in trees planted for it.
"""

import importlib
from collections.abc import Callable
from pathlib import Path

import pytest

from .architecture import (
    MAY_IMPORT,
    ROOT,
    bare_imports,
    circles,
    crowded,
    imports_of,
    modules_of,
    packages_of,
    upward_imports,
)


@pytest.fixture
def plant(tmp_path: Path) -> Callable[[dict[str, str]], Path]:
    """Return a function from the texts of files to the root of a tree in which every folder is a package."""

    def plant(texts: dict[str, str]) -> Path:
        for name, text in texts.items():
            file = tmp_path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
            for folder in (file.parent, *file.parent.relative_to(tmp_path).parents):
                (tmp_path / folder / "__init__.py").touch()
        return tmp_path

    return plant


def test_imports_go_one_way() -> None:
    assert len(list(imports_of(ROOT))) > 1000
    assert upward_imports(ROOT) == []


def test_every_room_is_in_the_table() -> None:
    assert set(packages_of(ROOT)) - {""} <= set(MAY_IMPORT)


@pytest.mark.parametrize(
    ("file", "text", "imported"),
    [
        ("data/a/b/c/_deep.py", "from .....embeddings._cache import place", "embeddings._cache"),
        ("data/a/b/c/_deep.py", "from ..... import embeddings", "embeddings"),
        ("data/a/b/c/__init__.py", "from ....._row import row\nfrom .....benchmarks import _row", "benchmarks._row"),
        ("data/_late.py", "def late():\n    from ..embeddings import _cache", "embeddings._cache"),
        ("data/_typed.py", "if TYPE_CHECKING:\n    from ..embeddings import Card", "embeddings"),
        ("data/_whole.py", "import facebench.embeddings._cache", "embeddings._cache"),
        ("registry.py", "from .data import photo", "data"),
        ("registry.py", "from .embeddings import load_extractor", "embeddings"),
        ("data/_named.py", "from .. import run", ""),
        ("data/_command.py", "from ..cli import main", "cli"),
        ("benchmarks/results/_runs.py", "from ..statistics._metrics import measure", "benchmarks.statistics._metrics"),
        ("benchmarks/speed/_rounds.py", "from ..statistics._metrics import measure", "benchmarks.statistics._metrics"),
        ("embeddings/networks/_graph.py", "from ..store import Store", "embeddings.store"),
    ],
)
def test_an_upward_import_is_found(file: str, text: str, imported: str, plant: Callable[..., Path]) -> None:
    folders = ("classifiers", "embeddings/store", "benchmarks/statistics")
    around = {f"{folder}/_{name}.py": "" for folder in folders for name in ("cache", "metrics")}
    root = plant(
        around | {"embeddings/_cache.py": "", "benchmarks/_row.py": "", "cli.py": "", "_row.py": "", file: text}
    )
    module = file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    assert upward_imports(root) == [f"{module} imports {imported}"]


def test_downward_imports_are_allowed(plant: Callable[..., Path]) -> None:
    root = plant(
        {
            "data/a/b/c/_deep.py": "from .....errors import Wrong\nfrom ..... import files\nfrom ..._photo import a",
            "data/_photo.py": "from ..text import table\nfrom .a.b.c._deep import deep",
            "benchmarks/__init__.py": "from .results import Run\nfrom ._settings import Settings",
            "benchmarks/results/_runs.py": "from .._settings import Settings\nfrom ...embeddings.store import Identity",
            "cli.py": "from .commands import app",
            "files.py": "",
            "__init__.py": "from .embeddings import load_extractor",
        }
    )
    assert upward_imports(root) == []


def test_there_are_no_circles() -> None:
    assert circles(ROOT) == []


@pytest.mark.parametrize(
    ("texts", "circle"),
    [
        ({"a/_x.py": "from ._y import y", "a/_y.py": "def late():\n    from ._x import x"}, {"a._x", "a._y"}),
        ({"a/_x.py": "from . import _y", "a/_y.py": "if TYPE_CHECKING:\n    from ._x import x"}, {"a._x", "a._y"}),
        ({"a/__init__.py": "from ._x import x", "a/_x.py": "from . import late"}, {"a", "a._x"}),
        ({"a/__init__.py": "from ._x import x", "a/_x.py": "from ..b import y", "b/_y.py": "from ..a._z import z",
          "b/__init__.py": "from ._y import y", "a/_z.py": ""}, {"a", "a._x", "b", "b._y"}),
        ({"a/__init__.py": "from ._x import x", "a/_x.py": "from ._y import y", "a/_y.py": ""}, None),
    ],
    ids=["in a function", "for types", "by way of the package", "by way of two packages", "none"],
)  # fmt: skip
def test_a_circle_is_found(texts: dict[str, str], circle: set[str] | None, plant: Callable[..., Path]) -> None:
    assert circles(plant(texts)) == ([circle] if circle else [])


def test_nothing_is_imported_by_its_bare_name() -> None:
    assert bare_imports(ROOT, [*modules_of(ROOT).values(), *(ROOT / "tests").rglob("*.py")]) == []


@pytest.mark.parametrize(
    "text", ["import data", "import data._photo as photo", "def late():\n    from data import Photo"]
)
def test_a_bare_import_is_found(text: str, plant: Callable[..., Path]) -> None:
    root = plant({"data/_photo.py": "", "embeddings/_x.py": text})
    assert len(bare_imports(root, modules_of(root).values())) == 1


def test_a_crowded_room_is_found(plant: Callable[..., Path]) -> None:
    rooms = {"benchmarks/results": 12, "checks/photos": 13, "data": 12, "reports": 20}
    root = plant({f"{room}/_{number}.py": "" for room, count in rooms.items() for number in range(count)})
    assert crowded(root) == ["checks.photos: 13 modules"]


def test_no_room_is_crowded() -> None:
    assert crowded(ROOT) == []


def test_the_modules_of_the_experiment_lie_in_rooms() -> None:
    assert {file.name for file in (ROOT / "benchmarks").glob("*.py")} == {"__init__.py", "_settings.py"}


def test_the_experiment_has_few_public_names() -> None:
    assert len(importlib.import_module("facebench.benchmarks").__all__) <= 20
