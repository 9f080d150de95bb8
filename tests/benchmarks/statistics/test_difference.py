"""By how much one pairing beats another: against scikit-learn, its interval against brute force, its p-value."""

import numpy as np
import pytest
from facebench.benchmarks.results import Prediction
from facebench.benchmarks.statistics._difference import Difference, difference
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest, sem, t
from sklearn.metrics import balanced_accuracy_score

from ...made_up import prediction

#: Of one photo: its person, "me" among them, and whether ours and theirs are right about it.
Tested = tuple[str, bool, bool]

tests = st.lists(
    st.tuples(st.sampled_from(["me", "me", "ann", "bob", "cy", ""]), st.booleans(), st.booleans()), max_size=30
)


def both(tested: list[Tested], target: str = "me") -> tuple[list[Prediction], list[Prediction]]:
    """Return the rows of ours and of theirs."""
    ours, theirs = (
        [prediction(target, number, photo[0], right=photo[which]) for number, photo in enumerate(tested)]
        for which in (1, 2)
    )
    return ours, theirs


def has_both_classes(tested: list[Tested]) -> bool:
    return {person == "me" for person, *_ in tested} == {True, False}


def gain(tested: list[Tested]) -> float:
    """Return the difference of balanced accuracies as scikit-learn has them."""
    truth = np.array([person == "me" for person, *_ in tested])
    ours, theirs = (truth == [photo[which] for photo in tested] for which in (1, 2))
    return float(balanced_accuracy_score(truth, ours) - balanced_accuracy_score(truth, theirs))


@settings(max_examples=60, deadline=None)
@given(st.lists(tests, min_size=1, max_size=3))
def test_the_difference_is_that_of_scikit_learns_balanced_accuracies(targets: list[list[Tested]]) -> None:
    ours, theirs = [], []
    for number, tested in enumerate(targets):
        mine, other = both(tested, f"target {number}")
        ours, theirs = ours + mine, theirs + other
    whole = [gain(tested) for tested in targets if has_both_classes(tested)]
    found = difference(ours, theirs)
    if not whole:
        assert found is None
    else:
        assert found is not None
        assert found.value == pytest.approx(np.mean(whole), abs=1e-12)


@settings(max_examples=40, deadline=None)
@given(tests.filter(has_both_classes))
def test_exchanged_the_difference_and_its_interval_change_their_signs(tested: list[Tested]) -> None:
    ours, theirs = both(tested)
    one, other = difference(ours, theirs), difference(theirs, ours)
    assert one is not None and other is not None
    assert other.value == pytest.approx(-one.value, abs=1e-12)
    if one.low is None:
        assert other.low is other.high is None
    else:
        assert (other.low, other.high) == pytest.approx((-one.high, -one.low), abs=1e-12)


@settings(max_examples=40, deadline=None)
@given(tests.filter(has_both_classes))
@example([("me", True, False)] * 2 + [("ann", False, False), ("bob", False, False)])  # nothing varies in a class
@example([("me", True, True)] * 2 + [("ann", False, False), ("bob", False, False)])
def test_the_interval_is_where_the_difference_is_and_repeats_itself(tested: list[Tested]) -> None:
    found, again = difference(*both(tested)), difference(*both(tested))
    assert found == again
    assert found is not None
    people = {person or number for number, (person, *_) in enumerate(tested) if person != "me"}
    enough = min(len(people), sum(person == "me" for person, *_ in tested)) > 1
    assert (found.low is not None) == enough
    assert 0 < found.p <= 1
    if enough:
        assert -1 <= found.low <= found.value <= found.high <= 1
        assert found.low < found.high
        if all(ours == theirs for _, ours, theirs in tested):
            assert (found.low, found.disagreements, found.p) == (-found.high, 0, 1)


def mixed(rng: np.random.Generator) -> list[Tested]:
    """Return 20 photos of me and 12 people with 1 to 9 photos each, all of a person's mostly right or mostly wrong."""
    tested = [("me", bool(rng.random() < 0.9), bool(rng.random() < 0.6)) for _ in range(20)]
    for person in range(12):
        ours, theirs = rng.choice([0.05, 0.95], 2)
        tested += [
            (f"p{person}", bool(rng.random() < ours), bool(rng.random() < theirs)) for _ in range(1 + person % 9)
        ]
    return tested


