"""The unit of evidence: which test photos stand together, and what each right decision adds to the accuracy."""

from dataclasses import dataclass

import numpy as np
import pytest
from facebench.benchmarks.results import Prediction
from facebench.benchmarks.statistics._samples import Sample, by_target, common_samples, samples_of
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sklearn.metrics import balanced_accuracy_score


@dataclass(frozen=True)
class Photo:
    """One photo in the test of one repeat."""

    mine: bool
    number: int
    right: bool = True
    repeat: int = 0


def row(tested: Photo, *, target: str = "ann", person: str = "", group: str = "", **more: object) -> Prediction:
    truth, other = ("me", "other") if tested.mine else ("other", "me")
    values: dict[str, object] = {
        "extractor": "e",
        "head": "h",
        "target": target,
        "path": f"{truth}/{tested.number}.jpg",
        "sha256": "",
        "person": target if tested.mine else person,
        "group": group,
        "split_seed": tested.repeat,
        "truth": truth,
        "score": 0.5,
        "decision": truth if tested.right else other,
        "outcome": "embedded",
        "box": "",
    }
    return Prediction(**values | more)


def in_common(ours: list[Prediction], theirs: list[Prediction]) -> dict[str, tuple[Sample, Sample]]:
    """Return the samples of two pairings over the photos that both were tested on."""
    return common_samples(by_target(ours), by_target(theirs))


def unit_sizes(sample: Sample) -> list[int]:
    """Return how many rows each unit has, in order."""
    return np.bincount(sample.unit).tolist()


#: Tests of several repeats, both classes in each; the same few photos, so that they meet again.
in_one_repeat = st.dictionaries(st.tuples(st.booleans(), st.integers(0, 9)), st.booleans(), min_size=2).filter(
    lambda photos: len({mine for mine, _ in photos}) == 2
)


def rows_of(repeats: list[dict[tuple[bool, int], bool]]) -> list[Photo]:
    return [
        Photo(mine, number, right, repeat)
        for repeat, photos in enumerate(repeats)
        for (mine, number), right in photos.items()
    ]


@settings(deadline=None, max_examples=80)
@given(st.lists(in_one_repeat, min_size=1, max_size=5), st.randoms(use_true_random=False))
@example([{(True, 0): False, (False, 0): False}], None)
def test_weights_of_right_decisions_sum_to_scikit_learns_balanced_accuracy(repeats: list, random: object) -> None:
    tested = rows_of(repeats)
    if random is not None:
        random.shuffle(tested)
    sample = samples_of([row(photo) for photo in tested])["ann"]
    by_repeat = []
    for repeat in range(len(repeats)):
        truth = [photo.mine for photo in tested if photo.repeat == repeat]
        decided = [photo.mine == photo.right for photo in tested if photo.repeat == repeat]
        by_repeat.append(balanced_accuracy_score(truth, decided))
    assert sample.weights @ sample.right == pytest.approx(np.mean(by_repeat), abs=1e-9)
    assert sample.sums(sample.weights * sample.right).sum() == pytest.approx(np.mean(by_repeat), abs=1e-9)
    assert sample.weights.sum() == pytest.approx(1, abs=1e-9)


@settings(deadline=None, max_examples=80)
@given(st.lists(in_one_repeat, min_size=1, max_size=5))
def test_a_photo_stays_one_unit_in_all_repeats(repeats: list) -> None:
    sample = samples_of([row(photo) for photo in rows_of(repeats)])["ann"]
    different = set().union(*repeats)
    assert sample.units == len(different)
    assert sample.units_of(True) == sum(mine for mine, _ in different)
    assert sample.units_of(False) == sum(not mine for mine, _ in different)
    assert len(np.unique(sample.photos)) == len(different)


def test_photos_of_the_target_stand_together_by_group() -> None:
    mine = [row(Photo(True, number), group=group) for number, group in enumerate("aabcc")]
    sample = samples_of([*mine, row(Photo(False, 0), person="bob")])["ann"]
    assert unit_sizes(sample) == [2, 1, 2, 1]
    assert (sample.units_of(True), sample.units_of(False)) == (3, 1)


def test_photos_of_strangers_stand_together_by_person_whatever_their_groups() -> None:
    strangers = [row(Photo(False, n), person=who, group=str(n)) for n, who in enumerate(["bob", "bob", "cy", "bob"])]
    sample = samples_of([row(Photo(True, 0), group="0"), *strangers])["ann"]
    assert unit_sizes(sample) == [1, 3, 1]


def test_photos_of_unknown_strangers_stand_together_by_group() -> None:
    strangers = [row(Photo(False, number), group=group) for number, group in enumerate("aab")]
    sample = samples_of([row(Photo(True, 0), group="a"), *strangers])["ann"]
    assert unit_sizes(sample) == [1, 2, 1]


def test_where_neither_person_nor_group_is_known_each_photo_is_a_unit() -> None:
    sample = samples_of([row(Photo(mine, number)) for mine in (True, False) for number in range(3)])["ann"]
    assert unit_sizes(sample) == [1] * 6


def test_a_person_whose_name_is_a_number_is_no_group() -> None:
    strangers = [row(Photo(False, 0), person="7", group="1"), row(Photo(False, 1), group="7")]
    assert unit_sizes(samples_of([row(Photo(True, 0), group="7"), *strangers])["ann"]) == [1, 1, 1]


def test_a_photo_without_a_score_has_none() -> None:
    rows = [row(Photo(True, 0), score=None), row(Photo(False, 0), score=0.25)]
    scores = samples_of(rows)["ann"].scores
    assert np.isnan(scores[0])
    assert scores[1] == 0.25


def test_targets_have_samples_of_their_own() -> None:
    rows = [row(Photo(mine, 0, right), target=of) for of, right in (("ann", True), ("bob", False)) for mine in (0, 1)]
    samples = samples_of(rows)
    assert {target: sample.right.tolist() for target, sample in samples.items()} == {
        "ann": [True, True],
        "bob": [False, False],
    }


@settings(deadline=None, max_examples=80)
@given(st.lists(in_one_repeat, min_size=1, max_size=3), st.data())
def test_two_pairings_are_aligned_on_the_photos_that_both_were_tested_on(repeats: list, data: st.DataObject) -> None:
    tested = rows_of(repeats)
    numbered = [row(photo, score=float(number)) for number, photo in enumerate(tested)]
    ours, theirs = (data.draw(st.lists(st.sampled_from(numbered), unique_by=id), label=name) for name in "ab")
    both = [photo for photo in numbered if photo in ours and photo in theirs]
    found = in_common(ours, theirs)
    if len({photo.truth for photo in both}) < 2:
        assert found == {}
        return
    first, second = found["ann"]
    assert sorted(first.scores) == sorted(photo.score for photo in both)
    for one, other in zip(vars(first).values(), vars(second).values(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_target_that_only_one_pairing_was_tested_on_is_left_out() -> None:
    ann, bob = ([row(Photo(mine, 0), target=target) for mine in (True, False)] for target in ("ann", "bob"))
    assert list(in_common(ann + bob, bob)) == ["bob"]
    assert list(in_common(bob, ann + bob)) == ["bob"]
    assert in_common(ann, bob) == {}


def test_the_same_photo_in_another_repeat_is_another_test() -> None:
    ours = [row(Photo(mine, 0, repeat=0)) for mine in (True, False)]
    theirs = [row(Photo(mine, 0, repeat=1)) for mine in (True, False)]
    assert in_common(ours, theirs) == {}
