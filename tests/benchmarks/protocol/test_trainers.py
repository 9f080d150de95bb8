"""Over twenty seeds the network trained in numpy is as good as the one that Keras trains."""

from collections import defaultdict

import numpy as np
import pytest
from facebench.benchmarks import Settings
from facebench.benchmarks.protocol import run_benchmark
from facebench.classifiers.dense import TRAINERS
from facebench.data import orl_faces
from facebench.embeddings.store import VectorStore
from scipy.stats import ttest_rel

SEEDS, METRICS = range(20), ("accuracy", "balanced_accuracy", "auc", "eer")

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("extractor", ["mobilenet", "face_recognition"])
def test_the_metrics_of_both_trainers_are_not_significantly_different(
    extractor: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    store = VectorStore(tmp_path_factory.mktemp("store") / "vectors.sqlite")
    heads = [f"mlp(trainer={trainer!r})" for trainer in TRAINERS]
    found: dict[tuple[str, str], list[float]] = defaultdict(list)
    for seed in SEEDS:
        settings = Settings(extractors=[extractor], heads=heads, max_targets=10, seed=seed)
        result = run_benchmark(orl_faces(), settings, lambda *_: None, store=store)
        for pairing in result.pairings:
            for metric in METRICS:
                if pairing.extractor:
                    found[pairing.head, metric].append(pairing.estimates[metric].value)
    store.close()
    for metric in METRICS:
        ours, theirs = (np.array(found[head, metric]) for head in heads)
        p = ttest_rel(ours, theirs).pvalue if (ours != theirs).any() else 1.0
        print(f"{extractor}: {metric} {ours.mean():.4f} and {theirs.mean():.4f} over {len(SEEDS)} seeds, p {p:.2f}")
        assert p > 0.05 / len(METRICS)
        assert len(set(ours)) > 1  # the seeds change something
