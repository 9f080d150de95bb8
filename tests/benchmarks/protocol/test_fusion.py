"""Fusion in an experiment: who judges a photo, what a file can carry, and whether it is called better where it is."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from facebench.benchmarks import Settings
from facebench.benchmarks.protocol import make_plan
from facebench.benchmarks.protocol._evaluate import evaluate, predictions
from facebench.benchmarks.protocol._trials import Trial
from facebench.benchmarks.results import Predictions, find_runs, read_predictions
from facebench.benchmarks.statistics import compare_rows
from facebench.classifiers import load_head
from facebench.data import Dataset, Item, Photo
from facebench.embeddings import Card, Embedding, Extractor, Failure, Outcome
from facebench.embeddings.extraction import Vectors
from PIL import Image

BY_SCORES, BY_VECTORS = "fusion('one', 'other')", "fusion('one', 'other', by='vectors')"
#: Photos of each of three parts, half of them of me.
EACH = 100
MINE = np.arange(3 * EACH) % EACH < EACH // 2
TRIAL = Trial("me", 0, MINE, np.arange(3 * EACH), np.arange(3 * EACH), *np.split(np.arange(3 * EACH), 3))
ITEMS = [Item(f"{photo}.jpg", Path(f"{photo}.jpg"), "me" if mine else f"p{photo}") for photo, mine in enumerate(MINE)]


@pytest.fixture
def blind(extractor: Callable[..., Any], copies: Dataset) -> dict[str, set[str]]:
    """Register two extractors, `one` and `other`; return the photos that each has no vector of, some in common."""
    photos = [item.path for item in copies.items]
    without = {"one": photos[::5], "other": photos[::3]}
    for name, paths in without.items():
        extractor(name, paths)
    names = {item.path: item.name for item in copies.items}
    return {name: {names[path] for path in paths} for name, paths in without.items()}


@pytest.fixture
def bench(
    command: Callable[..., tuple[int, str, str]], copies: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[int, str, str]]:
    """Return a function that runs a command beside the forty photos."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FACEBENCH_CACHE", str(tmp_path / "cache"))
    return command


def test_a_photo_is_judged_by_the_parts_that_see_a_face_in_it(
    bench: Callable[..., tuple[int, str, str]], blind: dict[str, set[str]], tmp_path: Path
) -> None:
    extractors = [option for name in ("one", BY_SCORES, BY_VECTORS) for option in ("--extractor", name)]
    options = ["--data", str(tmp_path / "photos"), "--target", "s1", *extractors, "--head", "ridge", "--format", "json"]
    code, shown, _ = bench("run", *options)
    assert code == 0
    rows = {row["extractor"]: row for row in json.loads(shown)[0]["rows"]}
    [run] = find_runs(tmp_path / "runs")
    tested = Predictions.of(read_predictions(run))
    for call in (BY_SCORES, BY_VECTORS):
        assert rows[call]["balanced"] > 0.5
        unseen = {row.path for row in tested.where(extractor=call) if row.score is None}
        assert unseen == {row.path for row in tested if row.path in blind["one"] & blind["other"]}
        assert unseen
    told = "cannot be saved: it fits a head to each of its parts, and a file holds one head (by='vectors' fits one)"
    for given in (
        ["--from", "last", "--extractor", BY_SCORES],
        [*options[:4], "--extractor", BY_SCORES, "--head", "ridge"],
    ):
        code, _, message = bench("train", *given, "-o", "me.facebench")
        assert (code, told in " ".join(message.split())) == (2, True)
    code, _, _ = bench("train", "--from", "last", "--extractor", BY_VECTORS, "-o", "me.facebench")
    assert code == 0
    code, shown, _ = bench("predict", "me.facebench", "photos/s1", "photos/s2", "--format", "json")
    assert code == 0
    code, _, message = bench("predict", "me.facebench", "photos/s1", "--faces", "any")
    assert (code, "is several, each with its own choice" in " ".join(message.split())) == (2, True)


class Brightness(Extractor):
    """Mean brightness of rows of blocks, in some direction; no face in a picture that is bright in the middle."""

    card = Card(name="brightness", dimension=8, view="whole photo")

    def __init__(self, axis: int = 0) -> None:
        self.axis = axis

    def embed(self, photos: Sequence[Photo]) -> list[Outcome]:
        grey = [np.asarray(Image.fromarray(photo.pixels).convert("L").resize((8, 8)), np.float32) for photo in photos]
        return [Failure("no_face") if of[4, 4] > 190 else Embedding(of.mean(axis=self.axis)) for of in grey]


def test_variants_of_training_photos_are_those_of_the_parts(register: Callable[..., None], copies: Dataset) -> None:
    register("extractors", "brightness", lambda: Brightness)
    both_ways = "fusion('brightness', 'brightness(axis=1)')"
    extractors = ["brightness", "brightness(axis=1)", both_ways]
    settings = Settings(extractors=extractors, heads=["ridge"], target="s1", repeats=1, augment=2)
    plan = make_plan(copies, settings).augmented()
    one, other, both = (vectors.variants.matrix for vectors in plan.vectors if vectors.variants)
    lost = np.isnan(one[:, :, :1])
    assert lost.any()
    np.testing.assert_array_equal(both, np.where(lost, np.nan, np.concatenate([one, other], axis=2)))
    [trial] = plan.trials
    result, scores, _ = evaluate(trial, plan.vectors[2], load_head("ridge"), "auto")
    np.testing.assert_array_equal(np.isfinite(scores), plan.vectors[2].embedded[trial.test])
    assert result.metrics.auc > 0.6


def _tested(matrix: np.ndarray, parts: tuple[int, ...] = (), head: str = "centroid") -> tuple[float, Predictions]:
    """Return the balanced accuracy of a head on vectors (300, d), and its predictions."""
    every, none = np.ones(len(MINE), bool), np.zeros(len(MINE), bool)
    card = Card("noise", matrix.shape[1], "noise")
    vectors = Vectors("e", card, [""] * len(MINE), matrix.astype(np.float32), every, none, {}, {}, judged_apart=parts)
    result, scores, decisions = evaluate(TRIAL, vectors, load_head(head), "auto")
    rows = predictions(Dataset("noise", "noise", tuple(ITEMS)), TRIAL, vectors, ("e", head), scores, decisions)
    return result.metrics.balanced_accuracy, rows


def _weak(rng: np.random.Generator, shift: float = 0.45) -> np.ndarray:
    return rng.normal(size=(len(MINE), 8)) + shift * MINE[:, None]


def test_two_weak_independent_extractors_are_better_together_than_each_alone() -> None:
    found = []
    for seed in range(12):
        rng = np.random.default_rng(seed)
        one, other = _weak(rng), _weak(rng)
        both = np.hstack([one, other])
        found.append([_tested(one)[0], _tested(other)[0], _tested(both, (8, 8))[0]])
    of_one, of_other, of_both = np.mean(found, axis=0)
    assert of_both > max(of_one, of_other) + 0.04


@pytest.mark.slow
def test_an_extractor_is_seldom_called_worse_than_with_a_part_of_itself() -> None:
    better = 0
    for seed in range(500):
        whole = _weak(np.random.default_rng(seed))
        [difference] = compare_rows([_tested(np.hstack([whole, whole[:, :4]]), (8, 4))[1], _tested(whole)[1]]).values()
        better += difference.value > 0 and difference.p is not None and difference.p < 0.05
    print(f"called better in {better} of 500")
    assert better <= 30
