"""Labels that mean nothing: every pairing is as good as a coin, and its interval has to say so."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from facebench.benchmarks.protocol._evaluate import evaluate, predictions
from facebench.benchmarks.protocol._trials import Trial
from facebench.benchmarks.results import Prediction, TargetResult
from facebench.benchmarks.results._schema import Estimate
from facebench.benchmarks.statistics._estimates import estimate_figures
from facebench.benchmarks.statistics._samples import samples_of
from facebench.classifiers import load_head
from facebench.data import Dataset, orl_faces, split
from facebench.embeddings import Extractor
from facebench.embeddings.extraction._embedder import Embedder
from facebench.embeddings.extraction._one_pass import embed_photos
from facebench.embeddings.extraction._photos import Photos
from facebench.embeddings.extraction._vectors import Vectors

SEEDS = range(100)
FACES = orl_faces()
#: The ten photos of each person, in the order of the data set, as groups of one, two, three and four.
GROUPS = np.repeat(np.arange(160), np.tile([1, 2, 3, 4], 40))

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def vectors_of(extractor_named: Callable[[str], Extractor]) -> Callable[[str], Vectors]:
    """Return a function from an extractor's name to the vectors of all ORL faces; each is asked for once."""
    made: dict[str, Vectors] = {}

    def vectors_of(name: str) -> Vectors:
        if name not in made:
            made[name] = embed_photos(
                Photos([item.path for item in FACES.items]), Embedder(name, extractor_named(name))
            )
        return made[name]

    return vectors_of


def relabelled(seed: int) -> Dataset:
    """Return the faces with half of the groups called "me", and nobody else known."""
    mine = np.random.default_rng(seed).permutation(160) < 80
    return replace(
        FACES,
        items=tuple(
            replace(item, person="me" if mine[group] else None) for item, group in zip(FACES.items, GROUPS, strict=True)
        ),
    )


def estimate(vectors: Vectors, head: str, seed: int, repeats: int) -> Estimate:
    dataset = relabelled(seed)
    results: list[TargetResult] = []
    rows: list[Prediction] = []
    for repeat in range(repeats):
        trial = Trial.of(split(dataset, "me", seed + repeat, groups=GROUPS), dataset, GROUPS)
        result, scores, decisions = evaluate(trial, vectors, load_head(head, seed), "auto")
        results.append(result)
        rows += predictions(dataset, trial, vectors, ("e", head), scores, decisions)
    return estimate_figures(results, samples_of(rows))["balanced_accuracy"]


@pytest.mark.parametrize("extractor", ["mobilenet", "face_recognition"])
@pytest.mark.parametrize(("head", "repeats"), [("logreg", 1), ("svm", 1), ("mlp", 1), ("svm", 5)])
def test_intervals_contain_one_half(
    vectors_of: Callable[[str], Vectors], extractor: str, head: str, repeats: int
) -> None:
    vectors = vectors_of(extractor)
    found = [estimate(vectors, head, seed, repeats) for seed in SEEDS]
    assert all(of.interval is not None for of in found)
    holding = sum(of.interval.low <= 0.5 <= of.interval.high for of in found)
    values, widths = [of.value for of in found], [of.interval.high - of.interval.low for of in found]
    print(
        f"{extractor} x {head}, repeats {repeats}: {holding} of {len(found)} intervals contain one half; "
        f"balanced accuracy {np.mean(values):.3f}, mean width {np.mean(widths):.3f}"
    )
    assert holding >= 88
    assert np.mean(values) == pytest.approx(0.5, abs=0.03)
    assert np.mean(widths) < 0.4
