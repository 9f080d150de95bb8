"""Nearest pairs of photos: those of all pairs compared one by one, of people in no test too; what is told without."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from facebench.benchmarks import Settings
from facebench.benchmarks.examples import _nearest_pairs, lookalikes_with_pairs, thresholds_of
from facebench.benchmarks.lookalikes import Lookalikes, Pair, lookalikes_of
from facebench.benchmarks.protocol import run_benchmark
from facebench.benchmarks.results import RunFolder, read_predictions, read_run
from facebench.data import Dataset
from facebench.embeddings import VectorStore, load_extractor


@pytest.fixture(scope="module")
def dataset(people: Callable[..., Dataset]) -> Dataset:
    return people(12, 5)


@pytest.fixture(scope="module")
def run(dataset: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of one of twelve people in one split; the store is beside it."""
    root = tmp_path_factory.mktemp("runs")
    store, folder = VectorStore(root / "vectors.sqlite"), RunFolder(root, "few")
    settings = Settings(extractors=["colour"], heads=["logreg"], target="s2", repeats=1)
    run_benchmark(dataset, settings, folder.save, store=store, list_photos=folder.list_photos)
    store.close()
    return root / "0001-few"


@pytest.fixture(autouse=True)
def listed(dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    """The run's photos are listed as they were: a part of ORL has no folder."""
    monkeypatch.setattr(_nearest_pairs, "dataset_of", lambda _: dataset)


def found_in(run: Path, store: VectorStore | None) -> Lookalikes:
    result = read_run(run)
    pairing = result.pairings[-1]
    return lookalikes_with_pairs(run, result, pairing, read_predictions(run), thresholds_of(pairing), store)


def test_pairs_are_the_nearest_of_all_photos_and_people_in_no_test_are_compared(run: Path, dataset: Dataset) -> None:
    found = found_in(run, VectorStore(run.parent / "vectors.sqlite"))
    vectors = load_extractor("colour").transform([item.path for item in dataset.items]).astype(np.float64)
    photos = list(zip(dataset.items, vectors, strict=True))
    mine = [(item.name, vector) for item, vector in photos if item.person == "s2"]

    def nearest(person: str) -> Pair:
        theirs = [(item.name, vector) for item, vector in photos if item.person == person]
        pairs = (Pair(a, b, float(np.linalg.norm(u - v))) for (a, u), (b, v) in product(theirs, mine))
        return min(pairs, key=lambda pair: pair.distance)

    assert {each.person for each in found.ranked} | {each.person for each in found.untested} == set(dataset.people) - {
        "s2"
    }
    assert 0 < len(found.ranked) < len(found.untested)
    for each in (*found.ranked, *found.untested):
        expected = nearest(each.person)
        assert each.target == "s2"
        assert each.pair == replace(expected, distance=pytest.approx(expected.distance, rel=1e-6))
    distances = [each.pair.distance for each in found.untested]
    assert distances == sorted(distances)


def test_without_vectors_the_ranking_stays_and_the_reason_is_told(run: Path, tmp_path: Path) -> None:
    result = read_run(run)
    plain = lookalikes_of(result, result.pairings[-1], read_predictions(run), thresholds_of(result.pairings[-1]))
    without = found_in(run, None)
    assert (without.ranked, without.untested) == (plain.ranked, [])
    assert without.notes[-1].startswith(
        f"{len(plain.ranked)} rows without a nearest pair of photos: the store does not"
    )
    older = Path(shutil.copytree(run, tmp_path / "older"))
    (older / "photos.csv").unlink()
    assert found_in(older, None).notes == [
        *plain.notes,
        "No nearest pairs of photos: an older facebench made the run, and did not list its photos",
    ]


def test_of_photos_without_a_name_each_is_compared_alone(
    run: Path, dataset: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nameless = tuple(replace(item, person=item.person if item.person == "s2" else None) for item in dataset.items)
    monkeypatch.setattr(_nearest_pairs, "dataset_of", lambda _: replace(dataset, items=nameless))
    changed = Path(shutil.copytree(run, tmp_path / "run"))
    rows = (changed / "predictions.csv").read_text()
    for person in dataset.people:
        if person != "s2":
            rows = rows.replace(f'"{person}"', '""')
    (changed / "predictions.csv").write_text(rows)
    found = found_in(changed, VectorStore(run.parent / "vectors.sqlite"))
    assert found.untested == []
    assert len(found.ranked) > 1
    for each in found.ranked:
        assert each.person == ""
        assert each.pair.theirs == each.photo
    assert "each, with its doubles, stands for a person" in found.notes[-1]
