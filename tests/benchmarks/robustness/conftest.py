"""A stored run of people who differ in colour, and an extractor that sees nothing else."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from facebench.data import Photo
from facebench.embeddings import Card, Embedding, Extractor, Failure, Outcome
from PIL import Image

Bench = Callable[..., tuple[int, str, str]]


class Tint(Extractor):
    """The mean colour of a photo: whoever is turned keeps it, and no face is found in what is too dark to see.

    Attributes:
        given: names of the photos and copies that it was given.
        last: as many are embedded, and the next is Ctrl-C; None: all.
    """

    card = Card(name="tint", dimension=3, view="whole photo")

    def __init__(self) -> None:
        self.given: list[str] = []
        self.last: int | None = None

    def embed(self, photos: Sequence[Photo]) -> list[Outcome]:
        return [self._outcome(photo) for photo in photos]

    def _outcome(self, photo: Photo) -> Outcome:
        if self.last is not None and len(self.given) >= self.last:
            raise KeyboardInterrupt
        self.given.append(photo.name)
        mean = photo.pixels.mean(axis=(0, 1)).astype(np.float32)
        return Embedding(mean, box=(8, 8, 32, 32)) if mean.max() > 25 else Failure("no_face")


@pytest.fixture
def tint(register: Callable[..., None]) -> Tint:
    """The extractor `tint`."""
    made = Tint()
    register("extractors", "tint", lambda: lambda: made)
    return made


@pytest.fixture
def faces(tmp_path: Path) -> Path:
    """Photos of ann, who is reddish, and of eleven others, who are bluish: 12 of her, 4 of each of the others."""
    chance = np.random.default_rng(0)
    for person, count in {"ann": 12, **{f"p{number:02}": 4 for number in range(11)}}.items():
        folder = tmp_path / "faces" / person
        folder.mkdir(parents=True)
        colour = (130, 100, 100) if person == "ann" else (100, 100, 130)
        for number in range(count):
            spots = np.repeat(np.repeat(chance.integers(-60, 60, (5, 5, 1)), 8, axis=0), 8, axis=1)
            Image.fromarray((np.array(colour) + spots).astype(np.uint8)).save(folder / f"{number}.png")
    return tmp_path / "faces"


@pytest.fixture
def bench(command: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """Return a function that runs a command beside these photos, with a store of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FACEBENCH_CACHE", str(tmp_path / "cache"))
    return command


@pytest.fixture
def run(bench: Bench, tint: Tint, faces: Path) -> Path:
    """The folder of a run of ann in two splits; what the extractor was given for it is forgotten."""
    options = ("--target", "ann", "--extractor", "tint", "--head", "logreg", "--repeats", "2")
    code, _, message = bench("run", "--data", faces, *options)
    assert code == 0, message
    tint.given.clear()
    [folder] = Path("runs").iterdir()
    return folder.resolve()
