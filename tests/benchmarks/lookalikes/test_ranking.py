"""Look-alikes: a planted sibling is first; the figures are those of the rows; photos without a name or a score."""

from collections.abc import Callable
from dataclasses import replace
from statistics import fmean
from typing import Any

import numpy as np
import pytest
from facebench.benchmarks import Settings
from facebench.benchmarks.lookalikes import Lookalike, lookalikes_of, rank_lookalikes
from facebench.benchmarks.protocol import run_benchmark
from facebench.benchmarks.results import Predictions, RunResult
from facebench.data import Dataset

from ...made_up import scored

Run = tuple[RunResult, Predictions]


def run_of(dataset: Dataset, **settings: Any) -> Run:
    saved: list[Run] = []
    run_benchmark(
        dataset, Settings(extractors=["blocks"], heads=["logreg"], **settings), lambda *run: saved.append(run)
    )
    return saved[-1]


def thresholds_of(result: RunResult) -> dict[tuple[str, int], float]:
    return {(test.target, test.split_seed): test.threshold for test in result.pairings[-1].targets}


def with_sibling(dataset: Dataset) -> Dataset:
    """Return a data set in which photos 7, 8 and 9 of s3 are filed under another name."""
    planted = {f"s3/{number}.pgm" for number in (7, 8, 9)}
    items = (replace(item, person="sibling") if item.name in planted else item for item in dataset.items)
    return replace(dataset, items=tuple(items))


@pytest.fixture
def planted(people: Callable[..., Dataset], extractor: Callable[..., Any]) -> Run:
    """A run of s3 in three splits, with a sibling among 12 others."""
    extractor("blocks")
    return run_of(with_sibling(people(12)), target="s3", repeats=3, seed=4)


def test_a_planted_sibling_is_first(planted: Run) -> None:
    result, rows = planted
    found = lookalikes_of(result, result.pairings[-1], rows, thresholds_of(result))
    first, second, *_ = found.ranked
    assert (first.target, first.person, first.photos) == ("s3", "sibling", 3)
    assert first.accepted == first.tests > 0
    assert first.photo in {"s3/7.pgm", "s3/8.pgm", "s3/9.pgm"}
    assert first.highest > first.mean > max(0, second.mean)
    [note] = found.notes
    assert note == (
        f"{len(found.ranked)} of 12 other people were in a test of s3: with more splits (--repeats) there are more"
    )
    assert found.targets == ["s3"]


def test_the_figures_are_those_of_the_rows(planted: Run) -> None:
    result, rows = planted
    thresholds = thresholds_of(result)
    ranked = rank_lookalikes(rows, thresholds)
    others = [row for row in rows if row.truth == "other"]
    assert {each.person for each in ranked} == {row.person for row in others}
    for each in ranked:
        of_person = [row for row in others if row.person == each.person]
        beyond = [row.score - thresholds[row.target, row.split_seed] for row in of_person if row.score is not None]
        assert (each.highest, each.mean) == pytest.approx((max(beyond), fmean(beyond)))
        assert each.photo in [row.path for row, above in zip(of_person, beyond, strict=True) if above == max(beyond)]
        assert each.photos == len({row.path for row in of_person})
        assert (each.tests, each.accepted) == (len(of_person), sum(row.decision == "me" for row in of_person))
    order = [(each.accepted / each.tests, each.mean) for each in ranked]
    assert order == sorted(order, reverse=True)
    assert len({share for share, _ in order}) > 2
    shuffled = rows[np.random.default_rng(0).permutation(len(rows))]
    assert rank_lookalikes(shuffled, thresholds) == [replace(each, mean=pytest.approx(each.mean)) for each in ranked]


def test_photos_of_nobody_known_stand_for_themselves_and_their_doubles() -> None:
    rows = [
        scored("a.jpg", "", 0.75, group="1"),
        scored("copy of a.jpg", "", 0.5, group="1"),
        scored("b.jpg", "", 0.25, group="2"),
        scored("c.jpg", "", None, group="3"),
        scored("me.jpg", "ann", 1.0, truth="me"),
        scored("of another test.jpg", "", 1.0, split_seed=1),
    ]
    assert rank_lookalikes(Predictions.of(rows), {("ann", 0): 0.5}) == [
        Lookalike("ann", "", photos=2, tests=2, accepted=2, mean=0.125, highest=0.25, photo="a.jpg"),
        Lookalike("ann", "", photos=1, tests=1, accepted=0, mean=-0.25, highest=-0.25, photo="b.jpg"),
    ]
