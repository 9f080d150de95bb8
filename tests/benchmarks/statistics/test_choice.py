"""Parameters that a head chooses by itself: inside the training photos, groups whole, the test kept out of it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from facebench.benchmarks import Settings
from facebench.benchmarks.protocol import run_benchmark
from facebench.benchmarks.protocol._evaluate import evaluate
from facebench.benchmarks.protocol._screening import screen_and_embed
from facebench.benchmarks.protocol._trials import Trial, make_trials
from facebench.classifiers import _choose, load_head
from facebench.data import Dataset
from facebench.embeddings.extraction._embedder import Embedder
from facebench.embeddings.extraction._one_pass import embed_photos
from facebench.embeddings.extraction._photos import Photos
from facebench.embeddings.extraction._vectors import Vectors
from facebench.errors import FacebenchError
from threadpoolctl import threadpool_limits

HEADS = pytest.mark.parametrize("name", ["svm(C='auto')", "logreg(C='auto')"])


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    """Several threads would only wait for one another: the photos are few."""
    with threadpool_limits(1):
        yield


@pytest.fixture
def trial_and_vectors(people: Callable[..., Dataset], extractor: Callable[..., Any]) -> tuple[Trial, Vectors]:
    """One target of ORL among 13 others."""
    dataset = people(14)
    look = screen_and_embed(dataset, np.arange(len(dataset.items)), ["s4"])[0]
    [trial] = make_trials(look, Settings(repeats=1), {"s4": np.arange(len(dataset.items))})
    return trial, embed_photos(Photos([item.path for item in look.dataset.items]), Embedder("blocks", extractor()))


@pytest.fixture
def searched(monkeypatch: pytest.MonkeyPatch) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """What every choice was made on: vectors, labels and groups."""
    calls = []
    choose = _choose.choose_strength

    def choosing(pipeline: Any, default: float, X: Any, y: Any, groups: Any, **weights: Any) -> float:
        calls.append((X, y, groups))
        return choose(pipeline, default, X, y, groups, **weights)

    monkeypatch.setattr("facebench.classifiers._standardised.choose_strength", choosing)
    return calls


@HEADS
def test_the_choice_is_made_on_training_photos_with_their_groups(
    name: str, trial_and_vectors: tuple[Trial, Vectors], searched: list
) -> None:
    trial, vectors = trial_and_vectors
    evaluate(trial, vectors, load_head(name), "auto")
    [(X, y, groups)] = searched
    np.testing.assert_array_equal(X, vectors.matrix[trial.train])
    np.testing.assert_array_equal(y, trial.mine[trial.train])
    for label, keys in ((True, trial.groups), (False, trial.people)):
        together = {frozenset(np.flatnonzero(groups == group).tolist()) for group in set(groups[y == label].tolist())}
        of_class = np.where(trial.mine[trial.train] == label, keys[trial.train], -1)
        expected = {frozenset(np.flatnonzero(of_class == key).tolist()) for key in set(of_class.tolist()) - {-1}}
        assert together == expected


@HEADS
def test_neither_validation_nor_test_has_a_say(
    name: str, trial_and_vectors: tuple[Trial, Vectors], monkeypatch: pytest.MonkeyPatch
) -> None:
    trial, vectors = trial_and_vectors
    matrix = vectors.matrix.copy()
    held_out = np.concatenate([trial.validation, trial.test])
    matrix[held_out] = np.random.default_rng(0).normal(size=matrix[held_out].shape)
    chosen = []
    monkeypatch.setattr("facebench.classifiers._standardised.choose_strength", noting(chosen))
    scores = [evaluate(trial, v, load_head(name), "0.5")[1] for v in (vectors, replace(vectors, matrix=matrix))]
    assert chosen[0] == chosen[1]
    assert not np.allclose(*scores)


@pytest.mark.parametrize("C", ["-1", "'best'", "None"])
def test_what_is_no_strength_ends_the_run_with_the_heads_name(
    C: str, people: Callable[..., Dataset], extractor: Callable[..., Any]
) -> None:
    extractor()
    asked = Settings(extractors=["blocks"], heads=[f"svm(C={C})"], target="s1", repeats=1)
    with pytest.raises(FacebenchError, match=r"The head svm\(C=.*\) cannot be fitted: The 'C' parameter of SVC"):
        run_benchmark(people(12), asked, lambda *_: None)


def test_a_choice_is_made_anew_for_each_target_and_repeat(
    people: Callable[..., Dataset], extractor: Callable[..., Any], searched: list
) -> None:
    extractor()
    asked = Settings(extractors=["blocks"], heads=["svm(C='auto')"], max_targets=2, repeats=2)
    run_benchmark(people(12), asked, lambda *_: None)
    assert len(searched) == 4
    assert len({X.tobytes() for X, _, _ in searched}) == 4


def noting(chosen: list[float]) -> Callable[..., float]:
    """Return the choice of a strength; what is chosen is put into a list."""
    choose = _choose.choose_strength

    def choosing(*arguments: Any, **weights: Any) -> float:
        chosen.append(choose(*arguments, **weights))
        return chosen[-1]

    return choosing