@pytest.mark.parametrize("seed", range(3))
def test_the_interval_is_as_wide_as_if_photos_of_me_and_people_were_drawn_anew(seed: int) -> None:
    tested = mixed(np.random.default_rng(seed))
    found = difference(*both(tested))
    mine = [[a - b] for person, a, b in tested if person == "me"]
    others = [[a - b for who, a, b in tested if who == f"p{person}"] for person in range(12)]
    spread = by_brute_force(mine, others, np.random.default_rng(100 + seed))
    assert found is not None
    assert (found.units, found.disagreements) == (32, sum(sum(unit) != 0 for unit in mine + others))
    assert spread_of(found) == pytest.approx(spread, rel=0.15)
    by_photo = by_brute_force(mine, [[gain] for person in others for gain in person], np.random.default_rng(seed))
    assert spread_of(found) > by_photo + 0.01


def spread_of(found: Difference) -> float:
    """Return the standard error that limits were made of."""
    assert found.low is not None and found.high is not None
    assert found.value - found.low == pytest.approx(found.high - found.value)
    return float((found.high - found.value) / t.isf(0.025, found.disagreements + 3))


def by_brute_force(mine: list[list[int]], others: list[list[int]], rng: np.random.Generator) -> float:
    def mean_of_drawn(units: list[list[int]]) -> float:
        return float(np.mean([gain for unit in rng.integers(len(units), size=len(units)) for gain in units[unit]]))

    values = [(mean_of_drawn(mine) + mean_of_drawn(others)) / 2 for _ in range(4000)]
    return float(np.std(values))


def test_a_stranger_with_many_photos_is_one_unit() -> None:
    # Two people with ten photos each, one of whom only ours knows: one disagreement among strangers, not ten.
    me = [("me", True, True)] * 2
    known = [(person, True, person == "ann") for person in ("ann", "bob") for _ in range(10)]
    found, by_photo = difference(*both(me + known)), difference(*both([*me, *(("", *right) for _, *right in known)]))
    assert found is not None and by_photo is not None
    assert found.value == pytest.approx(by_photo.value) == 0.25
    assert (found.units, found.disagreements, found.p) == (4, 1, 1)
    assert (by_photo.units, by_photo.disagreements, by_photo.p) == (22, 10, 2 / 2**10)
    assert spread_of(found) == pytest.approx(0.25)
    assert spread_of(by_photo) == pytest.approx((20 / 19 * 20 * 0.5**2) ** 0.5 / 20 / 2)


def test_copies_of_me_are_one_unit_and_other_photos_of_me_are_each_their_own() -> None:
    tested = [("me", True, True), ("me", True, True), ("me", True, False), ("me", True, False)]
    ours, theirs = both([*tested, ("ann", True, True), ("bob", True, True)])
    single = difference(ours, theirs)
    copies = {"0.jpg": "a", "1.jpg": "a", "2.jpg": "b", "3.jpg": "b"}
    grouped = difference(
        *([row.model_copy(update={"group": copies.get(row.path, "")}) for row in rows] for rows in (ours, theirs))
    )
    assert single is not None and grouped is not None
    assert single.value == grouped.value == 0.25
    assert (single.units, single.disagreements, grouped.units, grouped.disagreements) == (6, 2, 4, 1)
    assert spread_of(single) == pytest.approx((4 / 3) ** 0.5 / 8)
    assert spread_of(grouped) == pytest.approx(2**0.5 * 2**0.5 / 8)


def test_several_targets_are_the_units_themselves() -> None:
    ours, theirs = [], []
    gains = []
    for number, rejects in enumerate([0, 1, 2, 5, 9]):
        tested = [("me", True, photo >= rejects) for photo in range(10)] + [("ann", True, True), ("bob", True, True)]
        mine, other = both(tested, f"target {number}")
        ours, theirs = ours + mine, theirs + other
        gains.append(rejects / 20)
    found = difference(ours, theirs)
    assert found is not None
    assert found.value == pytest.approx(np.mean(gains))
    assert (found.units, found.disagreements) == (5, 4)
    assert spread_of(found) == pytest.approx(sem(gains))
    assert found.p == 2 / 2**4  # of the 16 signs of four gains, all and none


