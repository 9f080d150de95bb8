"""When an audit takes the best row's place: its AUC, its difference from the best row, its family of tests."""

from typing import Any

import numpy as np
import pytest
from facebench.benchmarks.results import Estimate, Interval, PairingResult, Prediction, Shortcut
from facebench.benchmarks.statistics import (
    Audit,
    Difference,
    check_shortcuts,
    shortcut_warnings,
    verdict_of,
    what_tells_apart,
)
from facebench.benchmarks.statistics._shortcuts import MARGIN, UNITS_NEEDED, worse_by_margin
from hypothesis import given, settings
from hypothesis import strategies as st

from ...made_up import prediction

MINE = 60  # photos of me, and as many strangers
ADVICE = "colours alone tell you apart. Add strangers"


def rows(wrong: int, mine: int = MINE) -> list[Prediction]:
    """Return the predictions of a pairing that is wrong about the first photos of each class."""
    return [
        prediction("me", number, "me" if number < mine else f"p{number}", right=number % mine >= wrong)
        for number in range(2 * mine)
    ]


def audit(wrong: int, low: float | None, name: str = "colour", *, value: float = 0.95, units: int = MINE) -> Audit:
    interval = None if low is None else Interval(low=low, high=1.0)
    auc = Estimate(value=value, interval=interval, units=units)
    pairing = PairingResult(extractor=name, head="svm", audit=True, targets=[], estimates={"auc": auc})
    return Audit(pairing, {"audit": True, "advice": ADVICE if name == "colour" else ""}, rows(wrong))


def found(*audits: Audit, best: int = 2) -> list[Shortcut]:
    return check_shortcuts(audits, rows(best))


@pytest.mark.parametrize(
    ("low", "wrong", "finding"),
    [
        (0.801, 2, "decisive"),  # as good as the best row
        (0.801, 0, "decisive"),  # better
        (0.8, 0, "none"),
        (0.801, 5, "suspicious"),  # three points worse, and that it is not five worse is not shown
        (0.801, 20, "suspicious"),  # clearly worse
        (0.5, 20, "none"),
        (None, 2, "unchecked"),
    ],
)
def test_an_audit_is_decisive_if_its_auc_is_high_and_it_is_no_worse_than_the_best_row(
    low: float | None, wrong: int, finding: str
) -> None:
    assert [shortcut.finding for shortcut in found(audit(wrong, low))] == [finding]


@pytest.mark.parametrize("name", ["background", "rim"])
def test_what_may_be_the_person_too_only_warns(name: str) -> None:
    [shortcut] = found(audit(0, 0.95, name))
    assert (shortcut.finding, shortcut.p) == ("suspicious", None)
    assert verdict_of([], [shortcut]) is None
    [warning] = shortcut_warnings([shortcut])
    assert warning.endswith(f"{name} alone tells you apart [shortcut]")


def test_audits_that_may_decide_are_a_family_of_tests() -> None:
    alone = found(audit(2, 0.9))[0].p
    several = found(audit(2, 0.9), audit(2, 0.4, "metadata"), audit(2, 0.4, "of_a_plug_in"), audit(0, 0.9, "rim"))
    assert [shortcut.p and shortcut.p / alone for shortcut in several] == [pytest.approx(3)] * 3 + [None]


@pytest.mark.parametrize(("value", "units", "finding"), [(1.0, 10, "suspicious"), (0.99, 13, "unchecked"),
                                                         (0.99, 14, "none"), (0.5, 13, "unchecked")])  # fmt: skip
def test_where_no_auc_could_show_enough_only_a_perfect_one_is_told(value: float, units: int, finding: str) -> None:
    [shortcut] = found(audit(2, 0.79, value=value, units=units))
    assert shortcut.finding == finding


def test_so_many_units_are_needed_as_show_an_auc_above_the_limit_if_it_is_one() -> None:
    assert 0.05 ** (1 / UNITS_NEEDED) > 0.8 >= 0.05 ** (1 / (UNITS_NEEDED - 1))


def test_the_words_are_the_card_s() -> None:
    shortcuts = found(audit(2, 0.9), audit(2, 0.4, "metadata"), audit(2, 0.85, "of_a_plug_in"))
    assert what_tells_apart(shortcuts) == (
        "colours alone tell you apart (AUC 0.950, at least 0.900); "
        "of_a_plug_in alone tells you apart (AUC 0.950, at least 0.850)"
    )
    assert shortcut_warnings(shortcuts)[0] == (
        f"Without looking at a face, colour x svm reaches an AUC of 0.950 (at least 0.900): {ADVICE} [shortcut]"
    )


def test_what_could_not_be_checked_is_said_once() -> None:
    shortcuts = found(audit(2, None, units=3), audit(2, None, "metadata", units=3))
    [warning] = shortcut_warnings(shortcuts)
    assert warning.startswith("Whether colour or metadata would tell you apart could not be checked: the smaller side")
    assert "has 3 independent units, and 14 are needed" in warning


@pytest.mark.parametrize(
    ("lows", "findings", "verdict"),
    [
        ([0.9, 0.5], ["none"], "trusted"),
        ([0.9], [], "trusted"),
        ([None], [], "trusted"),
        ([0.9], ["decisive", "unchecked"], "shortcut"),
        ([0.9], ["suspicious", "unchecked"], "suspicious"),
        ([0.9], ["warning", "unchecked"], "unchecked"),
        ([0.9], ["warning"], "trusted"),  # of an audit that only warns
        ([0.5, 0.44], ["decisive"], "chance"),
        ([], [], None),
    ],
)
def test_the_verdict(lows: list[float | None], findings: list[Any], verdict: str | None) -> None:
    pairings = [
        PairingResult(
            extractor="e",
            head=str(number),
            targets=[],
            estimates={
                "balanced_accuracy": Estimate(value=0.9, units=20, interval=low and Interval(low=low, high=1.0))
            },
        )
        for number, low in enumerate(lows)
    ]
    auc = Estimate(value=0.9, interval=None, units=20)
    shortcuts = [
        Shortcut(extractor="rim", head="svm", finding="suspicious", auc=auc)
        if finding == "warning"
        else Shortcut(extractor="a", head="svm", finding=finding, auc=auc, p=0.5)
        for finding in findings
    ]
    assert verdict_of(pairings, shortcuts) == verdict


@settings(deadline=None, max_examples=100)
@given(st.floats(-0.2, 0.2), st.floats(0.001, 0.1), st.integers(0, 200))
def test_the_test_for_a_margin_agrees_with_the_interval(value: float, reach: float, differing: int) -> None:
    """The interval's lower limit is above the margin where the one-sided p is below .025, and only there."""
    p = worse_by_margin(Difference(value, value - reach, value + reach, units=300, disagreements=differing))
    assert (p < 0.025) == (value - reach > -MARGIN) or np.isclose(p, 0.025)


def test_without_an_interval_nothing_is_shown() -> None:
    assert worse_by_margin(None) == worse_by_margin(Difference(0.1)) == 1
