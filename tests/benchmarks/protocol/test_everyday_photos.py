"""The claim of the project on everyday photos: LFW, where the checkout has them beside it (research use only)."""

from pathlib import Path
from statistics import fmean

import pytest
from facebench.benchmarks.protocol._evaluate import evaluate
from facebench.benchmarks.protocol._trials import Trial
from facebench.classifiers import load_head
from facebench.data import people_folder, split
from facebench.embeddings import extractors
from facebench.embeddings.extraction._embedder import Embedder
from facebench.embeddings.extraction._one_pass import embed_photos
from facebench.embeddings.extraction._photos import Photos

LFW = Path(__file__).parents[3].parent / "shared" / "data" / "lfw-powell"
SEEDS = range(20)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not LFW.is_dir(), reason="the LFW photos are not beside this checkout"),
]


@pytest.fixture(scope="module")
def metrics():
    """Metrics by (extractor, head, seed), target Colin_Powell."""
    dataset = people_folder(LFW)
    splits = {seed: split(dataset, "Colin_Powell", seed) for seed in SEEDS}
    found = {}
    for name in ("mobilenet", "face_recognition"):
        vectors = embed_photos(Photos([item.path for item in dataset.items]), Embedder(name, extractors.create(name)))
        for seed, parts in splits.items():
            trial = Trial.of(parts, dataset)
            for head in ("logreg", "svm"):
                result, _, _ = evaluate(trial, vectors, load_head(head, seed), "auto")
                found[name, head, seed] = result.metrics
    return found


@pytest.mark.parametrize("head", ["logreg", "svm"])
def test_face_recognition_is_nearly_right(metrics, head):
    tested = [metrics["face_recognition", head, seed] for seed in SEEDS]
    balanced, auc = fmean(m.balanced_accuracy for m in tested), fmean(m.auc for m in tested)
    print(f"face_recognition x {head}: mean balanced accuracy {balanced:.4f}, mean AUC {auc:.4f}")
    assert balanced >= 0.98
    assert auc >= 0.995


@pytest.mark.parametrize("head", ["logreg", "svm"])
def test_face_recognition_beats_mobilenet_in_every_seed(metrics, head):
    gains = [
        metrics["face_recognition", head, seed].balanced_accuracy - metrics["mobilenet", head, seed].balanced_accuracy
        for seed in SEEDS
    ]
    print(f"{head}: gains from {min(gains):.4f} to {max(gains):.4f}")
    assert min(gains) > 0
