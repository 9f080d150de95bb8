"""What the comparison says of everyday photos: LFW, where the checkout has them beside it (research use only)."""

from pathlib import Path

import pytest
from facebench.benchmarks import Settings
from facebench.benchmarks.protocol import run_benchmark
from facebench.benchmarks.results import Prediction
from facebench.benchmarks.statistics import LEVEL, compare_rows
from facebench.data import people_folder
from facebench.embeddings.store import VectorStore

LFW = Path(__file__).parents[3].parent / "shared" / "data" / "lfw-powell"
EXTRACTORS, HEADS, SEEDS = ["mobilenet", "face_recognition"], ["logreg", "svm"], range(20)

#: By pair of rows, each (extractor, head).
Compared = dict[frozenset[tuple[str, str]], float]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not LFW.is_dir(), reason="the LFW photos are not beside this checkout"),
]


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> list[Compared]:
    """p-values, adjusted for all pairs of rows, of runs with each seed and the default five repeats."""
    store = VectorStore(tmp_path_factory.mktemp("store") / "vectors.sqlite")
    dataset = people_folder(LFW)
    runs = []
    for seed in SEEDS:
        kept: list[Prediction] = []
        settings = Settings(extractors=EXTRACTORS, heads=HEADS, target="Colin_Powell", seed=seed)
        run_benchmark(dataset, settings, lambda _, rows, kept=kept: kept.__setitem__(slice(None), rows), store=store)
        runs.append(all_pairs(kept))
    store.close()
    return runs


def all_pairs(predictions: list[Prediction]) -> Compared:
    rows: dict[tuple[str, str], list[Prediction]] = {}
    for prediction in predictions:
        rows.setdefault((prediction.extractor, prediction.head), []).append(prediction)
    names = list(rows)
    found = compare_rows(list(rows.values()))
    assert len(found) == 6
    return {frozenset((names[one], names[two])): made.p for (one, two), made in found.items() if made.p is not None}


@pytest.mark.parametrize("head", HEADS)
def test_the_extractors_are_told_apart(compared: list[Compared], head: str) -> None:
    pair = frozenset((extractor, head) for extractor in EXTRACTORS)
    apart = sum(run[pair] < LEVEL for run in compared)
    print(f"{' and '.join(EXTRACTORS)} x {head}: told apart in {apart} of {len(compared)} seeds")
    assert apart >= 18


def test_heads_on_face_vectors_are_not_told_apart(compared: list[Compared]) -> None:
    pair = frozenset(("face_recognition", head) for head in HEADS)
    apart = sum(run[pair] < LEVEL for run in compared)
    print(f"face_recognition x {' and '.join(HEADS)}: told apart in {apart} of {len(compared)} seeds")
    assert apart <= 2
