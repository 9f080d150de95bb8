"""Data sets of real faces, cheap extractors, and made-up results for the tests of the experiment."""

import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from facebench import registry
from facebench.benchmarks import PairingResult, RunResult, Settings, TargetResult
from facebench.benchmarks._schema import DatasetSummary, ExtractorResult, Skipped
from facebench.data import Dataset, Photo, PhotoError, _photo, orl_faces, people_folder
from facebench.embeddings import Card, Embedding, Extractor, Failure, Outcome, VectorStore

from ..made_up import result_of


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
    decode = _photo.decode

    def counting(content: bytes) -> Any:
        contents.append(content)
        return decode(content)

    monkeypatch.setattr(_photo, "decode", counting)
    return contents


@pytest.fixture
def copies(people: Callable[..., Dataset], tmp_path: Path) -> Dataset:
    """40 photos that a test may change."""
    for item in people(4).items:
        path = tmp_path / "photos" / item.name
        path.parent.mkdir(exist_ok=True, parents=True)
        shutil.copy(item.path, path)
    return people_folder(tmp_path / "photos")


@pytest.fixture(scope="session")
def tested() -> Callable[..., TargetResult]:
    """Return a function that makes the result of one target: errors among 10 photos of it and 10 of others."""

    @cache
    def tested(
        target: str = "ann", *, rejects: int = 0, accepts: int = 0, rule: str = "natural", seed: int = 0
    ) -> TargetResult:
        truth = np.arange(20) < 10
        decisions = truth.copy()
        decisions[:rejects] = False
        decisions[10 : 10 + accepts] = True
        fields = {"target": target, "threshold_rule": rule, "split_seed": seed}
        return result_of(truth, decisions, decisions, fit_seconds=0.25, history={"loss": [0.7, 0.4]}, **fields)

    return tested


@pytest.fixture(scope="session")
def run_of() -> Callable[..., RunResult]:
    """Return a function that makes a run from {(extractor, head): [targets' results]} and what differs."""

    def run_of(
        pairings: dict[tuple[str, str], list[TargetResult]],
        *,
        skipped: dict[tuple[str, str], list[Skipped]] | None = None,
        targets: Sequence[str] = ("ann",),
        fingerprint: str = "photos",
        test_hash: str = "test",
        title: str = "Faces",
        status: str = "complete",
        warnings: Sequence[str] = (),
        **settings: Any,
    ) -> RunResult:
        extractors = dict.fromkeys(extractor for extractor, _ in pairings if extractor)
        return RunResult(
            created="2026-01-01T00:00:00+00:00",
            status=status,
            command="bench run",
            dataset=DatasetSummary(
                title=title, slug="faces", photos=100, people=10, skipped_files={}, fingerprint=fingerprint
            ),
            settings=Settings(**settings),
            targets=list(targets),
            split_hash="split",
            test_hash=test_hash,
            warnings=list(warnings),
            extractors=[
                ExtractorResult(
                    extractor=extractor,
                    card={"name": extractor},
                    photos=100,
                    failures={"no_face": 3},
                    load_seconds=1.0,
                    extract_seconds=2.0,
                )
                for extractor in extractors
            ],
            pairings=[
                PairingResult(extractor=pair[0], head=pair[1], targets=results, skipped=(skipped or {}).get(pair, []))
                for pair, results in pairings.items()
            ],
            versions={"python": "3.11"},
            machine={"cores": 2},
        )

    return run_of
