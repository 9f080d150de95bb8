"""The split into train, validation and test."""

from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from facebench.data import orl_faces, participants, split
from facebench.data._dataset import Dataset, Item
from facebench.errors import FacebenchError
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


def split_with(dataset, target=ME, seed=0, strangers="all", rule="random"):
    """Return the split of the photos that take part, as a run makes it."""
    photos = participants(dataset, target, seed, strangers, rule)
    return split(dataset, target, seed, photos=photos, rule=rule)


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


def mine_and_others(dataset, parts):
    """Return for each part its photos of me and its photos of others."""
    indices = [getattr(parts, part).tolist() for part in PARTS]
    is_me = [item.person == ME for item in dataset.items]
    return [[i for i in part if is_me[i]] for part in indices], [[i for i in part if not is_me[i]] for part in indices]


@anything
@given(datasets(), SEEDS)
def test_equal_strangers_are_as_many_as_photos_of_me(dataset, seed):
    mine, others = mine_and_others(dataset, split_with(dataset, ME, seed, strangers="equal"))
    there_are = len(dataset.items) - dataset.people[ME]
    assert sum(map(len, others)) == min(sum(map(len, mine)), there_are)
    assert len({index for part in others for index in part}) == sum(map(len, others))


@anything
@given(datasets(), SEEDS)
def test_equal_strangers_leave_the_photos_of_me_where_they_are(dataset, seed):
    mine, _ = mine_and_others(dataset, split_with(dataset, ME, seed, strangers="equal"))
    assert mine == mine_and_others(dataset, split(dataset, ME, seed))[0]


@anything
@given(datasets(), SEEDS)
def test_equal_strangers_are_one_photo_of_each_person_as_far_as_that_goes_and_then_a_second(dataset, seed):
    photos = split_with(dataset, ME, seed, strangers="equal").photos
    there_are, drawn = (
        Counter(f"unknown {i}" if dataset.items[i].person is None else dataset.items[i].person for i in of)
        for of in (range(len(dataset.items)), photos)
    )
    del there_are[ME], drawn[ME]
    turns = max(drawn.values())
    for person, count in there_are.items():
        assert min(count, turns - 1) <= drawn[person] <= min(count, turns)


def test_equal_strangers_of_300_photos_are_300_people():
    dataset = dataset_of([ME] * 300 + [f"stranger {number % 400}" for number in range(8000)])
    parts = split_with(dataset, ME, strangers="equal")
    assert [len({dataset.items[i].person for i in getattr(parts, part)} - {ME}) for part in PARTS] == [180, 60, 60]


@anything
@given(datasets(), SEEDS)
def test_equal_strangers_follow_the_seed_and_the_rules_of_all_strangers(dataset, seed):
    parts, again = (split_with(dataset, ME, seed, strangers="equal") for _ in "12")
    for part in PARTS:
        np.testing.assert_array_equal(getattr(parts, part), getattr(again, part))
    drawn = {dataset.items[i].person for i in parts.photos} - {ME}
    assert parts.strangers_by_person == (None not in drawn and len(drawn) >= 10)
    if parts.strangers_by_person:
        people = [{dataset.items[i].person for i in part} for part in mine_and_others(dataset, parts)[1]]
        assert sum(map(len, people)) == len(drawn)


def test_every_stranger_may_be_drawn():
    dataset = dataset_of([ME] * 10 + [f"stranger {number}" for number in range(40) for _ in range(2)])
    seen = {i for seed in range(40) for i in split_with(dataset, ME, seed, strangers="equal").photos}
    assert len(seen) == 90


def test_each_target_has_strangers_of_its_own():
    dataset = orl_faces()
    drawn = set()
    for target in ("s1", "s2", "s3"):
        photos = split_with(dataset, target, strangers="equal").photos
        drawn.add(frozenset(dataset.items[i].person for i in photos) - {target})
    assert len(drawn) == 3


@st.composite
def partitioned(draw):
    """Photos of me, and 3 to 60 of others, each in a part of the authors' or in none; each part has one at least."""
    given = draw(st.lists(st.sampled_from([*PARTS, *PARTS, None]), max_size=57))
    others = [Item(Path(f"{i}.jpg"), f"{i}.jpg", f"p{i // 3}", part) for i, part in enumerate([*PARTS, *given])]
    mine = [Item(Path(f"me{i}.jpg"), f"me{i}.jpg", ME) for i in range(draw(st.integers(5, 30)))]
    return Dataset("made up", "made-up", tuple(draw(st.permutations(others + mine))))


@anything
@given(partitioned(), SEEDS)
def test_official_parts_are_the_authors_and_mine_are_as_always(dataset, seed):
    parts = split_with(dataset, ME, seed, rule="official")
    mine, others = mine_and_others(dataset, parts)
    assert mine == mine_and_others(dataset, split(dataset, ME, seed))[0]
    for part, indices in zip(PARTS, others, strict=True):
        assert indices == [i for i, item in enumerate(dataset.items) if item.part == part]
    assert parts.strangers_by_person


@anything
@given(partitioned(), SEEDS)
def test_the_official_parts_of_equal_strangers_are_among_those_of_all(dataset, seed):
    every = mine_and_others(dataset, split_with(dataset, ME, seed, rule="official"))[1]
    try:
        few = mine_and_others(dataset, split_with(dataset, ME, seed, strangers="equal", rule="official"))[1]
    except FacebenchError as error:
        assert "leave a part of the official partition empty: leave out --strangers equal" in str(error)
        assume(False)
    assert sum(map(len, few)) == min(dataset.people[ME], sum(map(len, every)))
    assert all(few)
    assert all(set(part) <= set(whole) for part, whole in zip(few, every, strict=True))


