"""Runs on disk: a private folder each, written atomically, so that a killed run leaves what it finished."""

from __future__ import annotations

import os
import re
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from pydantic import ValidationError

from ...errors import FacebenchError
from ...registry import suggestion
from ._curve_folders import find_curve
from ._folder_names import has_file, is_called, number_of
from ._reading import parse_result
from ._schema import SCHEMA_VERSION, RunResult
from .tables import (
    PHOTOS,
    PREDICTIONS,
    PROPERTIES,
    Prediction,
    Predictions,
    Properties,
    RunPhoto,
    Texts,
    photos_csv,
    predictions_csv,
    properties_csv,
    read_predictions,
)

RESULT = "result.json"


class RunFolder:
    """Where one run is written: `runs/0001-<slug>/`, made with the first `save`.

    Args:
        root: folder of all runs, made if need be (mode 0700).
        slug: short name of the data set.

    Raises:
        FacebenchError: `root` cannot be made or written.
    """

    def __init__(self, root: str | Path, slug: str) -> None:
        self.root = Path(root).expanduser()
        self.slug = slug
        self.path: Path | None = None
        self._listed: dict[str, bytes] = {}
        self._saved_rows = -1
        try:
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise _cannot_write(self.root, error) from error
        if not os.access(self.root, os.W_OK | os.X_OK):
            raise FacebenchError(f"{self.root} cannot be written: choose another folder with --runs DIR.")

    @property
    def name(self) -> str:
        """The folder's name; empty before the first `save`."""
        return self.path.name if self.path else ""

    def list_photos(self, photos: Iterable[RunPhoto]) -> None:
        """Take the photos of the run, to be written with the first `save`."""
        self._listed[PHOTOS] = photos_csv(photos)

    def list_properties(self, properties: Properties) -> None:
        """Take what was measured of them, to be written with the first `save`."""
        self._listed[PROPERTIES] = properties_csv(properties)

    def save(self, result: RunResult, predictions: Sequence[Prediction]) -> None:
        """Write what there is so far; a reader sees the old state or the new one, whole."""
        files = {RESULT: (result.model_dump_json(indent=1) + "\n").encode()}
        if len(predictions) != self._saved_rows:  # a run only adds rows
            files = {PREDICTIONS: predictions_csv(predictions), **files}
        self.write({**self._listed, **files})
        self._listed = {}
        self._saved_rows = len(predictions)

    def write(self, files: dict[str, bytes]) -> None:
        """Write files by name, private, all of them or none.

        Raises:
            FacebenchError: they cannot be written.
        """
        try:
            self.path = self.path or self._make()
            _write(self.path, files)
        except OSError as error:
            raise _cannot_write(self.path or self.root, error) from error

    def _make(self) -> Path:
        while True:
            number = max((number_of(folder) for folder in self.root.iterdir()), default=0) + 1
            path = self.root / f"{number:04d}-{self.slug}"
            try:
                path.mkdir(mode=0o700)
            except FileExistsError:  # another run took the number
                continue
            if sum(number_of(folder) == number for folder in self.root.iterdir()) == 1:
                return path
            path.rmdir()  # a run of another data set took it too: both try again


def find_runs(root: str | Path) -> list[Path]:
    """Return the folders of all runs below `root`, oldest first."""
    root = Path(root).expanduser()
    if not root.is_dir():
        return []
    return sorted((path for path in root.iterdir() if has_file(path, RESULT)), key=number_of)


def find_run(root: str | Path, name: str) -> Path:
    """Return the folder of one run, by path, folder name, number ("3", "runs/0003"), or "last".

    Raises:
        FacebenchError: there is no such run.
    """
    if has_file(Path(name), RESULT):
        return Path(name)
    if (path := Path(name)).name != name:
        root, name = path.parent, path.name
    runs = find_runs(root)
    if name == "last" and runs:
        return runs[-1]
    for path in runs:
        if is_called(path, name):
            return path
    if curve := find_curve(root, name):
        raise FacebenchError(
            f"{curve.name} in {curve.parent} is a learning curve, not a run: bench show {name} shows it, and bench "
            "report puts it on the page of runs of the same photos and person."
        )
    known = suggestion(name, [path.name for path in runs]) if runs else "There are none yet: bench run makes one."
    raise FacebenchError(f"No run '{name}' in {root}. {known}")


def read_run(path: Path) -> RunResult:
    """Read a run's result; what a newer facebench has added is passed over, but for its settings (`NewerSettings`).

    Raises:
        FacebenchError: not readable, damaged, or written by a newer facebench.
    """
    file = path / RESULT
    try:
        text = file.read_text(encoding="utf-8")
        return parse_result(RunResult, text)
    except (OSError, UnicodeDecodeError) as error:
        raise FacebenchError(f"{file} cannot be read: {error}.") from error
    except ValidationError as error:
        newer = re.search(r'"schema_version":\s*(\d+)', text)
        if newer and int(newer[1]) > SCHEMA_VERSION:
            raise FacebenchError(f"{file} was written by a newer facebench: update facebench to read it.") from error
        where = ".".join(str(part) for part in error.errors()[0]["loc"]) or "the file"
        raise FacebenchError(
            f"{file} is damaged ({where}: {error.errors()[0]['msg']}): delete the folder {path}."
        ) from error


def named_runs(paths: Sequence[Path]) -> dict[str, Path]:
    """Return runs by name: that of their folder, or the path to it where two folders have the same name."""
    folders = Counter(path.absolute().name for path in paths)
    return {name if folders[name := path.absolute().name] == 1 else str(path): path for path in paths}


def read_runs(paths: Sequence[Path]) -> tuple[list[tuple[str, RunResult]], dict[str, Predictions]]:
    """Read several runs: (name, result) each, and by name the rows of those that have them.

    Rows may be absent: whoever shares a result may withhold them, because they name photos.

    Raises:
        FacebenchError: one cannot be read.
    """
    named = named_runs(paths)
    runs, texts = [(name, read_run(path)) for name, path in named.items()], Texts()
    return runs, {name: read_predictions(path, texts) for name, path in named.items() if (path / PREDICTIONS).exists()}


def _write(folder: Path, files: dict[str, bytes]) -> None:
    """Write files by name, all of them beside the old ones before the first takes its place."""
    temporaries: dict[str, Path] = {}
    try:
        for name, content in files.items():
            handle, temporary = tempfile.mkstemp(dir=folder, prefix=f".{name}.")  # mode 0600
            temporaries[name] = Path(temporary)
            with os.fdopen(handle, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
        for name, path in temporaries.items():
            path.replace(folder / name)
    except BaseException:
        for path in temporaries.values():
            path.unlink(missing_ok=True)
        raise


def _cannot_write(path: Path, error: OSError) -> FacebenchError:
    return FacebenchError(f"{path} cannot be written ({error.strerror}): choose another folder with --runs DIR.")
