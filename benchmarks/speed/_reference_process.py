"""Starts the program of `_reference` and asks it for one pass at a time, so that theirs and ours alternate."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import numpy as np

from ...errors import FacebenchError
from ...extras import how_to_install
from ...text import progress_bar

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: What the report calls the ways of `_reference`.
TITLES = {
    "keras_1": "Keras predict, one by one",
    "keras_32": "Keras predict, batches of 32",
    "face_encodings": "face_recognition.face_encodings",
    "dlib": "dlib compute_face_descriptor",
    "keras_fit": "Keras fit",
    "sklearn_fit": "scikit-learn MLPClassifier",
}


def library_is_installed() -> bool:
    """Say whether the library face_recognition is there, without importing it."""
    return importlib.util.find_spec("face_recognition") is not None


def missing_library() -> str:
    """Return what to do where it is not."""
    return (
        "The library face_recognition is not installed, so nothing is compared with it; in a checkout: "
        f"uv sync --extra reference, elsewhere: {how_to_install('reference')} (pip builds dlib, which takes minutes)"
    )


class ReferenceProcess:
    """Ways to vectors, each asked for by name; libraries are loaded at their first use and stay.

    Args:
        folder: for the exchange of files; temporary.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._steps: dict[str, int] = {}
        # -P: a file in the user's folder must not pass for one of Python's modules.
        command = [sys.executable, "-P", "-m", "facebench.benchmarks.speed._reference", str(folder)]
        with self._log.open("w") as log:
            self._process = subprocess.Popen(  # noqa: S603 (our own program)
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True
            )

    def __enter__(self) -> ReferenceProcess:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if kind is not None:
            self._process.kill()
        self._process.communicate()

    def give(self, photos: Mapping[str, Sequence[Path]], chips: NDArray[np.uint8] | None) -> None:
        """Say what the ways go through from now on.

        Args:
            photos: paths, for each way that takes photos.
            chips: aligned faces for "dlib", uint8 (n, 150, 150, 3).
        """
        paths = {way: [str(path.resolve()) for path in these] for way, these in photos.items()}
        (self._folder / "photos.json").write_text(json.dumps(paths))
        self._steps = {way: len(these) for way, these in paths.items()}
        if chips is not None:
            np.save(self._folder / "chips.npy", chips)
            self._steps["dlib"] = len(chips)

    def give_vectors(self, X: NDArray[np.float32], y: NDArray[np.bool_], epochs: int) -> None:
        """Say what "keras_fit" and "sklearn_fit" fit from now on: vectors (n, d), labels (n,), and how often."""
        np.savez(self._folder / "fit.npz", X=X, y=y, epochs=epochs)
        (self._folder / "photos.json").touch()
        self._steps |= {"keras_fit": 1, "sklearn_fit": 1}

    def seconds(self, way: str) -> float:
        """Go a way once over all photos; return how long it took, without loading.

        Raises:
            FacebenchError: the process ended.
        """
        assert self._process.stdin and self._process.stdout  # noqa: S101
        with suppress(BrokenPipeError):  # it has ended: below it is said why
            print(way, file=self._process.stdin, flush=True)
        with progress_bar(TITLES[way], self._steps[way], "photos") as advance:
            for line in self._process.stdout:
                if line.startswith("seconds "):
                    return float(line.split()[1])
                advance(1)
        said = self._log.read_text(errors="replace").strip().splitlines() or ["no message"]
        raise FacebenchError(f"{TITLES[way]} could not be measured, its process ended: {said[-1]}")

    def vectors(self, way: str) -> list[NDArray[Any]]:
        """Return what the last pass found: (n, dimension) for each photo, n = 0 where it found no face."""
        with np.load(self._folder / f"{way}.npz") as found:
            ends = np.cumsum(found["counts"])
            return np.split(found["vectors"], ends[:-1])

    @property
    def _log(self) -> Path:
        return self._folder / "messages.txt"
