"""Runs on a few ORL faces whose names would be markup, made-up runs of any size, and a page read as a browser would."""

import csv
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from facebench.benchmarks import Settings
from facebench.benchmarks.protocol import run_benchmark
from facebench.benchmarks.results import PairingResult, Prediction, RunFolder, RunResult, TargetResult
from facebench.benchmarks.results._schema import DatasetSummary, ExtractorResult
from facebench.benchmarks.statistics._metrics import roc_of
from facebench.data import orl_faces, people_folder
from facebench.embeddings.store import VectorStore
from PIL import Image

from ..made_up import result_of

MARKUP = "<img src=x onerror=alert(1)>"


class Page(HTMLParser):
    """A page taken apart: its tags in order, its attributes, and the text that a reader sees."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self._pieces: list[str] = []
        self._hidden = ""
        self.feed(source)
        self.close()

    @property
    def text(self) -> str:
        return "".join(self._pieces)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        self._hidden = tag if tag in ("script", "style") else ""

    def handle_endtag(self, tag: str) -> None:
        self._hidden = ""

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self._pieces.append(data)


@pytest.fixture(scope="session")
def page_of() -> type[Page]:
    """Takes the source of a page apart."""
    return Page


@pytest.fixture(scope="session")
def faces(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight people, six photos each; one person, one photo and one damaged photo have names that are markup."""
    folder = tmp_path_factory.mktemp("photos") / "faces"
    for item in orl_faces().items:
        person, number = int(item.person[1:]), int(item.path.stem)
        if person <= 8 and number <= 6:
            path = folder / (MARKUP if person == 1 else item.person) / f"{number}.png"
            path.parent.mkdir(exist_ok=True, parents=True)
            Image.open(item.path).save(path)
    (folder / "s2" / "1.png").rename(folder / "s2" / f"{MARKUP}.png")
    (folder / "s3" / f"damaged {MARKUP}.png").write_bytes(b"no photo")
    (folder / "s4" / "notes.txt").write_text("none")
    return folder


@pytest.fixture(scope="session")
def runs(faces: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of two runs: 0001 of all eight people in turn, 0002 of the one whose name is markup, in two splits."""
    folder = tmp_path_factory.mktemp("runs")
    store = VectorStore(folder / "vectors.sqlite")
    for settings in ({}, {"target": MARKUP, "repeats": 2}):
        written = RunFolder(folder, "faces")
        chosen = Settings(extractors=["colour"], heads=["logreg", "svm"], **settings)
        command = f"bench run --data '{MARKUP}'"
        listed = {"list_photos": written.list_photos, "list_properties": written.list_properties}
        photos = people_folder(faces)
        own = {photos.items[number].name: MARKUP for number in range(0, len(photos.items), 2)}
        photos = replace(photos, categories={f"own {MARKUP}": own})
        run_benchmark(photos, chosen, written.save, store=store, command=command, **listed)
    store.close()
    return folder


@pytest.fixture
def run(runs: Path, tmp_path: Path) -> Path:
    """A copy of the first run, to be changed; its store is its neighbour."""
    shutil.copy(runs / "vectors.sqlite", tmp_path / "vectors.sqlite")
    return Path(shutil.copytree(runs / "0001-faces", tmp_path / "runs" / "0001-faces"))


@pytest.fixture(scope="session")
def mistaken(runs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the folder of runs in which every third photo of another person was taken for the target."""
    folder = Path(shutil.copytree(runs, tmp_path_factory.mktemp("mistaken") / "runs"))
    for file in folder.glob("*/predictions.csv"):
        with file.open(encoding="utf-8", newline="") as stream:
            header, *lines = csv.reader(stream)
        truth, decision = header.index("truth"), header.index("decision")
        for line in [line for line in lines if line[truth] == "other"][::3]:
            line[decision] = "me"
        with file.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows([header, *lines])
    return folder


@pytest.fixture
def change() -> Callable[..., None]:
    """Return a function that changes a run's result by another function."""

    def change(run: Path, by: Callable[[dict[str, Any]], None]) -> None:
        content = json.loads((run / "result.json").read_text())
        by(content)
        (run / "result.json").write_text(json.dumps(content))

    return change


@pytest.fixture(scope="session")
def made_up() -> Callable[..., tuple[RunResult, list[Prediction]]]:
    """Return a function that makes a run with random scores: {(extractor, head)} on targets with photos in the test."""

    def made_up(
        pairings: list[tuple[str, str]],
        targets: list[str],
        photos: list[tuple[str, str]],
        *,
        mine: int = 4,
        title: str = "Faces",
        warnings: tuple[str, ...] = (),
        command: str = "bench run",
        milliseconds: tuple[float | None, ...] = (),
    ) -> tuple[RunResult, list[Prediction]]:
        chance = np.random.default_rng(0)
        rows: list[Prediction] = []
        results = []
        for extractor, head in pairings:
            tested = []
            for target in targets:
                truth = np.arange(len(photos)) < mine
                scores = chance.normal(truth * 2.0, 1.0)
                tested.append(_tested(target, truth, scores))
                rows += [
                    _row(extractor, head, target, photo, number, mine, float(score))
                    for number, (photo, score) in enumerate(zip(photos, scores, strict=True))
                ]
            results.append(PairingResult(extractor=extractor, head=head, targets=tested))
        summary = DatasetSummary(
            title=title, slug="faces", photos=400, people=40, skipped_files={}, fingerprint="photos"
        )
        result = RunResult(
            created="2026-01-01T00:00:00+00:00",
            status="complete",
            command=command,
            dataset=summary,
            settings=Settings(),
            targets=targets,
            split_hash="split",
            test_hash="test",
            warnings=list(warnings),
            extractors=[
                _extracted(name, each)
                for name, each in zip(dict.fromkeys(extractor for extractor, _ in pairings), milliseconds, strict=False)
            ],
            pairings=results,
            versions={"python": "3.11"},
            machine={"cores": 2},
        )
        return result, rows

    return made_up


def _extracted(name: str, milliseconds: float | None) -> ExtractorResult:
    """Return 100 photos' extraction, in so many milliseconds each; None: all were in the store."""
    return ExtractorResult(
        extractor=name,
        card={"name": name},
        photos=100,
        stored=100 if milliseconds is None else 0,
        failures={},
        load_seconds=0,
        extract_seconds=(milliseconds or 0) / 10,
    )


def _tested(target: str, truth: np.ndarray, scores: np.ndarray) -> TargetResult:
    history = {"loss": [0.7, 0.4], "val_loss": [0.7, 0.5]}
    fields = {"target": target, "threshold": 1.0, "fit_seconds": 0.25, "history": history}
    return result_of(truth, scores, roc=roc_of(truth, scores), **fields)


def _row(
    extractor: str, head: str, target: str, photo: tuple[str, str], number: int, mine: int, score: float
) -> Prediction:
    return Prediction.model_construct(
        extractor=extractor,
        head=head,
        target=target,
        path=photo[0],
        sha256=f"{number:064x}",
        person=photo[1],
        group=f"{number}",
        split_seed=0,
        truth="me" if number < mine else "other",
        score=score,
        decision="me" if score >= 1 else "other",
        outcome="embedded",
        box="",
    )
