"""The program that measures what robustness costs: the same copies both times, and the run stays as it is."""

from pathlib import Path

from facebench.benchmarks.results import read_predictions
from facebench.benchmarks.robustness._cost import measure_cost

from .conftest import Tint


def test_the_copies_are_embedded_once_by_each_and_the_run_stays_as_it_is(run: Path, tint: Tint) -> None:
    before = {file.name: file.read_bytes() for file in run.iterdir()}
    photos = {row.path for row in read_predictions(run)}
    cost = measure_cost(run)
    assert (cost.photos, cost.copies) == (len(photos), 40 * len(photos))
    copies = [name for name in tint.given if "," in name]
    assert len(copies) == cost.copies  # by bench robust: named after their photos
    assert tint.given.count("array") == cost.copies  # with pixels made already
    assert cost.ratio == cost.robust / cost.alone > 0
    assert {file.name: file.read_bytes() for file in run.iterdir()} == before