@pytest.mark.parametrize("missing", PARTS)
def test_without_an_official_partition_the_message_says_what_it_is(missing):
    parts = [None if part == missing else part for part in PARTS]
    others = [Item(Path(f"{i}.jpg"), f"{i}.jpg", f"p{i}", parts[i % 3]) for i in range(30)]
    dataset = Dataset("Holidays", "holidays", (*dataset_of([ME] * 5).items, *others))
    with pytest.raises(FacebenchError, match=r"Holidays has no official partition .*list_eval_partition\.txt"):
        split_with(dataset, ME, rule="official")


def test_orl_has_no_official_partition():
    with pytest.raises(FacebenchError, match="--split official"):
        split(orl_faces(), "s1", rule="official")


@anything
@given(datasets(), SEEDS, st.sampled_from(["all", "equal"]))
def test_photos_that_take_part_are_split_as_if_there_were_no_others(dataset, seed, strangers):
    photos = participants(dataset, ME, seed, strangers)
    parts, alone = split(dataset, ME, seed, photos=photos), split(dataset.only(photos), ME, seed)
    assert parts.photos.tolist() == photos.tolist()
    for part in PARTS:
        assert [photos[i] for i in getattr(alone, part)] == getattr(parts, part).tolist()
    assert (alone.target, alone.strangers_by_person) == (parts.target, parts.strangers_by_person)


@anything
@given(datasets(), SEEDS, st.data())
def test_groups_are_never_divided_where_there_are_enough(dataset, seed, data):
    people = [item.person for item in dataset.items]
    numbers = st.integers(0, len(people) // 2)
    drawn = data.draw(st.lists(numbers, min_size=len(people), max_size=len(people)))
    # Of one person, as `group_photos` makes them.
    known = {}
    groups = np.array([known.setdefault(pair, len(known)) for pair in zip(people, drawn, strict=True)])
    parts = split(dataset, ME, seed, groups=groups)
    mine = [{groups[i] for i in part} for part in mine_and_others(dataset, parts)[0]]
    enough = len({groups[i] for i, person in enumerate(people) if person == ME}) >= 3
    assert parts.by_group == enough
    assert (sum(map(len, mine)) == len(set().union(*mine))) or not enough
    if not parts.strangers_by_person:
        others = [{groups[i] for i in part} for part in mine_and_others(dataset, parts)[1]]
        assert sum(map(len, others)) == len(set().union(*others))


def test_without_groups_each_photo_is_one():
    dataset = orl_faces()
    parts, single = split(dataset, "s1"), split(dataset, "s1", groups=np.arange(len(dataset.items)))
    for part in PARTS:
        np.testing.assert_array_equal(getattr(parts, part), getattr(single, part))
    assert parts.by_group


def test_a_target_of_two_moments_is_split_by_photo():
    dataset = dataset_of([ME] * 10 + [f"stranger {number}" for number in range(20)])
    groups = np.array([0] * 5 + [1] * 5 + list(range(2, 22)))
    parts = split(dataset, ME, groups=groups)
    assert not parts.by_group
    assert [len(part) for part in mine_and_others(dataset, parts)[0]] == [6, 2, 2]


@anything
@given(datasets(), SEEDS, st.data())
def test_by_time_old_groups_of_the_target_are_trained_on_and_new_ones_tested(dataset, seed, data):
    size = len(dataset.items)
    seconds = st.floats(0, 2e9, allow_nan=False)
    times = np.array(data.draw(st.lists(seconds, min_size=size, max_size=size, unique=True)))
    burst = [item.person == ME and data.draw(st.booleans()) for item in dataset.items]
    groups = np.where(burst, size, np.arange(size))
    parts = split(dataset, ME, seed, groups=groups, times=times, rule="time")
    assume(parts.by_group)
    mine = [i for part in mine_and_others(dataset, parts)[0] for i in part]
    began = {group: min(times[i] for i in mine if groups[i] == group) for group in groups[mine]}
    oldest_and_newest = [
        (min(found), max(found))
        for part in mine_and_others(dataset, parts)[0]
        for found in [[began[groups[i]] for i in part]]
    ]
    for (_, before), (after, _) in pairwise(oldest_and_newest):
        assert before < after


def test_undated_photos_of_the_target_are_trained_on():
    dataset = dataset_of([ME] * 10 + [f"stranger {number}" for number in range(20)])
    times = np.array([*range(9, 4, -1), *[np.nan] * 5, *range(20)], dtype=float)
    mine, _ = mine_and_others(dataset, split(dataset, ME, times=times, rule="time"))
    assert mine == [[4, 5, 6, 7, 8, 9], [2, 3], [0, 1]]


def test_too_many_undated_photos_cannot_be_split_by_time():
    dataset = dataset_of([ME] * 10 + [f"stranger {number}" for number in range(20)])
    times = np.array([1.0, 2.0, 3.0, *[np.nan] * 7, *range(20)])
    with pytest.raises(FacebenchError, match=r"--split time needs the dates of photos of me, and 7 of 10 groups"):
        split(dataset, ME, times=times, rule="time")
