"""What several tests need: photos, extractors loaded once, the reference library, the example plug-in."""

import gc
import importlib.util
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

# Workers share the cores: threads that wait for each other there take half as much time again. Said before numpy is
# imported, and to processes that tests start.
if "PYTEST_XDIST_WORKER" in os.environ:
    for library in ("OMP", "OPENBLAS"):
        os.environ.setdefault(f"{library}_NUM_THREADS", "1")

import hypothesis
import numpy as np
import pytest
import sklearn.datasets
from facebench import registry
from facebench.data import Dataset, Photo, PhotoError, orl_faces, people_folder
from facebench.data.decoding import _photo
from facebench.embeddings import Card, Embedding, Extractor, Failure, Outcome, VectorStore, _staged, extractors
from facebench.embeddings.built_in import Fingerprint
from PIL import Image

# A test measures no time: beside other work an example may take any.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

LIBRARY = """
import sys
import face_recognition
import numpy as np

with np.load(sys.argv[1]) as photos:
    found = {name: np.array(face_recognition.face_encodings(photos[name])) for name in photos}
np.savez(sys.argv[2], **found)
"""

#: The files that take longest, begun first so that no worker is left alone with one of them at the end.
LONGEST = [
    "readme/test_second_part.py",
    "benchmarks/protocol/test_equivalence.py",  # meanwhile the first worker compiles the detector for both
    "test_package.py",
    "checks/extractor/test_check.py",
    "readme/test_first_part.py",
    "benchmarks/speed/test_measure.py",
    "embeddings/faces/hog/test_ready.py",
    "album/test_page_in_a_browser.py",
    "embeddings/test_contract.py",
    "test_cli_labels.py",
    "reports/test_in_a_browser.py",
    "checks/doctor/test_diagnosis.py",
    "benchmarks/protocol/test_runner.py",
    "embeddings/extraction/test_one_pass.py",
    "test_cli.py",
    "classifiers/dense/test_training.py",
    "embeddings/cluster/test_cluster.py",
    "embeddings/extraction/test_vectors.py",
    "album/test_find.py",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest files; within a file nothing moves."""
    places = {Path(__file__).parent / name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path, len(places)))


def pytest_collection_finish() -> None:
    """Let the garbage collector pass over what was imported, again and again a tenth of all time; it stays anyway."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


@pytest.fixture(scope="session", autouse=True)
def session_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Keep the user's cache out of it: each worker has its own, but for the compiled detector, which all share."""
    folder, base = tmp_path_factory.mktemp("cache"), tmp_path_factory.getbasetemp()
    compiled = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "detector"
    compiled.mkdir(mode=0o700, exist_ok=True)
    (folder / "detector").symlink_to(compiled, target_is_directory=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FACEBENCH_CACHE", str(folder))
        yield folder


@pytest.fixture(scope="session", autouse=True)
def known_fingerprints() -> Iterator[None]:
    """Compute the fingerprint of a photo once: most tests begin with the same few hundred photos, and no store."""
    stage, known = Fingerprint.stage, {}

    def stage_once(extractor: Fingerprint, photo: Photo) -> Outcome:
        _ = photo.pixels  # decoded all the same, as tests count that
        if photo.sha256 not in known:
            known[photo.sha256] = stage(extractor, photo)
        return known[photo.sha256]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Fingerprint, "stage", stage_once)
        yield


@pytest.fixture(scope="session", autouse=True)
def known_networks() -> Iterator[None]:
    """Load each network once for all extractors: every command makes its own. How one is loaded has its own tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_staged, "load_network", cache(_staged.load_network))
        yield


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
        pytest.skip("the reference library is not installed (the extra reference)")

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


class Blocks(Extractor):
    """Mean brightness of 7x6 blocks: tells ORL's people apart well, in no time; counts what it is given.

    Photos whose paths are in `without_face` have no face.
    """

    card = Card(name="blocks", dimension=42, view="whole photo")

    def __init__(self, without_face: Sequence[Path] = ()) -> None:
        self.without_face = set(without_face)
        self.given: Counter[Path] = Counter()

    def embed(self, photos: Sequence[Photo]) -> list[Outcome]:
        return [self._outcome(photo) for photo in photos]

    def _outcome(self, photo: Photo) -> Outcome:
        assert photo.path is not None
        self.given[photo.path] += 1
        if photo.path in self.without_face:
            return Failure("no_face")
        try:
            pixels = photo.pixels
        except PhotoError as error:
            return Failure(error.reason, error.detail)
        blocks = pixels.reshape(7, 16, -1, 3).mean(axis=(1, 3))[:, :90].reshape(7, 6, 15).mean(axis=2)
        return Embedding(blocks.ravel().astype(np.float32) / 255, box=(1, 2, 90, 110))


@pytest.fixture
def blocks() -> type[Blocks]:
    """The class of the cheap extractor."""
    return Blocks


@pytest.fixture(scope="session")
def people() -> Callable[..., Dataset]:
    """Return a function that gives the ORL faces of the first `count` people, `photos` of each."""
    faces = orl_faces()

    def people(count: int, photos: int = 10) -> Dataset:
        names = {f"s{person}/{photo}.pgm" for person in range(1, count + 1) for photo in range(1, photos + 1)}
        return Dataset("A few ORL faces", "few", tuple(item for item in faces.items if item.name in names))

    return people


@pytest.fixture
def register(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Return a function that registers what `load` returns as an "extractors" or "heads" plug-in for one test."""
    added: list[tuple[str, SimpleNamespace]] = []
    installed = registry.entry_points

    def register(kind: str, name: str, load: Callable[[], Any]) -> None:
        added.append((f"facebench.{kind}", SimpleNamespace(name=name, value="tests:plugin", dist=None, load=load)))

    def entry_points(*, group: str) -> list[Any]:
        return [*installed(group=group), *(point for kind, point in added if kind == group)]

    monkeypatch.setattr(registry, "entry_points", entry_points)
    return register


@pytest.fixture
def extractor(register: Callable[..., Any]) -> Callable[..., Blocks]:
    """Return a function that makes a `Blocks` and registers it, itself, as the extractor of that name."""

    def extractor(name: str = "blocks", without_face: Sequence[Path] = ()) -> Blocks:
        made = Blocks(without_face)
        register("extractors", name, lambda: lambda: made)
        return made

    return extractor


@pytest.fixture
def store(tmp_path: Path) -> Iterator[VectorStore]:
    """An empty store of vectors."""
    store = VectorStore(tmp_path / "vectors.sqlite")
    yield store
    store.close()


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What was decoded so far, by content."""
    contents: list[bytes] = []
    decode = _photo.decode_with_header

    def counting(content: bytes) -> Any:
        contents.append(content)
        return decode(content)

    monkeypatch.setattr(_photo, "decode_with_header", counting)
    return contents


@pytest.fixture
def copies(people: Callable[..., Dataset], tmp_path: Path) -> Dataset:
    """40 photos that a test may change."""
    for item in people(4).items:
        path = tmp_path / "photos" / item.name
        path.parent.mkdir(exist_ok=True, parents=True)
        shutil.copy(item.path, path)
    return people_folder(tmp_path / "photos")


@pytest.fixture
def refused(command: Callable[..., tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Return a function from a command that must end with code 2 and one message, in a folder, to that message."""

    def refused(*arguments: str | Path, cwd: Path) -> str:
        monkeypatch.chdir(cwd)
        code, shown, message = command(*arguments)
        assert (code, shown) == (2, "")
        if message.startswith("Needs at most "):  # which is said before the photos are looked at
            message = message.partition("\n")[2]
        assert message.startswith("Error: ")
        return message

    return refused
