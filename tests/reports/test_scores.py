"""Histograms of scores, and losses by epoch."""

import math
from typing import Any

import numpy as np
import pytest
from facebench.benchmarks.results import Prediction, TargetResult
from facebench.reports._histogram import count_scores
from facebench.reports._training import losses_of
from hypothesis import given, settings
from hypothesis import strategies as st

from .. import made_up


def row(score: float | None, truth: str, threshold: float) -> Prediction:
    decision = "me" if score is not None and score >= threshold else "other"
    return Prediction.model_construct(score=score, truth=truth, decision=decision)


def result_of(target: str = "ann", rejects: int = 0, seed: int = 0, **fields: Any) -> TargetResult:
    truth = np.arange(20) < 10
    decisions = truth & (np.arange(20) >= rejects)
    return made_up.result_of(truth, decisions, decisions, target=target, split_seed=seed, **fields)


numbers = st.floats(-1e6, 1e6) | st.floats(0, 1) | st.just(0.5)


@settings(deadline=None)
@given(st.lists(st.tuples(st.none() | numbers, st.sampled_from(["me", "other"])), max_size=60), numbers)
def test_bins_hold_every_photo_once_and_none_straddles_the_threshold(
    scores: list[tuple[float | None, str]], threshold: float
) -> None:
    rows = [row(score, truth, threshold) for score, truth in scores]
    counts = count_scores(rows, threshold)
    if all(made.score is None for made in rows):
        assert counts is None
        return
    assert sum(counts.mine) + sum(counts.others) + sum(counts.unscored) == len(rows)
    assert len(counts.edges) == len(counts.mine) + 1 == len(counts.others) + 1 <= 28
    assert all(low < high for low, high in zip(counts.edges[:-1], counts.edges[1:], strict=True))
    assert threshold in counts.edges
    at = counts.edges.index(threshold)
    for truth, bins in (("me", counts.mine), ("other", counts.others)):
        accepted = sum(made.truth == truth and made.decision == "me" for made in rows)
        assert sum(bins[at:]) == accepted


def test_each_score_is_in_its_bin() -> None:
    scores = np.random.default_rng(0).normal(size=5000).tolist()
    counts = count_scores([row(score, "me", 0.5) for score in scores], 0.5)
    expected, _ = np.histogram(scores, bins=counts.edges)
    assert counts.mine == expected.tolist()
    assert counts.others == [0] * len(counts.mine)


def test_the_least_bit_below_the_threshold_is_below_it() -> None:
    counts = count_scores([row(score, "me", 0.0) for score in (-5e-324, 1000.0)], 0.0)
    assert sum(counts.mine[: counts.edges.index(0.0)]) == 1


@pytest.mark.parametrize("threshold", [math.inf, -math.inf, math.nan])
def test_a_threshold_that_is_no_number_has_no_histogram(threshold: float) -> None:
    assert count_scores([row(0.5, "me", 0.5)], threshold) is None


def test_scores_that_are_no_numbers_are_counted_apart() -> None:
    rows = [row(math.inf, "me", 0.5), row(math.nan, "other", 0.5), row(0.2, "other", 0.5)]
    counts = count_scores(rows, 0.5)
    assert (counts.unscored, sum(counts.others)) == ((1, 1), 1)


def test_losses_are_averaged_by_epoch_over_the_tests_that_got_there() -> None:
    histories = [{"loss": [3.0, 2.0, 1.0], "val_loss": [1.0]}, {"loss": [1.0, math.nan]}, {}]
    loss, val_loss = losses_of([result_of(history=history) for history in histories])
    assert (loss.name, loss.epochs, loss.mean, loss.tests, loss.astray) == ("loss", [1, 2, 3], [2.0, 2.0, 1.0], 2, 1)
    assert loss.low == pytest.approx([1.05, 2.0, 1.0])
    assert loss.high == pytest.approx([2.95, 2.0, 1.0])
    assert (val_loss.name, val_loss.mean, val_loss.tests) == ("val_loss", [1.0], 1)


def test_heads_without_epochs_and_losses_that_are_all_astray_give_no_curve() -> None:
    assert losses_of([result_of()]) == []
    assert losses_of([result_of(history={"loss": [math.inf, math.nan]})]) == []
