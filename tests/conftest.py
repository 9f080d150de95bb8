"""What several tests need: photos, extractors loaded once, the reference library, the example plug-in."""

import importlib.util
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import sklearn.datasets
from facebench.data import orl_faces
from facebench.embeddings import Extractor, extractors
from PIL import Image

LIBRARY = """
import sys
import face_recognition
import numpy as np

with np.load(sys.argv[1]) as photos:
    found = {name: np.array(face_recognition.face_encodings(photos[name])) for name in photos}
np.savez(sys.argv[2], **found)
"""


@pytest.fixture(scope="session", autouse=True)
def session_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Keep the user's cache out of it; subprocesses inherit this one, so each network is converted once."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("cache")
        patch.setenv("FACEBENCH_CACHE", str(folder))
        yield folder


@pytest.fixture(scope="session")
def orl() -> list[Path]:
    """Ten photos each of s1 to s40; HOG finds one face in the first of every ten."""
    items = {item.name: item.path for item in orl_faces().items}
    return [items[f"s{person}/{photo}.pgm"] for person in range(1, 41) for photo in range(1, 11)]


@pytest.fixture(scope="session")
def scenes() -> dict[str, Path]:
    """Colour photos without a face: "china" (a palace) and "flower" (a daisy's kin)."""
    images = Path(sklearn.datasets.__file__).parent / "images"
    return {name: images / f"{name}.jpg" for name in ("china", "flower")}


@pytest.fixture(scope="session")
def compose() -> Callable[..., np.ndarray]:
    """Return a function that pastes photos, each (path, (x, y), factor), on grey: uint8 (height, width, 3)."""

    def compose(size: tuple[int, int], *placed: tuple[Path, tuple[int, int], float]) -> np.ndarray:
        canvas = Image.new("RGB", size, "grey")
        for path, corner, factor in placed:
            photo = Image.open(path)
            side = round(photo.width * factor), round(photo.height * factor)
            canvas.paste(photo.resize(side, Image.Resampling.BICUBIC), corner)
        return np.array(canvas)

    return compose


@pytest.fixture(scope="session")
def extractor_named() -> Callable[[str], Extractor]:
    """Return a function from a call string to its extractor; networks are loaded once per session."""
    return cache(extractors.create)


@pytest.fixture(scope="session")
def library_vectors(tmp_path_factory: pytest.TempPathFactory) -> Callable[[list[np.ndarray]], list[np.ndarray]]:
    """Return a function from photos to what the library face_recognition says: (faces, 128) for each photo.

    The library runs in a process of its own: importing it changes how Pillow decodes.
    """
    if importlib.util.find_spec("face_recognition") is None:
        pytest.skip("the reference library is not installed (facebench[reference])")

    def vectors(photos: list[np.ndarray]) -> list[np.ndarray]:
        folder = tmp_path_factory.mktemp("library")
        names = [str(position) for position in range(len(photos))]
        np.savez(folder / "photos.npz", **dict(zip(names, photos, strict=True)))
        command = [sys.executable, "-c", LIBRARY, "photos.npz", "vectors.npz"]
        subprocess.run(command, cwd=folder, check=True)
        with np.load(folder / "vectors.npz") as found:
            return [found[name] for name in names]

    return vectors


@pytest.fixture(scope="session")
def plugin_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the example plug-in is installed, as a stranger's package would be."""
    folder = tmp_path_factory.mktemp("plugin")
    # A build leaves its litter beside the source.
    source = shutil.copytree(Path(__file__).parent / "example_plugin", folder / "source")
    uv = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--offline", "--python", sys.executable]
    options = ["--no-deps", "--no-build-isolation", "--target", str(folder / "installed")]
    subprocess.run([*uv, *options, str(source)], check=True)
    return folder / "installed"


@pytest.fixture(scope="module")
def plugin(plugin_folder: Path) -> Iterator[Path]:
    """Make the extractor `thumbnail` of the example plug-in available to a module's tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(plugin_folder)
        yield plugin_folder


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Return a function that runs `bench` in this process: exit code, output, messages."""
    from facebench.cli import main

    def command(*arguments: str | Path) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["bench", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        return ended.value.code, *capsys.readouterr()

    return command
