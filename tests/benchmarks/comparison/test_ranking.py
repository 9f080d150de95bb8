"""Ranks: which rows are told apart from the best, adjusted for all pairs, for whom, and which tests are too small.

And which rows are on the Pareto front.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from facebench.benchmarks.comparison import Row, compare_runs, pareto_front
from facebench.benchmarks.comparison._columns import cell_of
from facebench.benchmarks.comparison._ranking import rank_rows
from facebench.benchmarks.comparison._row import comparable
from facebench.benchmarks.results import Interval, PairingResult, Predictions, ProposalResult, RunResult
from facebench.benchmarks.results._schema import Estimate
from facebench.benchmarks.statistics._significance import max_t
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ...made_up import prediction

MINE = 30  # photos of me, and as many strangers


def row(
    name: str,
    wrong: set[int],
    *,
    extractor: str = "e",
    audit: bool = False,
    targets: int = 1,
    proposal: ProposalResult | None = None,
) -> Row:
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
    result: Any = SimpleNamespace(dataset=SimpleNamespace(proposal=proposal))
    return Row("run", result, pairing, predictions)


def adjusted(wrong: list[set[int]]) -> dict[frozenset[int], float]:
    """Return p of all pairs: of a sign-flip test for one pair, of max-t over the photos for more."""
    pairs = list(combinations(range(len(wrong)), 2))
    right = np.array([[number not in of for number in range(2 * MINE)] for of in wrong], dtype=float)
    p_values = max_t(np.array([right[one] - right[other] for one, other in pairs]))
    return {frozenset(pair): p for pair, p in zip(pairs, p_values, strict=True)}


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
        assert ranked.versus.p == pytest.approx(p, abs=0.025)  # signs are drawn
        assert ranked.versus.apart == (ranked.versus.p < 0.05)
        assert ranked.versus.difference.value == pytest.approx((len(wrong[best]) - len(wrong[number])) / 60, abs=1e-9)
        better = sum(len(other) < len(wrong[number]) for other in wrong)
        assert ranked.rank == (1 + better if ranked.versus.apart else 1)


def test_more_rows_make_it_harder_to_tell_one_apart() -> None:
    few = [row("good", set()), row("bad", set(range(8)))]
    many = few + [row(f"middling {number}", set(range(8 + 6 * number, 14 + 6 * number))) for number in range(6)]
    alone, among_many = (rank_rows(rows).rows[1].versus.p for rows in (few, many))
    assert alone < among_many < 28 * alone


def test_the_row_that_always_says_no_and_audits_do_not_compete() -> None:
    audit, majority = row("audit", set(), audit=True), row("majority", set(range(MINE)), extractor="")
    good, bad = row("good", {1}), row("bad", set(range(7)) | {1})
    ranking = rank_rows([audit, good, bad, majority])
    assert [(of.rank, of.versus is None) for of in ranking.rows] == [(None, True), (1, False), (2, False), (None, True)]
    assert ranking.rows[2].versus.p == rank_rows([good, bad]).rows[1].versus.p


def test_one_row_alone_is_first_and_compared_with_nothing() -> None:
    ranking = rank_rows([row("alone", {1}), row("majority", set(), extractor="")])
    assert [(of.rank, of.versus) for of in ranking.rows] == [(1, None), (None, None)]
    assert ranking.notes == []
    assert rank_rows([]).rows == []


def test_a_row_without_predictions_is_ranked_by_its_figure_and_not_compared() -> None:
    unknown = replace(row("unknown", set(range(20))), predictions=Predictions())
    ranking = rank_rows([unknown, row("good", set()), row("bad", {1})])
    assert [of.rank for of in ranking.rows] == [3, 1, 1]
    assert ranking.rows[0].versus is None


# What the test is too small for


def note_of(rows: list[Row]) -> str:
    return next((note for note in rank_rows(rows).notes if "[small-test]" in note), "")


def test_rows_that_tie_in_a_small_test_are_named_with_what_would_tell_them_apart() -> None:
    rows = [row("best", set()), row("near", {1}), row("nearer", {1, 2}), row("far", set(range(20)))]
    ranking = rank_rows(rows)
    assert [of.rank for of in ranking.rows] == [1, 1, 1, 4]
    [note] = ranking.notes
    assert note.startswith(
        "Tied with the best in a test that is too small to tell 5 points apart: e x near, e x nearer. "
    )
    needed = re.search(r"In 6 comparisons it takes about (\d+) independent photos like these, and here are 60 ", note)
    assert 60 < int(needed[1]) < 400


def test_a_row_that_ties_although_its_own_interval_excludes_zero_is_told_with_what_it_takes() -> None:
    # Six of 60 photos, all on one side, exclude 0 by themselves; among more rows they do not suffice.
    rows = [row("best", set()), row("near", set(range(6)))]
    others = [row(f"r{n}", set(range(10 * n, 10 * n + 10))) for n in range(1, 6)]
    ranking = rank_rows(rows + others)
    near = ranking.rows[1].versus
    assert not near.apart
    assert near.difference.high < 0
    [note] = [note for note in ranking.notes if "e x near" in note]
    assert note.startswith("Tied with the best although the interval of the difference, by itself, excludes 0: ")
    assert int(re.search(r"it takes about (\d+) independent photos like these, and here are 60 ", note)[1]) > 60


def test_of_many_rows_that_tie_the_first_are_named() -> None:
    assert "e x r5 and 2 more. In 28 comparisons" in note_of([row(f"r{n}", {n}) for n in range(8)])


@given(st.lists(errors, min_size=2, max_size=5))
@settings(deadline=None, max_examples=30)
def test_more_photos_are_never_said_to_be_enough_where_there_are_as_many(wrong: list[set[int]]) -> None:
    ranking = rank_rows([row(f"h{number}", of) for number, of in enumerate(wrong)])
    for note in ranking.notes:
        assert int(re.search(r"about ([\d,]+)", note)[1].replace(",", "")) > 60
        named = re.search(r": (.*)\. In \d", note)[1].split(", ")
        tied = [of for of in ranking.rows if of.title in named]
        assert len(tied) == len(named)
        for of in tied:
            assert not of.versus.apart
            assert ("excludes 0" in note) == of.versus.difference.excludes_zero


def test_rows_that_are_told_apart_need_no_note() -> None:
    assert rank_rows([row("best", set()), row("far", set(range(20)))]).notes == []


def test_rows_that_tie_in_a_test_that_is_large_enough_need_no_note() -> None:
    large = [row(name, wrong, targets=400) for name, wrong in (("one", {1}), ("other", {2}))]
    assert rank_rows(large).notes == []


# Several targets


def test_of_several_targets_people_are_compared() -> None:
    best, near, far = (row(name, set(range(wrong)), targets=12) for name, wrong in (("a", 0), ("b", 1), ("c", 11)))
    ranking = rank_rows([best, near, far])
    assert [of.rank for of in ranking.rows] == [1, 1, 3]
    assert ranking.rows[2].versus.p == pytest.approx(2**-10, abs=1e-9)  # two of the signs of eleven gains
    assert ranking.rows[2].versus.difference.units == 12
    assert len(ranking.notes) == 2
    assert ranking.notes[0].startswith("The rows ranked below the best are worse for these targets: 12 people ")
    assert "e x b. In 3 comparisons" in ranking.notes[1]
    assert "people like these, and here are 12" in ranking.notes[1]


def test_rows_that_tie_over_several_targets_are_not_called_worse() -> None:
    rows = [row(name, wrong, targets=12) for name, wrong in (("a", {1}), ("b", {2}))]
    assert [note[-12:] for note in rank_rows(rows).notes] == ["[small-test]"]


def celebrities(missed: list[int], *, photos: int = 20) -> list[Row]:
    """Return the rows of eight pairings that are tested on nine targets; the last misses so many photos of each."""
    rng = np.random.default_rng(0)
    rows = []
    for number in range(8):
        predictions = [
            prediction(f"t{target}", photo, "me" if photo < photos else f"p{photo}", right=right)
            for target in range(9)
            for photo, right in enumerate(
                (photo >= missed[target] if number == 7 else bool(rng.random() > 0.02)) if photo < photos else True
                for photo in range(photos + 12)
            )
        ]
        right = np.array([of.truth == of.decision for of in predictions if of.truth == "me"]).mean()
        estimate = Estimate(value=(1 + right) / 2, interval=None, units=9)
        made = row(f"h{number}", set())
        pairing = made.pairing.model_copy(update={"estimates": {"balanced_accuracy": estimate}})
        rows.append(replace(made, pairing=pairing, predictions=predictions))
    return rows


def test_one_row_far_below_seven_others_is_told_apart_over_nine_targets() -> None:
    # The gains of 15 to 45 points vary as those of celebrities did; nine signs cannot pass Holm over 28 pairs.
    ranking = rank_rows(celebrities([12, 6, 11, 9, 18, 8, 14, 10, 13]))
    assert [of.rank for of in ranking.rows] == [1] * 7 + [8]
    assert ranking.rows[7].versus.p < 0.05 < 28 * 2**-8
    assert "these targets: 9 people" in ranking.notes[0]


def proposed(extractor: str, complete: bool) -> ProposalResult:
    interval = Interval(low=0, high=0.01 if complete else 0.2)
    return ProposalResult(
        extractors=[extractor],
        mine=30,
        not_proposed=30,
        looked=9,
        found=0,
        missed=0,
        interval=interval,
        complete=complete,
    )


def test_a_row_whose_extractor_chose_the_photos_shares_the_rank_of_the_next() -> None:
    of = proposed("a", complete=False)
    best, next_best, last = (
        row("svm", set(), extractor="a(x=1)", proposal=of),
        row("svm", {1}, extractor="b", proposal=of),
        row("svm", set(range(20)), extractor="c", proposal=of),
    )
    ranking = rank_rows([best, next_best, last])
    assert [ranked.rank for ranked in ranking.rows] == [1, 1, 2]
    assert cell_of(ranking.rows[0], "rank").text == "1="
    assert cell_of(ranking.rows[0], "versus").text == "-"
    assert cell_of(ranking.rows[0], "p").value is None
    assert ranking.rows[1].versus is not None
    assert ranking.rows[1].versus.best
    alone = rank_rows([next_best, last]).rows[1].versus
    assert ranking.rows[2].versus == alone  # p is adjusted for rows that are compared
    assert comparable([best, next_best, last]) == [next_best, last]


@pytest.mark.parametrize(("wrong", "ranks"), [((0, 20, 10), [1, 2, 2]), ((0, 10, 20), [1, 2, 2])])
def test_between_others_or_after_them_it_shares_a_rank_too(wrong: tuple[int, int, int], ranks: list[int]) -> None:
    of = proposed("a", complete=False)
    rows = [
        row("svm", set(range(count)), extractor=name, proposal=of) for count, name in zip(wrong, "bca", strict=True)
    ]
    assert [ranked.rank for ranked in rank_rows(rows).rows] == ranks


def test_one_row_beside_it_is_the_first() -> None:
    of = proposed("a", complete=False)
    rows = [row("svm", set(), extractor="a", proposal=of), row("svm", {1}, extractor="b", proposal=of)]
    assert [ranked.rank for ranked in rank_rows(rows).rows] == [1, 1]


def test_it_is_ranked_once_enough_is_known_and_where_all_rows_are_its_own() -> None:
    complete, incomplete = proposed("a", complete=True), proposed("a", complete=False)
    for of, other in ((complete, "b"), (incomplete, "a")):
        rows = [
            row("svm", set(), extractor="a", proposal=of),
            row("logreg", set(range(20)), extractor=other, proposal=of),
        ]
        ranking = rank_rows(rows).rows
        assert [ranked.rank for ranked in ranking] == [1, 2]
        assert cell_of(ranking[1], "p").value is not None


costs = st.tuples(st.integers(1, 4), st.integers(1, 4), st.none() | st.integers(1, 4))


@given(st.lists(costs, max_size=12))
@example([(1, 1, None), (1, 1, None), (1, 2, 1), (2, 1, 1)])
@example([(1, 2, 3), (1, 2, 2), (1, 2, None)])
def test_on_the_front_is_what_nothing_beats(points: list[tuple[int, int, int | None]]) -> None:
    def beats(one: tuple[int, int, int | None], other: tuple[int, int, int | None]) -> bool:
        pairs = [(a, b) for a, b in zip(one, other, strict=True) if a is not None and b is not None]
        return all(a <= b for a, b in pairs) and any(a < b for a, b in pairs)

    assert pareto_front(points) == [not any(beats(other, one) for other in points) for one in points]


@pytest.fixture
def fronts(run_of: Callable[..., RunResult], tested: Callable[..., Any]) -> Callable[..., dict[str, str]]:
    """Return a function from {extractor: (rejects, milliseconds, bytes)} to what its rows say of the front."""

    def fronts(of: dict[str, tuple[int, float | None, int]], sort: str = "balanced") -> dict[str, str]:
        run = run_of({(name, "h"): [tested(rejects=facts[0])] for name, facts in of.items()})
        made = [
            extraction.model_copy(
                update={
                    "stored": extraction.photos if milliseconds is None else 0,
                    "seconds_per_photo": milliseconds and milliseconds / 1000,
                    "card": extraction.card | {"weights_bytes": size},
                }
            )
            for extraction in run.extractors
            for _, milliseconds, size in [of[extraction.extractor]]
        ]
        [group] = compare_runs([("0001", run.model_copy(update={"extractors": made}))], sort)
        return {row.pairing.extractor: cell_of(row, "front").text for row in group.rows}

    return fronts


def test_the_front_is_of_accuracy_time_and_size(fronts: Callable[..., dict[str, str]]) -> None:
    rows = {"exact": (0, 40, 20), "quick": (1, 4, 10), "small": (1, 9, 5), "slow": (1, 9, 10), "large": (0, 40, 30)}
    expected = dict.fromkeys(rows, "yes") | {"slow": "no", "large": "no"}
    assert fronts(rows) == expected
    assert list(fronts(rows, sort="front").values()) == ["yes"] * 3 + ["no"] * 2


def test_weights_are_in_megabytes(run_of: Callable[..., RunResult], tested: Callable[..., Any]) -> None:
    run = run_of({("e", "h"): [tested()], ("", "majority"): [tested()]})
    [extraction] = run.extractors
    sized = extraction.model_copy(update={"card": extraction.card | {"weights_bytes": 22_466_066}})
    [group] = compare_runs([("0001", run.model_copy(update={"extractors": [sized]}))])
    assert {row.title: cell_of(row, "mb").text for row in group.rows} == {"e x h": "22.5", "majority": "-"}


def test_without_a_speed_a_row_is_left_out_and_says_so(fronts: Callable[..., dict[str, str]]) -> None:
    rows = {"stored": (0, None, 1), "quick": (1, 4, 0), "slow": (2, 9, 5)}
    assert fronts(rows) == {"stored": "no speed", "quick": "yes", "slow": "no"}


def test_the_majority_is_not_on_the_front(run_of: Callable[..., RunResult], tested: Callable[..., Any]) -> None:
    [group] = compare_runs([("0001", run_of({("", "majority"): [tested()], ("e", "h"): [tested(rejects=9)]}))])
    assert {row.title: cell_of(row, "front").text for row in group.rows} == {"majority": "-", "e x h": "yes"}
