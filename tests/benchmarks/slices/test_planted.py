"""Blur that is planted in a third of the photos is the slice that fails, in a run of real faces."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from facebench.benchmarks import RunFolder, Settings, run_benchmark
from facebench.benchmarks.results import RunResult, read_predictions, read_run
from facebench.benchmarks.slices import Slices, slices_of_run, slices_sentence
from facebench.data import Dataset, Photo, people_folder
from facebench.embeddings import Card, Embedding, Failure, Outcome, ThreadedExtractor
from facebench.embeddings.faces import FaceFinder, detector_named


class Edges(ThreadedExtractor):
    """Edges of the face: tells people apart, and nobody who is blurred."""

    card = Card(name="edges", dimension=256, view="face")

    def __init__(self) -> None:
        self.finder = FaceFinder(detector=detector_named("yunet"), alignment="arcface112")
        self.detector = self.finder.detector

    def stage(self, photo: Photo) -> Outcome:
        if (face := self.finder.find(photo)) is None:
            return Failure("no_face")
        grey = cv2.cvtColor(face.chip, cv2.COLOR_RGB2GRAY).astype(np.float32)
        edges = cv2.resize(np.abs(cv2.Laplacian(grey, cv2.CV_32F)), (16, 16), interpolation=cv2.INTER_AREA)
        return Embedding(edges.ravel() / 100)


@pytest.fixture
def photos(people: Callable[..., Dataset], tmp_path: Path) -> Dataset:
    """15 people, ten photos each, of which three are blurred."""
    for item in people(15).items:
        pixels, number = cv2.imread(item.file), int(Path(item.name).stem)
        file = (tmp_path / "photos" / item.name).with_suffix(".png")
        file.parent.mkdir(exist_ok=True, parents=True)
        cv2.imwrite(str(file), cv2.GaussianBlur(pixels, (0, 0), 2) if number % 3 == 0 else pixels)
    return people_folder(tmp_path / "photos")


@pytest.fixture
def run(photos: Dataset, tmp_path: Path, register: Callable[..., Any]) -> tuple[Path, RunResult]:
    """The run of three splits in which each person is the target in turn."""
    register("extractors", "edges", lambda: Edges)
    folder = RunFolder(tmp_path / "runs", "planted")
    settings = Settings(extractors=["edges"], heads=["centroid"], repeats=3)
    listed = {"list_photos": folder.list_photos, "list_properties": folder.list_properties}
    run_benchmark(photos, settings, folder.save, **listed)
    assert folder.path is not None
    return folder.path, read_run(folder.path)


def test_planted_blur_is_the_slice_that_fails(run: tuple[Path, RunResult]) -> None:
    path, result = run
    [found] = slices_of_run(path, result, read_predictions(path)).values()
    worse = [rate for rate in found.rates if rate.differs and rate.rate > rate.rest_rate]
    assert [(rate.title, rate.name, rate.kind) for rate in worse] == [("sharpness", "blurred", "false rejects")]
    [blurred] = worse
    assert blurred.photos >= 20
    assert blurred.rate > 2 * blurred.rest_rate
    assert blurred.low > blurred.rest_rate
    assert slices_sentence([found]).startswith('edges x centroid fails most on "blurred" (sharpness): it rejects ')
    _counts_are_those_of_the_rows(path, found)


def _counts_are_those_of_the_rows(path: Path, found: Slices) -> None:
    """Compare with photos that were blurred, counted one by one."""
    rows = [row for row in read_predictions(path) if row.truth == "me"]
    wrong: dict[str, list[bool]] = {}
    for row in rows:
        wrong.setdefault(row.path, []).append(row.decision != "me")
    shares = {path: np.mean(of_photo) for path, of_photo in wrong.items()}
    planted = {path for path in shares if int(Path(path).stem) % 3 == 0}
    [blurred] = [rate for rate in found.rates if (rate.name, rate.kind) == ("blurred", "false rejects")]
    assert (blurred.photos, blurred.photos + blurred.rest_photos) == (len(planted), len(shares))
    assert blurred.wrong == pytest.approx(sum(shares[path] for path in planted))
    assert blurred.rest_wrong == pytest.approx(sum(shares[path] for path in shares.keys() - planted))
