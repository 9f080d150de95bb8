"""The package as it is installed: what the wheel holds, what imports what, and that docstring examples run."""

import ast
import doctest
import importlib
import os
import pkgutil
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import facebench
import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("benchmarks", "bundles", "checks", "classifiers", "commands", "data", "embeddings", "reports")
SOURCES = [*ROOT.glob("*.py")] + [path for name in PACKAGES for path in (ROOT / name).glob("*.py")]
HEAVY = ("tensorflow", "keras", "openvino", "dlib", "sklearn", "scipy", "pyarrow", "jinja2")

#: Which parts of the package each part may import; the root modules errors and registry are open to all.
MAY_IMPORT = {
    "data": set(),
    "classifiers": set(),
    "embeddings": {"data"},
    "benchmarks": {"data", "classifiers", "embeddings"},
    "bundles": {"data", "classifiers", "embeddings", "benchmarks"},
    "checks": {"data", "classifiers", "embeddings", "benchmarks"},
    "reports": {"data", "classifiers", "embeddings", "benchmarks"},
    "commands": {"data", "classifiers", "embeddings", "benchmarks", "bundles", "checks", "reports"},
}


def run(*command: str, **options: object) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    target = tmp_path_factory.mktemp("wheel")
    source = target / "source"
    shutil.copytree(ROOT, source, ignore=shutil.ignore_patterns(".*", "runs", "build", "*.egg-info", "__pycache__"))
    run(sys.executable, "-m", "uv", "build", "--quiet", "--wheel", "--out-dir", str(target), str(source))
    return next(target.glob("*.whl"))


def test_the_wheel_holds_the_package_and_nothing_else(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    assert tops == {"facebench", wheel.name.split("-py3")[0] + ".dist-info"}
    assert "facebench/py.typed" in names
    assert {f"facebench/reports/report.{ending}" for ending in ("css", "html.j2", "js")} <= set(names)
    assert not [name for name in names if "test" in name]


def test_the_wheel_works_in_an_empty_environment(wheel, tmp_path):
    run(sys.executable, "-m", "uv", "venv", "--quiet", "--python", sys.executable, str(tmp_path / "empty"))
    programs = tmp_path / "empty" / ("Scripts" if os.name == "nt" else "bin")
    python = str(programs / "python")
    run(sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", python, str(wheel))
    assert "bench run" in run(str(programs / "bench"), "--help", cwd=tmp_path)
    loaded = run(
        python,
        "-c",
        "import sys, facebench.benchmarks, facebench.cli; print(*(set(sys.modules) & {'embeddings', 'data', 'cli'}))",
        cwd=tmp_path,
    )
    assert loaded.strip() == ""


def test_help_imports_no_heavy_library():
    code = """
import atexit, sys
from facebench.cli import main
atexit.register(lambda: print("loaded:", *sys.modules))
sys.argv = ["bench", "--help"]
main()
"""
    shown, loaded = run(sys.executable, "-c", code).split("loaded:")
    assert "run " in shown
    assert "typer" in loaded.split()
    assert not set(HEAVY) & set(loaded.split())


def test_importing_the_public_packages_loads_no_heavy_library():
    imports = ", ".join(f"facebench.{name}" for name in PACKAGES if name != "commands")
    loaded = run(sys.executable, "-c", f"import sys, {imports}\nprint(*sys.modules)").split()
    assert not set(HEAVY) & set(loaded)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_one_way(path):
    part = path.parent.name if path.parent != ROOT else path.stem
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.level == (2 if path.parent != ROOT else 1):
            imported = (node.module or "").split(".")[0]
            assert imported != "cli", "nothing imports cli"
            if part in MAY_IMPORT and imported in PACKAGES:
                assert imported in MAY_IMPORT[part]


@pytest.mark.parametrize("path", [*SOURCES, *(ROOT / "tests").rglob("*.py")], ids=lambda p: str(p.relative_to(ROOT)))
def test_nothing_is_imported_by_its_bare_name(path):
    for node in ast.walk(ast.parse(path.read_text())):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) and node.level == 0 else []
        assert not {name.split(".")[0] for name in names} & {
            *PACKAGES,
            "cli",
            "errors",
            "import_openvino",
            "registry",
            "import_tensorflow",
        }


def test_no_module_of_this_test_run_has_a_bare_name():
    for name in (*PACKAGES, "cli", "registry"):
        assert not getattr(sys.modules.get(name), "__file__", None) or not Path(
            sys.modules[name].__file__
        ).is_relative_to(ROOT)


MODULES = [
    facebench.__name__,
    *(info.name for info in pkgutil.walk_packages(facebench.__path__, "facebench.") if "test" not in info.name),
]


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings_run(name):
    results = doctest.testmod(importlib.import_module(name))
    assert results.failed == 0


@pytest.mark.parametrize("package", [name for name in PACKAGES if name != "commands"])
def test_public_names_exist_and_have_docstrings(package):
    module = importlib.import_module(f"facebench.{package}")
    for name in module.__all__:
        value = getattr(module, name)
        if callable(value) and not hasattr(value, "__origin__") and hasattr(value, "__module__"):
            assert value.__doc__, name
