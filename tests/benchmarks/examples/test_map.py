"""The map of vectors: scikit-learn's principal components of a run's test photos, its errors, and what is missing."""

import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from facebench.benchmarks import Settings
from facebench.benchmarks.comparison import Row, compare_runs
from facebench.benchmarks.examples import VectorMap, _map, vector_map
from facebench.benchmarks.protocol import run_benchmark
from facebench.benchmarks.results import Prediction, Predictions, RunFolder, read_runs
from facebench.data import Dataset
from facebench.embeddings import VectorStore, load_extractor
from facebench.errors import FacebenchError
from sklearn.decomposition import PCA


@pytest.fixture(scope="module")
def runs(people: Callable[..., Dataset], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of two runs of five people: 0001 of one in three splits, 0002 of all in turn; the store is in it."""
    root = tmp_path_factory.mktemp("runs")
    store = VectorStore(root / "vectors.sqlite")
    for chosen in ({"target": "s2", "repeats": 3}, {}):
        folder = RunFolder(root, "few")
        settings = Settings(extractors=["colour"], heads=["logreg", "svm"], **chosen)
        run_benchmark(people(5), settings, folder.save, store=store, list_photos=folder.list_photos)
    store.close()
    return root


def row_of(run: Path, head: str = "logreg") -> Row:
    results, predictions = read_runs([run])
    [group] = compare_runs(results, predictions=predictions)
    return next(row for row in group.rows if row.pairing.head == head)


def mapped(runs: Path, name: str, **options: Any) -> VectorMap:
    return vector_map(row_of(runs / name), runs / name, VectorStore(runs / "vectors.sqlite"), **options)


def test_it_is_what_scikit_learn_says_of_the_photos_themselves(runs: Path, people: Callable[..., Dataset]) -> None:
    shown = mapped(runs, "0001-few")
    files = {item.name: item.path for item in people(5).items}
    components = PCA(2, svd_solver="full")
    vectors = load_extractor("colour").transform([files[path] for path in shown.paths])
    expected = components.fit_transform(vectors.astype(np.float64))
    np.testing.assert_allclose(shown.points, expected, atol=1e-6 * np.abs(expected).max())
    assert shown.explained == pytest.approx(components.explained_variance_ratio_)
    assert (shown.pairing, shown.target, shown.notes) == ("colour x logreg", "s2", [])


def test_it_shows_each_test_photo_of_all_splits_once_and_whether_a_split_got_it_wrong(runs: Path) -> None:
    shown = mapped(runs, "0001-few")
    rows = row_of(runs / "0001-few").predictions
    wrong = Counter(row.path for row in rows if row.decision != row.truth)
    assert shown.paths == sorted({row.path for row in rows})
    assert 0 < len(wrong) < len(shown.paths) < len(rows)
    for path, mine, is_wrong in zip(shown.paths, shown.mine, shown.wrong, strict=True):
        assert mine == path.startswith("s2/")
        assert is_wrong == (wrong[path] > 0)


def test_of_several_targets_it_is_the_hardest_or_the_one_asked_for(runs: Path) -> None:
    tests = row_of(runs / "0002-few").pairing.targets
    worst = min(tests, key=lambda test: (test.metrics.balanced_accuracy, test.metrics.auc, test.target))
    assert mapped(runs, "0002-few").target == worst.target
    shown = mapped(runs, "0002-few", target="s4")
    assert {path.partition("/")[0] for path, mine in zip(shown.paths, shown.mine, strict=True) if mine} == {"s4"}
    with pytest.raises(FacebenchError, match="was not tested on 's7'"):
        mapped(runs, "0002-few", target="s7")


def test_of_many_photos_some_right_ones_are_drawn_and_every_error(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    everything = mapped(runs, "0001-few")
    monkeypatch.setattr(_map, "MOST", 2)
    drawn = mapped(runs, "0001-few")
    right = drawn.mine[~drawn.wrong]
    assert (right.sum(), (~right).sum()) == (2, 2)
    assert drawn.wrong.sum() == everything.wrong.sum() > 0
    assert drawn.paths == mapped(runs, "0001-few").paths
    count = int((~everything.mine & ~everything.wrong).sum())
    assert f"2 of {count} photos of others that were decided right are shown, and every error" in drawn.notes


def test_vectors_that_were_forgotten_are_counted(runs: Path, tmp_path: Path) -> None:
    run = runs / "0001-few"
    row = row_of(run)
    whole = mapped(runs, "0001-few")
    store = VectorStore(Path(shutil.copy(runs / "vectors.sqlite", tmp_path)))
    hashes = {made.path: made.sha256 for made in row.predictions}
    gone = {hashes[path] for path in whole.paths[:2]}
    store.forget(gone)
    left = vector_map(row, run, store)
    assert left.paths == [path for path in whole.paths if hashes[path] not in gone]
    assert left.notes == [
        f"{len(gone)} photos are not on the map: the store does not have their vectors any more. "
        "The command of the run makes them again"
    ]
    store.forget({hashes[path] for path in whole.paths[2:]})
    for empty in (vector_map(row, run, store), vector_map(row, run, None)):
        assert (empty.points.shape, empty.paths, empty.mine.shape) == ((0, 2), [], (0,))
        assert empty.notes[-1] == "A map needs 3 vectors, and there are 0"


def test_photos_without_a_vector_are_counted(runs: Path) -> None:
    row = row_of(runs / "0001-few")
    first = row.predictions[0].path
    faceless = [
        made.model_copy(update={"outcome": "no_face"}) if made.path == first else made for made in row.predictions
    ]
    store = VectorStore(runs / "vectors.sqlite")
    shown = vector_map(replace(row, predictions=Predictions.of(faceless)), runs / "0001-few", store)
    assert first not in shown.paths
    assert shown.notes == ["1 photo without a vector is not on the map"]


@pytest.mark.parametrize("dimension", [1, 2, 700])
def test_vectors_of_any_length_have_a_plane(dimension: int) -> None:
    vectors = list(np.random.default_rng(0).normal(size=(40, dimension)).astype(np.float32))
    points, explained = _map._plane(vectors)
    expected = PCA(min(2, dimension), svd_solver="full").fit(vectors)
    assert points.shape == (40, 2)
    np.testing.assert_allclose(explained[: min(2, dimension)], expected.explained_variance_ratio_, rtol=1e-6)
    assert dimension > 1 or not points[:, 1].any()


def test_vectors_that_are_all_the_same_are_one_point() -> None:
    points, explained = _map._plane([np.ones(5, np.float32)] * 4)
    assert (points.tolist(), explained) == ([[0.0, 0.0]] * 4, (0.0, 0.0))


def test_vectors_from_a_file_have_no_map(runs: Path) -> None:
    row = row_of(runs / "0001-few")
    file = {"name": "mine.npz", "sha256": "0" * 64}
    [made] = [made for made in row.result.extractors if made.extractor == "colour"]
    foreign = type(made).model_validate({**made.model_dump(), "file": file})
    result = row.result.model_copy(update={"extractors": [foreign]})
    with pytest.raises(FacebenchError, match="the vectors of colour were not made here"):
        vector_map(replace(row, result=result), runs / "0001-few")


def test_a_row_of_a_run_without_predictions_has_an_empty_map(runs: Path) -> None:
    without: list[Prediction] = []
    row = replace(row_of(runs / "0001-few"), predictions=Predictions.of(without))
    assert vector_map(row, runs / "0001-few").paths == []
