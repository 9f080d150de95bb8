"""Slices of Colin Powell in LFW: the tables of docs/why.md, how rarely chance is called different, planted blur."""

import os
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from facebench.benchmarks.results import Predictions, read_photo_list, read_predictions, read_properties, read_run
from facebench.benchmarks.slices import Membership, Slices, memberships, slices_of, slices_of_run, slices_text
from facebench.benchmarks.slices._errors import TRUTHS, photo_errors

LFW = Path(__file__).parents[3].parent / "shared" / "data" / "lfw-powell"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not LFW.is_dir(), reason="the LFW photos are not beside this checkout"),
]


def run_of(photos: Path, folder: Path, *extractors: str) -> Path:
    """Return the folder of a run of Colin Powell with logreg."""
    options = [option for extractor in extractors for option in ("--extractor", extractor)]
    arguments = ["run", "--data", photos, "--target", "Colin_Powell", "--head", "logreg", "--runs", folder / "runs"]
    command = [sys.executable, "-c", "from facebench.cli import main; main()", *map(str, arguments), *options]
    subprocess.run(command, check=True, cwd=folder, env={**os.environ, "FACEBENCH_CACHE": str(folder / "cache")})
    [run] = (folder / "runs").iterdir()
    return run


def slices_in(run: Path) -> list[Slices]:
    return list(slices_of_run(run, read_run(run), read_predictions(run)).values())


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of the default extractors."""
    return run_of(LFW, tmp_path_factory.mktemp("lfw"))


def test_the_tables_of_the_page(run: Path) -> None:
    found = slices_in(run)
    print(slices_text(found, "md"))
    for of in found:
        for kind, photos in (("false rejects", 155), ("false accepts", 617)):
            assert sum(rate.photos for rate in of.rates if (rate.title, rate.kind) == ("yaw", kind)) == photos
    assert not any(rate.differs for of in found for rate in of.rates)


def shuffled(properties: list[Membership], rows: Predictions, rng: np.random.Generator) -> list[Membership]:
    """Return the memberships, exchanged among units of as many photos, those of all properties alike."""
    giver: dict[str, str] = {}
    for kind in TRUTHS:
        errors = photo_errors(rows, kind)
        units = [np.flatnonzero(errors.unit == unit) for unit in np.unique(errors.unit)]
        for size in {len(unit) for unit in units}:
            of_size = [unit for unit in units if len(unit) == size]
            for taker, place in enumerate(rng.permutation(len(of_size))):
                for to, of in zip(of_size[taker], of_size[place], strict=True):
                    giver[errors.paths[to]] = errors.paths[of]
    return [
        Membership(each.title, each.names, {path: each.of[of] for path, of in giver.items() if of in each.of})
        for each in properties
    ]


def test_memberships_permuted_among_units_are_called_different_in_at_most_6_percent(run: Path) -> None:
    rows, rng = read_predictions(run), np.random.default_rng(0)
    pairings = [rows.where(extractor=each.extractor) for each in read_run(run).pairings if each.extractor]
    properties = memberships(read_properties(run), read_photo_list(run))
    called = 0
    for _ in range(500):
        permuted = shuffled(properties, pairings[0], rng)
        called += any(rate.differs for of in slices_of(pairings, permuted) for rate in of.rates)
    print(f"LFW, membership permuted among units: any slice called different in {called / 5:.1f} % of 500 data sets")
    assert called <= 0.06 * 500


def test_planted_blur_is_found_where_it_does_harm(tmp_path: Path) -> None:
    for number, file in enumerate(sorted(LFW.glob("*/*.jpg"))):
        pixels = cv2.imread(str(file))
        copy = tmp_path / "photos" / file.parent.name / f"{file.stem}.png"
        copy.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(copy), cv2.GaussianBlur(pixels, (0, 0), 5) if number % 3 == 0 else pixels)
    found = slices_in(run_of(tmp_path / "photos", tmp_path, "face_recognition", "sface"))
    print(slices_text(found, "md"))
    [worst] = [of for of in found if of.extractor == "face_recognition"]
    worse = [rate for rate in worst.rates if rate.differs and rate.rate > rate.rest_rate]
    assert ("sharpness", "blurred", "false rejects") in [(rate.title, rate.name, rate.kind) for rate in worse]
