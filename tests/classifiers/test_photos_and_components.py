"""More photos never make a head worse: the ranking by every head's default, with few to many photos per component.

    uv run pytest -m slow -n 0 -s tests/classifiers/test_photos_and_components.py

prints the table of docs/protocol.md.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from facebench.benchmarks import Settings
from facebench.benchmarks.protocol import make_plan
from facebench.classifiers import fit_head, load_head, score
from facebench.data import people_folder
from sklearn.decomposition import PCA
from sklearn.metrics import roc_auc_score
from threadpoolctl import threadpool_limits

LFW = Path(__file__).parents[2].parent / "shared" / "data" / "lfw-powell"
HEADS = ["logreg", "svm", "ridge", "lda", "knn", "centroid", "tolerance", "mlp"]
#: Photos per component.
RATIOS = (0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.4, 2, 3, 5, 7, 10)
SEEDS = range(20)
#: Of the photos, those of me; and of each class, those that are tested on.
MINE, TEST = 0.2, 0.3
LOSS = 0.03

Sample = tuple[np.ndarray, np.ndarray]

pytestmark = pytest.mark.slow


def faces(extractor: str, dimension: int) -> Sample:
    """The first principal components of vectors of LFW; Colin Powell is me."""
    if not LFW.is_dir():
        pytest.skip("the LFW photos are not beside this checkout")
    X, mine = embedded(extractor)
    return PCA(dimension, random_state=0).fit_transform(X).astype(np.float32), mine


@cache
def embedded(extractor: str) -> Sample:
    plan = make_plan(people_folder(LFW), Settings(extractors=[extractor], heads=[], target="Colin_Powell", repeats=1))
    [vectors], [trial] = plan.vectors, plan.trials
    return vectors.matrix[vectors.embedded], trial.mine[vectors.embedded]


def made_up(dimension: int, seed: int) -> Sample:
    """Normal vectors, as many as every ratio needs, whose components vary ever less; me lies aside of the others."""
    rng = np.random.default_rng([seed, dimension])
    mine = np.arange(int(2 * max(RATIOS) * dimension)) % 5 == 0
    aside = rng.normal(size=dimension)
    X = rng.normal(size=(len(mine), dimension)) + 2.2 * aside / np.linalg.norm(aside) * mine[:, None]
    return (X / np.sqrt(np.arange(1, dimension + 1))).astype(np.float32), mine


def auc(name: str, sample: Sample, count: int, seed: int) -> float:
    """Return the AUC on the photos of a fixed test of a head trained on `count` others; NaN if there are fewer."""
    X, truth = sample
    rng = np.random.default_rng(seed)
    of_me = max(2, round(MINE * count))
    test, train = [], []
    for photos, wanted in ((np.flatnonzero(truth), of_me), (np.flatnonzero(~truth), count - of_me)):
        tested, left = np.split(rng.permutation(photos), [int(TEST * len(photos))])
        test.append(tested)
        train.append(left[:wanted])
    chosen, unseen = np.concatenate(train), np.concatenate(test)
    if len(chosen) < count:
        return np.nan
    with threadpool_limits(1):
        head = fit_head(load_head(name, seed), X[chosen], truth[chosen], (X[:0], truth[:0]))
    return float(roc_auc_score(truth[unseen], score(head, X[unseen])))


@pytest.mark.parametrize("dimension", [32, 64, 128])
@pytest.mark.parametrize("name", HEADS)
@pytest.mark.parametrize("source", ["mobilenet", "face_recognition", "made up"])
def test_more_photos_never_rank_worse(source: str, name: str, dimension: int) -> None:
    sample_of: Callable[[int], Sample] = lambda seed: made_up(dimension, seed)  # noqa: E731
    if source != "made up":
        found = faces(source, dimension)
        sample_of = lambda _: found  # noqa: E731
    counts = [max(4, round(ratio * dimension)) for ratio in RATIOS]
    means = np.mean([[auc(name, sample_of(seed), count, seed) for count in counts] for seed in SEEDS], axis=0)
    cells = ["" if np.isnan(mean) else f"{mean:.3f}" for mean in means]
    print(f"\n| {source} | {dimension} | {name} | {' | '.join(cells)} |")
    tested = means[~np.isnan(means)]
    assert (np.maximum.accumulate(tested) - tested).max() <= LOSS
