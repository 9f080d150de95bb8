"""By how much one pairing beats another: the difference against scikit-learn, its interval against brute force."""

from itertools import product

import numpy as np
import pytest
from facebench.benchmarks import Prediction
from facebench.benchmarks._difference import Difference, difference
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import balanced_accuracy_score

#: Of one photo: its person, "me" among them, and whether ours and theirs are right about it.
Tested = tuple[str, bool, bool]

tests = st.lists(
    st.tuples(st.sampled_from(["me", "me", "ann", "bob", "cy", ""]), st.booleans(), st.booleans()), max_size=30
)


def both(tested: list[Tested], target: str = "me") -> tuple[list[Prediction], list[Prediction]]:
    """Return the rows of ours and of theirs."""
    ours, theirs = (
        [row(target, number, photo[0], right=photo[which]) for number, photo in enumerate(tested)] for which in (1, 2)
    )
    return ours, theirs


def row(target: str, number: int, person: str, *, right: bool) -> Prediction:
    truth, other = ("me", "other") if person == "me" else ("other", "me")
    return Prediction(
        extractor="e",
        head="h",
        target=target,
        path=f"{number}.jpg",
        sha256="",
        person=target if person == "me" else person,
        split_seed=0,
        truth=truth,
        score=0.5,
        decision=truth if right else other,
        outcome="embedded",
        box="",
    )


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
def test_the_interval_is_where_the_difference_is_and_repeats_itself(tested: list[Tested]) -> None:
    found, again = difference(*both(tested)), difference(*both(tested))
    assert found == again
    assert found is not None
    people = {person or number for number, (person, *_) in enumerate(tested) if person != "me"}
    enough = min(len(people), sum(person == "me" for person, *_ in tested)) > 1
    assert (found.low is not None) == enough
    if enough:
        assert -1 <= found.low <= found.high <= 1
        if found.value == 0 and all(ours == theirs for _, ours, theirs in tested):
            assert (found.low, found.high) == (0, 0)


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
def test_the_interval_is_that_of_drawing_photos_of_me_and_people_anew(seed: int) -> None:
    tested = mixed(np.random.default_rng(seed))
    found = difference(*both(tested))
    mine = [[a - b] for person, a, b in tested if person == "me"]
    others = [[a - b for who, a, b in tested if who == f"p{person}"] for person in range(12)]
    drawn = by_brute_force(mine, others, np.random.default_rng(100 + seed))
    assert found is not None
    assert (found.low, found.high) == pytest.approx(drawn, abs=0.02)
    by_photo = by_brute_force(mine, [[gain] for person in others for gain in person], np.random.default_rng(seed))
    assert found.high - found.low > by_photo[1] - by_photo[0] + 0.04


def by_brute_force(mine: list[list[int]], others: list[list[int]], rng: np.random.Generator) -> tuple[float, float]:
    def mean_of_drawn(units: list[list[int]]) -> float:
        return float(np.mean([gain for unit in rng.integers(len(units), size=len(units)) for gain in units[unit]]))

    values = [(mean_of_drawn(mine) + mean_of_drawn(others)) / 2 for _ in range(4000)]
    return tuple(np.percentile(values, [2.5, 97.5]))


def test_strangers_are_drawn_by_person() -> None:
    # Two people with ten photos each, one of whom only ours knows: drawn by person, both may be that one, or none.
    me = [("me", True, True)] * 2
    known = [(person, True, person == "ann") for person in ("ann", "bob") for _ in range(10)]
    found, by_photo = difference(*both(me + known)), difference(*both([*me, *(("", *right) for _, *right in known)]))
    assert found == Difference(0.25, 0.0, 0.5)
    assert by_photo is not None
    assert by_photo.value == 0.25
    assert 0.1 < by_photo.low < by_photo.high < 0.4


def test_photos_of_me_are_drawn_by_photo() -> None:
    others = [("ann", True, True), ("bob", True, True)]
    assert difference(*both([("me", True, True), ("me", True, False), *others])) == Difference(0.25, 0.0, 0.5)


def test_several_targets_are_drawn_themselves() -> None:
    ours, theirs = [], []
    gains = []
    for number, rejects in enumerate([0, 1, 2, 5, 9]):
        tested = [("me", True, photo >= rejects) for photo in range(10)] + [("ann", True, True), ("bob", True, True)]
        mine, other = both(tested, f"target {number}")
        ours, theirs = ours + mine, theirs + other
        gains.append(rejects / 20)
    means = sorted(np.mean(drawn) for drawn in product(gains, repeat=5))  # every draw there is
    found = difference(ours, theirs)
    assert found is not None
    assert found.value == pytest.approx(np.mean(gains))
    assert (found.low, found.high) == pytest.approx(np.percentile(means, [2.5, 97.5]), abs=0.01)


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
    assert difference(ours + wrong, theirs) == Difference(0, 0, 0)


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        (Difference(0.0123, -0.05, 0.25), "+1.2 points (95 %: -5.0 to +25.0)"),
        (Difference(-0.1), "-10.0 points"),
        (Difference(0.0, 0.0, 0.0), "+0.0 points (95 %: +0.0 to +0.0)"),
    ],
)
def test_it_is_said_in_points(shown: Difference, text: str) -> None:
    assert str(shown) == text
