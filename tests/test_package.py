"""The package as it is installed: what the wheel holds, what is loaded when, and that docstring examples run."""

import doctest
import importlib
import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from facebench.embeddings.faces.hog._ready import ready_search

from .architecture import OUTSIDE, ROOT, modules_of, packages_of

PACKAGES = sorted(name for name in packages_of(ROOT) if name and "." not in name)
HEAVY = ("tensorflow", "keras", "openvino", "dlib", "sklearn", "scipy", "pyarrow", "pandas", "matplotlib", "jinja2")


def run(*command: str, **options: object) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    assert done.returncode == 0, done.stderr
    return done.stdout


def modules_left_out(source: Path, wheel: Path) -> list[str]:
    """Return the modules of a source tree that its wheel lacks."""
    modules = {file.relative_to(source) for file in source.rglob("*.py")}
    meant = {f"facebench/{file.as_posix()}" for file in modules if file.parts[0] not in {"build", *OUTSIDE}}
    return sorted(meant - set(zipfile.ZipFile(wheel).namelist()))


def built(source: Path) -> Path:
    """Build the wheel of a source tree beside it."""
    run(sys.executable, "-m", "uv", "build", "--quiet", "--wheel", "--out-dir", str(source.parent), str(source))
    return next(source.parent.glob("*.whl"))


@pytest.fixture(scope="module")
def source(tmp_path_factory) -> Path:
    """A copy of the source tree, as a build leaves its litter beside it."""
    litter = shutil.ignore_patterns(".*", "runs", "build", "*.egg-info", "__pycache__")
    return shutil.copytree(ROOT, tmp_path_factory.mktemp("wheel") / "source", ignore=litter)


@pytest.fixture(scope="module")
def wheel(source) -> Path:
    return built(source)


def test_the_wheel_holds_every_room(source, wheel):
    assert modules_left_out(source, wheel) == []


def test_every_room_is_declared():
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    assert sorted(declared) == sorted(f"facebench.{name}".rstrip(".") for name in packages_of(ROOT))


def test_a_room_that_the_wheel_lacks_is_found(source, tmp_path):
    planted = shutil.copytree(source, tmp_path / "source", ignore=shutil.ignore_patterns("tests", "docs", "build"))
    room = planted / "data" / "room"
    room.mkdir()
    (room / "__init__.py").touch()
    (room / "_photo.py").touch()
    lacking = [f"facebench/data/room/{name}.py" for name in ("__init__", "_photo")]
    assert modules_left_out(planted, built(planted)) == lacking


def test_the_wheel_holds_the_package_and_nothing_else(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    assert tops == {"facebench", wheel.name.split("-py3")[0] + ".dist-info"}
    assert "facebench/py.typed" in names
    parts = ("report.css", "report.html.j2", "report.js", "comparison.html.j2", "macros.html.j2")
    assert {f"facebench/reports/{part}" for part in parts} <= set(names)
    assert not [name for name in names if "/test" in name]


def test_the_wheel_works_in_an_empty_environment(wheel, tmp_path):
    run(sys.executable, "-m", "uv", "venv", "--quiet", "--python", sys.executable, str(tmp_path / "empty"))
    programs = tmp_path / "empty" / ("Scripts" if os.name == "nt" else "bin")
    python = str(programs / "python")
    install = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", python, str(wheel)]
    # From uv's cache, where this environment's packages mostly are: asking for newer ones takes a quarter of a minute.
    if subprocess.run([*install, "--offline"], capture_output=True, check=False).returncode:
        run(*install)
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


def test_no_module_of_this_test_run_has_a_bare_name():
    for name in (*PACKAGES, "cli", "registry"):
        assert not getattr(sys.modules.get(name), "__file__", None) or not Path(
            sys.modules[name].__file__
        ).is_relative_to(ROOT)


@pytest.mark.parametrize("part", sorted({name.split(".")[0] for name in modules_of(ROOT)}))
def test_examples_in_docstrings_run(part):
    if part == "embeddings":
        ready_search()  # its compiled functions can be imported from here on
    names = [f"facebench.{name}".rstrip(".") for name in modules_of(ROOT) if name.split(".")[0] == part]
    assert [name for name in names if doctest.testmod(importlib.import_module(name)).failed] == []


def test_public_names_exist_and_have_docstrings():
    packages = [importlib.import_module(f"facebench.{name}") for name in packages_of(ROOT) if name]
    public = {f"{p.__name__}.{name}": getattr(p, name) for p in packages for name in getattr(p, "__all__", [])}
    assert len(public) > 100
    explained = {name: value for name, value in public.items() if callable(value) and hasattr(value, "__module__")}
    assert [name for name, value in explained.items() if not hasattr(value, "__origin__") and not value.__doc__] == []