@settings(max_examples=40, deadline=None)
@given(tests.filter(has_both_classes), st.integers(2, 3))
def test_the_same_test_in_more_splits_says_no_more(tested: list[Tested], repeats: int) -> None:
    once, again = (
        difference(*both(tested)),
        difference(
            *(
                [row.model_copy(update={"split_seed": seed}) for seed in range(repeats) for row in rows]
                for rows in both(tested)
            )
        ),
    )
    assert once is not None and again is not None
    for name in ("value", "low", "high"):
        assert getattr(again, name) == pytest.approx(getattr(once, name), abs=1e-12)
    assert (again.units, again.disagreements) == (once.units, once.disagreements)


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=6), st.data())
def test_of_as_many_photos_of_each_class_p_is_that_of_mcnemars_exact_test(
    mine: list[tuple[bool, bool]], data: st.DataObject
) -> None:
    others = data.draw(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=len(mine), max_size=len(mine)))
    found = difference(*both([("me", *right) for right in mine] + [("", *right) for right in others]))
    gains = [ours - theirs for ours, theirs in mine + others]
    assert found is not None
    disagreements = sum(gain != 0 for gain in gains)
    assert found.disagreements == disagreements
    expected = binomtest(gains.count(1), disagreements).pvalue if disagreements else 1.0
    assert found.p == pytest.approx(expected)


def test_photos_of_the_rarer_class_weigh_as_much_as_the_others_together() -> None:
    # Theirs accepts less: 5 of 50 photos of me are rejected for it, and 50 of 500 strangers. Neither is better.
    mine = [("me", True, photo >= 5) for photo in range(50)]
    others = [("", photo >= 50, True) for photo in range(500)]
    found = difference(*both(mine + others))
    assert found is not None
    assert (found.value, found.p) == (pytest.approx(0), pytest.approx(1))
    assert binomtest(5, 55).pvalue < 1e-9


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"path": "another.jpg"}, id="other photos"),
        pytest.param({"target": "somebody else"}, id="another target"),
    ],
)
def test_without_a_common_photo_there_is_no_difference(change: dict[str, str]) -> None:
    ours, theirs = both([("me", True, True)] * 3 + [("ann", True, True)] * 3)
    assert difference(ours, theirs) is not None
    assert difference(ours, [row.model_copy(update=change) for row in theirs]) is None
    assert difference([], theirs) is difference(ours, []) is difference([], []) is None


def test_only_photos_that_both_were_tested_on_count() -> None:
    ours, theirs = both([("me", True, True)] * 2 + [("ann", True, True), ("bob", True, True)])
    wrong = [row.model_copy(update={"path": f"more {row.path}", "decision": "me"}) for row in ours if row.truth != "me"]
    found = difference(ours + wrong, theirs)
    assert found == difference(ours, theirs)
    assert found is not None
    assert (found.value, found.units, found.disagreements, found.p) == (0, 4, 0, 1)
    assert found.high == -found.low == pytest.approx((1 - 0.05**0.5) / 2**0.5)  # two photos of me, two people


def test_five_points_are_planned_for_unless_the_difference_is_clear_by_itself() -> None:
    unclear = Difference(0.02, -0.02, 0.06, 0.3, units=300, disagreements=20, error=0.02)
    assert unclear.units_needed(1) == round(300 * (2.8016 * 0.02 / 0.05) ** 2 + 0.5)
    assert unclear.units_needed(28) > unclear.units_needed(1)
    clear = Difference(0.2, 0.1, 0.3, 0.07, units=60, disagreements=4, error=0.05)
    assert clear.units_needed(1) == 90  # 60 photos on four of which they differ: it takes six that do
    assert Difference(0.2).units_needed(1) == 0


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        (Difference(0.0123, -0.05, 0.25), "+1.2 points (95 %: -5.0 to +25.0)"),
        (Difference(-0.1), "-10.0 points"),
        (Difference(0.0, 0.0, 0.0), "+0.0 points (95 %: +0.0 to +0.0)"),
        (Difference(0.019, -0.0004, 0.038), "+1.9 points (95 %: +0.0 to +3.8)"),
    ],
)
def test_it_is_said_in_points(shown: Difference, text: str) -> None:
    assert str(shown) == text
