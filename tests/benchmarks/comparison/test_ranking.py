"""Ranks: which rows are told apart from the best, after Holm over all pairs, and when no test could tell them."""

from itertools import combinations
from typing import Any

import pytest
from facebench.benchmarks.comparison import Row
from facebench.benchmarks.comparison._ranking import rank_rows
from facebench.benchmarks.results import PairingResult
from facebench.benchmarks.results._schema import Estimate
from facebench.benchmarks.statistics._significance import photos_needed
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from ...made_up import prediction

MINE = 30  # photos of me, and as many strangers


def row(name: str, wrong: set[int], *, extractor: str = "e", audit: bool = False, targets: int = 1) -> Row:
    """Return the row of a pairing that is wrong about some of 60 photos, each tested once, or about whole targets."""
    predictions = [
        prediction(
            f"t{target}" if targets > 1 else "me",
            number,
            "me" if number < MINE else f"p{number}",
            right=(target if targets > 1 else number) not in wrong,
        )
        for target in range(targets)
        for number in (range(2 * MINE) if targets == 1 else (0, MINE))
    ]
    value = 1 - len(wrong) / (2 * MINE if targets == 1 else targets)
    estimate = Estimate(value=value, interval=None, units=MINE)
    pairing = PairingResult(
        extractor=extractor, head=name, targets=[], audit=audit, estimates={"balanced_accuracy": estimate}
    )
    result: Any = None
    return Row("run", result, pairing, predictions)


def adjusted(wrong: list[set[int]]) -> dict[frozenset[int], float]:
    """Return p of McNemar's exact test for all pairs, adjusted one after the other, smallest first."""
    raw = {}
    for pair in combinations(range(len(wrong)), 2):
        only = [len(wrong[one] - wrong[other]) for one, other in (pair, pair[::-1])]
        raw[frozenset(pair)] = binomtest(min(only), sum(only)).pvalue if sum(only) else 1.0
    found, largest = {}, 0.0
    for step, pair in enumerate(sorted(raw, key=raw.__getitem__)):
        largest = max(largest, min(1.0, (len(raw) - step) * raw[pair]))
        found[pair] = largest
    return found


errors = st.sets(st.integers(0, 2 * MINE - 1), max_size=30)


@settings(deadline=None, max_examples=60)
@given(st.lists(errors, min_size=2, max_size=6))
@example([set(), set(range(8)), set(range(25))])
@example([set(), set()])
def test_rows_share_the_rank_of_the_best_unless_they_are_told_apart(wrong: list[set[int]]) -> None:
    ranking = rank_rows([row(f"h{number}", of) for number, of in enumerate(wrong)])
    best = min(range(len(wrong)), key=lambda number: len(wrong[number]))
    p_values = adjusted(wrong)
    for number, ranked in enumerate(ranking.rows):
        assert ranked.pairing.head == f"h{number}"
        assert ranked.versus is not None
        if number == best:
            assert ranked.versus.best
            assert not ranked.versus.apart
            assert ranked.rank == 1
            continue
        p = p_values[frozenset((best, number))]
        assert ranked.versus.p == pytest.approx(p, abs=1e-9)
        assert ranked.versus.apart == (p < 0.05)
        assert ranked.versus.difference.value == pytest.approx((len(wrong[best]) - len(wrong[number])) / 60, abs=1e-9)
        better = sum(len(other) < len(wrong[number]) for other in wrong)
        assert ranked.rank == (1 + better if p < 0.05 else 1)


def test_more_rows_make_it_harder_to_tell_one_apart() -> None:
    few = [row("good", set()), row("bad", set(range(8)))]
    many = few + [row(f"middling {number}", {number}) for number in range(6)]
    assert rank_rows(few).rows[1].rank == 2
    assert rank_rows(many).rows[1].rank == 1
    assert rank_rows(many).rows[1].versus.p == pytest.approx(rank_rows(few).rows[1].versus.p * 28)


def test_the_row_that_always_says_no_and_audits_do_not_compete() -> None:
    audit, majority = row("audit", set(), audit=True), row("majority", set(range(MINE)), extractor="")
    good, bad = row("good", {1}), row("bad", set(range(7)) | {1})
    ranking = rank_rows([audit, good, bad, majority])
    assert [(of.rank, of.versus is None) for of in ranking.rows] == [(None, True), (1, False), (2, False), (None, True)]
    assert ranking.rows[2].versus.p == rank_rows([good, bad]).rows[1].versus.p


def test_one_row_alone_is_first_and_compared_with_nothing() -> None:
    ranking = rank_rows([row("alone", {1}), row("majority", set(), extractor="")])
    assert [(of.rank, of.versus) for of in ranking.rows] == [(1, None), (None, None)]
    assert ranking.note == ""
    assert rank_rows([]).rows == []


def test_a_row_without_predictions_is_ranked_by_its_figure_and_not_compared() -> None:
    unknown = Row("run", None, row("unknown", set(range(20))).pairing)
    ranking = rank_rows([unknown, row("good", set()), row("bad", {1})])
    assert [of.rank for of in ranking.rows] == [3, 1, 1]
    assert ranking.rows[0].versus is None


@pytest.mark.parametrize(("disagreements", "too_small"), [(0, True), (5, True), (6, False)])
def test_five_disagreements_are_too_few_for_one_comparison(disagreements: int, too_small: bool) -> None:
    # The sixth is on the other side: it could have told them apart, and did not.
    wrong = [set(range(disagreements)), {50} if disagreements == 6 else set()]
    wrong[0] -= {5}
    note = rank_rows([row("one", wrong[0]), row("other", wrong[1])]).note
    assert ("[small-test]" in note) == too_small
    if too_small:
        assert "tell 1 row from the best" in note
        assert f"on {disagreements} of 60 independent photos at most" in note
        assert "in 1 comparison." in note
        assert f"About {photos_needed(0.05, max(0.05, disagreements / 60)):,} independent photos" in note


def test_the_note_counts_rows_that_no_outcome_could_have_told_apart() -> None:
    rows = [row("best", set()), row("near", {1}), row("nearer", {1, 2}), row("far", set(range(20)))]
    ranking = rank_rows(rows)
    assert [of.rank for of in ranking.rows] == [1, 1, 1, 4]
    assert "tell 2 rows from the best" in ranking.note
    assert "on 2 of 60 independent photos at most" in ranking.note
    assert "in 6 comparisons." in ranking.note


def test_rows_that_are_told_apart_need_no_note() -> None:
    assert rank_rows([row("best", set()), row("far", set(range(20)))]).note == ""


def test_of_several_targets_people_are_compared() -> None:
    best, near, far = (row(name, set(range(wrong)), targets=12) for name, wrong in (("a", 0), ("b", 1), ("c", 11)))
    ranking = rank_rows([best, near, far])
    assert [of.rank for of in ranking.rows] == [1, 1, 3]
    assert ranking.rows[2].versus.p == pytest.approx(3 * 2**-10, abs=1e-9)
    assert ranking.rows[2].versus.difference.units == 12
