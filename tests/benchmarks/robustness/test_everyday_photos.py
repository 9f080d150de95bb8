"""Robustness on LFW, where the checkout has it beside it (research use only), and what measuring it costs.

`pytest -m slow -n 0 -s` prints the table of docs/why.md.
"""

from pathlib import Path

import pytest
from facebench.benchmarks import Settings
from facebench.benchmarks.protocol import run_benchmark
from facebench.benchmarks.results import RobustnessCurve, RunFolder
from facebench.benchmarks.robustness import choose_kinds, measure_robustness, robustness_text
from facebench.benchmarks.robustness._cost import measure_cost
from facebench.data import draw_others, people_folder
from facebench.embeddings import VectorStore

LFW = Path(__file__).parents[3].parent / "shared" / "data" / "lfw-powell"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not LFW.is_dir(), reason="the LFW photos are not beside this checkout"),
]


def run_of(folder: Path, store: VectorStore, limit_others: int | None, **settings: object) -> Path:
    dataset = people_folder(LFW)
    if limit_others:
        dataset = draw_others(dataset, limit_others, "Colin_Powell", seed=0)
    written = RunFolder(folder, "lfw")
    chosen = Settings(target="Colin_Powell", **settings)
    run_benchmark(dataset, chosen, written.save, store=store, list_photos=written.list_photos)
    assert written.path is not None
    return written.path


def balanced(curve: RobustnessCurve) -> list[float]:
    return [step.balanced_accuracy.value for step in curve.steps]


def test_faces_hold_longer_than_whole_photos_and_every_kind_costs_something(tmp_path: Path) -> None:
    store = VectorStore(tmp_path / "vectors.sqlite")
    extractors = ["sface", "face_recognition", "mobilenet"]
    run = run_of(tmp_path, store, None, extractors=extractors, heads=["logreg", "svm"])
    result = measure_robustness(run, choose_kinds([]), store=store)
    print(robustness_text(result, "md"))
    store.close()
    rows = {row.extractor: row for row in result.rows}
    assert {row.changed for row in result.rows} == {0}
    assert rows["sface"].area.value > rows["mobilenet"].area.value
    for extractor in ("sface", "face_recognition"):
        for curve in rows[extractor].curves:
            assert balanced(curve)[1] > 0.95  # the first step is mild
            assert min(balanced(curve)) < balanced(curve)[0]  # and the last is not


def test_it_costs_at_most_a_tenth_more_than_embedding_the_copies(tmp_path: Path) -> None:
    store = VectorStore(tmp_path / "vectors.sqlite")
    settings = {"extractors": ["sface", "face_recognition"], "heads": ["logreg", "svm"], "repeats": 1}
    run = run_of(tmp_path, store, 100, **settings)
    store.close()
    cost = measure_cost(run)
    print(cost, cost.ratio)
    assert cost.ratio <= 1.1
