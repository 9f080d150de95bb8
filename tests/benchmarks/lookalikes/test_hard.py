"""Hard strangers: the tenth of the others with the best mean rank over pairings, and the figures on their photos."""

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from facebench.benchmarks.comparison import cell_of, compare_runs, render
from facebench.benchmarks.lookalikes import HardFigures, HardStrangers, hard_figures, hard_strangers
from facebench.benchmarks.results import PairingResult, Predictions, RunResult, TargetResult

from ...made_up import result_of, scored

TARGETS = ("ann", "ben")
STRANGERS = [f"stranger {number}" for number in range(18)]


def made_of(pairing: str, scores: dict[str, np.ndarray]) -> tuple[PairingResult, Predictions]:
    """Return a pairing with the scores of two photos of each target, then of two of each stranger."""
    rows, results = [], []
    for target, of_target in scores.items():
        people = [target, *STRANGERS]
        names = [(f"{person}/{number}.jpg", person) for person in people for number in range(2)]
        truth = np.repeat(["me", *["other"] * len(STRANGERS)], 2)
        rows += [
            scored(
                path, person, None if np.isnan(score) else float(score), truth=whose, target=target, extractor=pairing
            )
            for (path, person), whose, score in zip(names, truth, of_target, strict=True)
        ]
        results.append(result_of(truth == "me", np.nan_to_num(of_target), target=target))
    return PairingResult(extractor=pairing, head="h", targets=results), Predictions.of(rows)


@pytest.fixture(scope="module")
def pairings() -> list[tuple[PairingResult, Predictions]]:
    """Two pairings on two targets, with a few photos without a score."""
    chance = np.random.default_rng(0)
    made = []
    for pairing in ("first", "second"):
        scores = {target: chance.uniform(size=2 + 2 * len(STRANGERS)) for target in TARGETS}
        for of_target in scores.values():
            of_target[chance.integers(2, len(of_target), 6)] = np.nan
        made.append(made_of(pairing, scores))
    return made


def naive(pairings: list[tuple[PairingResult, Predictions]]) -> dict[str, set[str]]:
    """Return the hard strangers of each target, computed one by one."""
    hard = {}
    for target in TARGETS:
        ranks = dict.fromkeys(STRANGERS, 0)
        for _, rows in pairings:
            means = {}
            for person in STRANGERS:
                found = [r.score for r in rows if (r.target, r.person) == (target, person) and r.score is not None]
                means[person] = sum(found) / len(found) if found else -np.inf
            for rank, person in enumerate(sorted(means, key=lambda person: (-means[person], person))):
                ranks[person] += rank
        hard[target] = set(sorted(ranks, key=lambda person: (ranks[person], person))[:2])  # of 18
    return hard


def test_they_are_those_with_the_best_mean_rank(pairings: list[tuple[PairingResult, Predictions]]) -> None:
    hard = hard_strangers(pairings)
    expected = naive(pairings)
    assert {(each.target, each.person) for each in hard.people} == {
        (of, person) for of in TARGETS for person in expected[of]
    }
    assert hard_strangers(reversed(pairings)) == hard
    assert hard_strangers([]).people == set()


def test_figures_are_those_on_their_photos_and_on_all_of_the_target(
    pairings: list[tuple[PairingResult, Predictions]],
) -> None:
    hard, expected = hard_strangers(pairings), naive(pairings)
    for _, rows in pairings:
        balanced, accepted = [], 0
        for target in TARGETS:
            mine = [row.decision == "me" for row in rows if row.target == row.person == target]
            others = [r.decision == "me" for r in rows if r.target == target and r.person in expected[target]]
            assert len(others) == 4
            balanced.append((np.mean(mine) + 1 - np.mean(others)) / 2)
            accepted += sum(others)
        figures = hard_figures(rows, hard)
        assert figures == HardFigures(accepted, 8, pytest.approx(np.mean(balanced)))
    assert hard_figures(Predictions(), hard) is None
    assert hard_figures(pairings[0][1], HardStrangers(frozenset())) is None


def test_the_table_has_them_in_two_columns_and_says_who_they_are(
    pairings: list[tuple[PairingResult, Predictions]], run_of: Callable[..., RunResult]
) -> None:
    tests: dict[tuple[str, str], list[TargetResult]] = {(made.extractor, "h"): made.targets for made, _ in pairings}
    rows = Predictions.joined([rows for _, rows in pairings])
    groups = compare_runs([("0001", run_of(tests, targets=TARGETS))], predictions={"0001": rows})
    by_name: dict[str, Any] = {row.pairing.extractor: row for row in groups[0].rows}
    hard = hard_strangers(pairings)
    for made, of_pairing in pairings:
        figures = hard_figures(of_pairing, hard)
        assert cell_of(by_name[made.extractor], "hard_accepts").text == f"{figures.accepted}/8"
        assert cell_of(by_name[made.extractor], "hard").value == figures.balanced
    said = "Note: Hard strangers are the tenth of the other people"
    assert said in render(groups, ["balanced", "hard"], "md")
    assert said not in render(groups, ["balanced"], "md")
    without = compare_runs([("0001", run_of(tests, targets=TARGETS))])
    assert [cell_of(row, "hard").text for row in without[0].rows] == ["-", "-"]
    assert said not in render(without, ["hard"], "md")


def test_rows_are_sorted_by_them_and_the_choice_does_not_depend_on_the_order(run_of: Callable[..., RunResult]) -> None:
    chance = np.random.default_rng(1)
    pairings, rows = {}, []
    for name, head in itertools.product("abc", "hk"):
        made, of_pairing = made_of(name, {"ann": chance.uniform(size=2 + 2 * len(STRANGERS))})
        pairings[name, head] = made.targets
        rows += [row.model_copy(update={"head": head}) for row in of_pairing]
    run = [("0001", run_of(pairings))]
    groups = {sort: compare_runs(run, sort, {"0001": rows})[0] for sort in ("balanced", "hard", "hard_accepts", "auc")}
    assert len({group.hard for group in groups.values()}) == 1
    values = [cell_of(row, "hard").value for row in groups["hard"].rows]
    assert values == sorted(values, reverse=True)
    assert len(set(values)) > 2
    accepts = [cell_of(row, "hard_accepts").value for row in groups["hard_accepts"].rows]
    assert accepts == sorted(accepts)
