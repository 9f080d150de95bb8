"""The split into train, validation and test."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from facebench.data import orl_faces, split
from facebench.data._dataset import Dataset, Item
from hypothesis import assume, given, settings
from hypothesis import strategies as st

PARTS = ("train", "validation", "test")
ME = "me"


def dataset_of(persons):
    return Dataset("made up", "made-up", tuple(Item(Path(f"{i}.jpg"), f"{i}.jpg", p) for i, p in enumerate(persons)))


@st.composite
def datasets(draw):
    """5 to 30 photos of me, at least 5 of others: known people with 1 to 6 photos each, or not known."""
    persons = [ME] * draw(st.integers(5, 30))
    for number, photos in enumerate(draw(st.lists(st.integers(1, 6), max_size=25))):
        persons += [f"stranger {number}"] * photos
    persons += [None] * draw(st.sampled_from([0, 0, 1, 5, 40]))
    assume(len(persons) - persons.count(ME) >= 5)
    return dataset_of(draw(st.permutations(persons)))


SEEDS = st.integers(0, 2**32)
anything = settings(max_examples=150, deadline=None)


@anything
@given(datasets(), SEEDS)
def test_parts_are_disjoint_sorted_and_cover_everything(dataset, seed):
    parts = split(dataset, ME, seed)
    together = np.concatenate([getattr(parts, part) for part in PARTS])
    assert sorted(together) == list(range(len(dataset.items)))
    for part in PARTS:
        indices = getattr(parts, part)
        assert indices.dtype == np.intp
        assert list(indices) == sorted(indices)


@anything
@given(datasets(), SEEDS)
def test_every_part_holds_photos_of_both_classes(dataset, seed):
    parts = split(dataset, ME, seed)
    for part in PARTS:
        assert {dataset.items[i].person == ME for i in getattr(parts, part)} == {True, False}


@anything
@given(datasets(), SEEDS)
def test_a_stranger_is_in_one_part_only_where_ten_are_known(dataset, seed):
    parts = split(dataset, ME, seed)
    strangers = {item.person for item in dataset.items} - {ME}
    assert parts.strangers_by_person == (None not in strangers and len(strangers) >= 10)
    if parts.strangers_by_person:
        seen = Counter(person for part in PARTS for person in {dataset.items[i].person for i in getattr(parts, part)})
        assert all(count == 1 for person, count in seen.items() if person != ME)


@anything
@given(datasets(), SEEDS)
def test_validation_and_test_hold_a_fifth_each_of_what_is_dealt(dataset, seed):
    parts = split(dataset, ME, seed)
    for mine in (True, False):
        dealt = {
            part: len({i if mine or not parts.strangers_by_person else dataset.items[i].person for i in indices})
            for part in PARTS
            for indices in [[i for i in getattr(parts, part) if (dataset.items[i].person == ME) is mine]]
        }
        assert dealt["validation"] == dealt["test"]
        assert abs(dealt["test"] - sum(dealt.values()) / 5) <= 0.5


@anything
@given(datasets(), SEEDS)
def test_the_same_seed_gives_the_same_split(dataset, seed):
    first, second = split(dataset, ME, seed), split(Dataset("other title", "other", dataset.items), ME, seed)
    for part in PARTS:
        np.testing.assert_array_equal(getattr(first, part), getattr(second, part))


def test_orl_is_split_60_20_20_by_photo_of_me_and_by_person_of_others():
    dataset = orl_faces()
    parts = split(dataset, "s1")
    counts = [Counter(dataset.items[i].person for i in getattr(parts, part)) for part in PARTS]
    assert [count["s1"] for count in counts] == [6, 2, 2]
    assert [len(count) - 1 for count in counts] == [23, 8, 8]
    assert all(photos == 10 for count in counts for person, photos in count.items() if person != "s1")
    assert (parts.target, parts.strangers_by_person) == ("s1", True)


def test_seeds_and_targets_each_have_a_split_of_their_own():
    def mine(target, seed):
        """Return which of a target's ten photos are tested, by number: comparable between targets."""
        dataset = orl_faces()
        return tuple(
            dataset.items[i].path.name for i in split(dataset, target, seed).test if dataset.items[i].person == target
        )

    assert len({mine("s1", seed) for seed in range(20)}) > 5
    assert len({mine(f"s{number}", 0) for number in range(1, 21)}) > 5


@pytest.mark.parametrize(("strangers", "by_person"), [(9, False), (10, True)])
def test_fewer_than_ten_strangers_are_split_by_photo(strangers, by_person):
    dataset = dataset_of([ME] * 5 + [f"stranger {number}" for number in range(strangers) for _ in range(5)])
    assert split(dataset, ME).strangers_by_person is by_person


def test_one_photo_of_somebody_unknown_has_strangers_split_by_photo():
    dataset = dataset_of([ME] * 5 + [f"stranger {number}" for number in range(20)] + [None])
    assert split(dataset, ME).strangers_by_person is False


def test_a_target_of_any_spelling_can_be_split():
    person = "Zoë 照\U0001f600\x1b"
    dataset = dataset_of([person] * 5 + ["adam"] * 5)
    assert [len(getattr(split(dataset, person), part)) for part in PARTS] == [6, 2, 2]
