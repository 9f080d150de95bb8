"""Copies and bursts by the first rules: groups against all pairs, on made-up hashes and on the ORL faces."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations, pairwise

import numpy as np
import pytest
from facebench.data import (
    Fingerprints,
    Photo,
    group_as_first,
    group_photos,
    orl_faces,
    resaved_photos,
    same_pictures,
    shared_photos,
)
from facebench.data.doubles import _candidates
from facebench.data.doubles._candidates import COPY_BITS, candidates
from facebench.data.doubles._moments import BURST_BITS, BURST_SECONDS
from facebench.embeddings.built_in import Fingerprint
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.cluster.hierarchy import DisjointSet, fcluster, linkage

anything = settings(max_examples=150, deadline=None)
#: Four photos that cannot be taken for one another, and some with a few bits flipped.
FAR_APART = (0, 2**64 - 1, 0x0F0F0F0F0F0F0F0F, 0x3333333333333333)
FLIPPED = st.sets(st.integers(0, 63), max_size=8).map(lambda bits: sum(1 << bit for bit in bits))
HASHES = st.builds(lambda base, flips: base ^ flips, st.sampled_from(FAR_APART), FLIPPED) | st.integers(0, 2**64 - 1)
#: A few days of a few minutes, so that photos meet within seconds; often no date.
TIMES = st.builds(lambda day, second: 86_400.0 * day + second, st.integers(0, 2), st.integers(0, 60)) | st.just(np.nan)
PHOTOS = st.lists(st.tuples(st.sampled_from(["me", "you", None]), HASHES, TIMES), min_size=1, max_size=24)


@anything
@given(st.lists(HASHES, max_size=40))
def test_every_pair_of_copies_is_among_the_candidates(hashes: list[int]) -> None:
    found = set(map(frozenset, compared(np.array(hashes, np.uint64))))
    copies = {frozenset(pair) for pair in combinations(range(len(hashes)), 2) if bits(hashes, *pair) <= COPY_BITS}
    assert copies <= found


#: Few hashes of few people within few seconds, so that distances tie and a crowd comes together.
CROWDED = st.lists(
    st.tuples(
        st.sampled_from(["me", None]),
        st.sets(st.integers(0, 15), max_size=6).map(lambda bits: sum(1 << 4 * bit for bit in bits)),
        st.integers(0, 25).map(float) | st.just(np.nan),
    ),
    max_size=50,
)


@anything
@given(PHOTOS | CROWDED, st.sampled_from([2, 4, 200]), st.sampled_from([1, 5, 1 << 20]))
def test_groups_and_pairs_are_those_of_comparing_one_by_one(photos: list[tuple], crowd: int, together: int) -> None:
    people, hashes, times = zip(*photos, strict=True) if photos else ((), (), ())
    hashes, times = np.array(hashes, np.uint64), np.array(times, float)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_candidates, "_CROWD", crowd)
        patch.setattr(_candidates, "_TOGETHER", together)
        assert compared(hashes) == list(candidates_one_by_one(np.arange(len(hashes)), hashes, crowd))
        assert grouped(people, hashes, times).tolist() == grouped_one_by_one(people, hashes, times, crowd)


@anything
@given(PHOTOS)
def test_photos_of_a_group_are_of_one_person_and_all_alike(photos: list[tuple]) -> None:
    people, hashes, times = zip(*photos, strict=True)
    for group in members(grouped(people, hashes, times)):
        assert len({people[photo] for photo in group}) == 1
        assert all(alike(hashes, times, *pair) for pair in combinations(group, 2))


@anything
@given(PHOTOS)
def test_no_two_groups_of_a_person_could_be_one(photos: list[tuple]) -> None:
    people, hashes, times = zip(*photos, strict=True)
    for first, second in combinations(members(grouped(people, hashes, times)), 2):
        if people[first[0]] == people[second[0]]:
            assert not all(alike(hashes, times, a, b) for a in first for b in second)


@anything
@given(PHOTOS)
def test_groups_are_numbered_in_the_order_of_their_first_photos(photos: list[tuple]) -> None:
    numbers = grouped(*zip(*photos, strict=True)).tolist()
    assert list(dict.fromkeys(numbers)) == list(range(len(set(numbers))))


@anything
@given(PHOTOS, st.randoms())
def test_where_being_alike_knows_no_chains_the_order_of_photos_does_not_matter(
    photos: list[tuple], random: object
) -> None:
    photos = [photo for photo in photos if photo[1] in FAR_APART]
    order = list(range(len(photos)))
    random.shuffle(order)
    if photos:
        shuffled = members(grouped(*zip(*(photos[index] for index in order), strict=True)))
        expected = {frozenset(group) for group in members(grouped(*zip(*photos, strict=True)))}
        assert {frozenset(order[index] for index in group) for group in shuffled} == expected


@pytest.mark.parametrize(("flipped", "seconds", "together"), [(4, None, True), (5, None, False), (0, 3600, True)])
def test_copies_differ_in_at_most_four_bits_whenever_they_were_saved(
    flipped: int, seconds: float | None, together: bool
) -> None:
    times = [np.nan, np.nan] if seconds is None else [0.0, seconds]
    numbers = grouped(["me", "me"], [0, spread(flipped)], times)
    assert bool(numbers[0] == numbers[1]) is together


@pytest.mark.parametrize(
    ("flipped", "times", "together"),
    [
        (10, (50.0, 60.0), True),
        (10, (60.0, 50.0), True),
        (10, (50.0, 61.0), False),
        (11, (50.0, 50.0), False),
        (10, (50.0, np.nan), False),
        (10, (np.nan, np.nan), False),
    ],
)
def test_a_burst_is_ten_bits_within_ten_seconds(flipped: int, times: tuple[float, float], together: bool) -> None:
    numbers = grouped(["me", "me"], [0, spread(flipped)], times)
    assert bool(numbers[0] == numbers[1]) is together


def test_a_chain_of_small_changes_does_not_swallow_a_person() -> None:
    hashes = [(1 << 3 * step) - 1 for step in range(20)]  # three bits from photo to photo, 57 from end to end
    sizes = [len(group) for group in members(grouped(["me"] * 20, hashes))]
    assert max(sizes) == 2
    assert len(sizes) >= 10


def test_a_long_burst_is_cut_where_it_gets_longer_than_ten_seconds() -> None:
    numbers = grouped(["me"] * 40, [spread(index % 2 * 10) for index in range(40)], [3.0 * i for i in range(40)])
    for group in members(numbers):
        odd, even = ([index for index in group if index % 2 == half] for half in (1, 0))
        assert all(3 * abs(a - b) <= BURST_SECONDS for a in odd for b in even)


def test_equal_photos_of_two_people_are_two_groups() -> None:
    assert grouped(["me", "you", "me", None], [7, 7, 7, 7]).tolist() == [0, 1, 0, 2]


def test_no_photos_are_no_groups() -> None:
    assert grouped([], []).tolist() == []
    assert group_photos([], made([])).tolist() == []


@pytest.fixture(scope="module")
def orl_prints() -> Fingerprints:
    photos = [Photo(item.path) for item in orl_faces().items]
    return Fingerprints.of(np.stack([outcome.vector for outcome in Fingerprint().embed(photos)]))


def test_on_orl_nobody_is_left_with_fewer_than_five_groups(orl_prints: Fingerprints) -> None:
    people = [item.person for item in orl_faces().items]
    numbers = group_as_first(people, orl_prints)
    groups = defaultdict(set)
    for person, number in zip(people, numbers.tolist(), strict=True):
        groups[person].add(number)
    assert sum(map(len, groups.values())) == len(set(numbers.tolist())) == 372
    assert min(map(len, groups.values())) == 7


def test_union_find_at_distance_twelve_would_leave_people_with_a_single_group(orl_prints: Fingerprints) -> None:
    hashes = orl_prints.hashes[:, 0].tolist()
    swallowed = 0
    for first in range(0, 400, 10):
        joined = DisjointSet(range(first, first + 10))
        for pair in combinations(range(first, first + 10), 2):
            if bits(hashes, *pair) <= 12:
                joined.merge(*pair)
        swallowed += joined.n_subsets == 1
    assert swallowed == 6


def test_a_crowd_of_equal_photos_is_one_group_and_costs_no_pairs() -> None:
    blank = np.zeros(8000, np.uint64)
    assert len(compared(blank)) <= 5 * 7999
    for times in (np.full(8000, np.nan), np.zeros(8000)):
        assert set(grouped([None] * 8000, blank, times).tolist()) == {0}
        assert set(group_photos([None] * 8000, made(blank, times)).tolist()) == {0}


def test_copies_are_found_beside_a_crowd() -> None:
    hashes = np.array([0] * 300 + [2**64 - 1, 2**64 - 4], np.uint64)
    assert grouped([None] * 302, hashes)[-2:].tolist() == [1, 1]
    assert group_photos([None] * 302, made(hashes))[-2:].tolist() == [1, 1]


def test_of_twenty_thousand_strangers_few_pairs_are_compared() -> None:
    hashes = np.random.default_rng(0).integers(0, 2**64, 20_000, dtype=np.uint64)
    hashes[-1] = hashes[0] ^ np.uint64(0b1111 << 30)
    assert len(compared(hashes)) < 20_000**2 / 2 / 1000
    numbers = grouped([None] * 20_000, hashes)
    assert numbers[-1] == numbers[0]
    assert len(set(numbers.tolist())) == 19_999


def test_thousands_of_photos_of_one_second_are_grouped() -> None:
    # A clock that was never set gives every photo the same second.
    hashes = np.random.default_rng(0).integers(0, 2**64, 8000, dtype=np.uint64)
    hashes[-1] = hashes[0] ^ np.uint64(spread(BURST_BITS))
    numbers = grouped([None] * 8000, hashes, np.zeros(8000))
    assert numbers[-1] == numbers[0]
    assert len(set(numbers.tolist())) == 7999


@anything
@given(st.lists(st.tuples(st.sampled_from(["me", "you", None]), HASHES, st.sampled_from([0, 2, 4])), max_size=20))
def test_resaved_photos_are_copies_with_alike_grey_levels_of_different_people(photos: list[tuple]) -> None:
    people, hashes = [photo[0] for photo in photos], [photo[1] for photo in photos]
    pictures = np.repeat(np.array([photo[2] for photo in photos], np.uint8)[:, None], 64, axis=1)
    expected = {
        (a, b)
        for a, b in combinations(range(len(photos)), 2)
        if people[a] != people[b] and bits(hashes, a, b) <= COPY_BITS and abs(photos[a][2] - photos[b][2]) <= 3
    }
    found = resaved_photos(people, np.array(hashes, np.uint64), pictures)
    assert set(found) == expected
    assert len(found) == len(expected)


@anything
@given(st.lists(st.tuples(HASHES, st.sampled_from([1, -1])), max_size=20))
def test_same_pictures_are_all_pairs_of_alike_hash_and_alike_tiny_picture(photos: list[tuple]) -> None:
    hashes = [photo[0] for photo in photos]
    slope = np.linspace(-50, 50, 64)
    pictures = np.array([128 + sign * slope for _, sign in photos], np.uint8).reshape(-1, 64)
    expected = [
        (a, b)
        for a, b in combinations(range(len(photos)), 2)
        if bits(hashes, a, b) <= COPY_BITS and photos[a][1] == photos[b][1]
    ]
    assert same_pictures(made(hashes, pictures=pictures)) == expected


def test_no_two_people_of_orl_share_a_photo(orl_prints: Fingerprints) -> None:
    people = [item.person for item in orl_faces().items]
    assert shared_photos(people, orl_prints, [True] * 400) == []


def grouped(people: object, hashes: object, times: object = None) -> np.ndarray:
    return group_as_first(list(people), made(hashes, times))


def made(hashes: object, times: object = None, pictures: np.ndarray | None = None) -> Fingerprints:
    """Return fingerprints without keypoints, of photos that look like nothing when turned."""
    hashes = np.array(hashes, np.uint64)
    count = len(hashes)
    turned = np.random.default_rng(1).integers(0, 2**64, (count, 7), dtype=np.uint64)
    return Fingerprints(
        hashes=np.concatenate([hashes[:, None], turned], axis=1),
        pictures=np.zeros((count, 64), np.uint8) if pictures is None else pictures,
        times=np.full(count, np.nan) if times is None else np.array(times, float),
        cameras=np.zeros(count, np.int32),
        counts=np.zeros(count, np.intp),
        vectors=np.ones((count, Fingerprint.card.dimension), np.float32),
    )


def members(numbers: np.ndarray) -> list[list[int]]:
    """Return the photos of each group."""
    groups = defaultdict(list)
    for photo, number in enumerate(numbers.tolist()):
        groups[number].append(photo)
    return list(groups.values())


def spread(flipped: int) -> int:
    """Return a hash with some bits set, far from one another: no index of whole bands finds them all."""
    return sum(1 << 6 * bit for bit in range(flipped))


def bits(hashes: list[int], first: int, second: int) -> int:
    return (hashes[first] ^ hashes[second]).bit_count()


def alike(hashes: list[int], times: list[float], first: int, second: int) -> bool:
    """Say by the rule itself whether two photos are copies, or of one burst."""
    soon = abs(times[first] - times[second]) <= 10
    return bits(hashes, first, second) <= (10 if soon else 4)


def compared(hashes: np.ndarray) -> list[tuple[int, int]]:
    """Return all candidates among the photos of one person."""
    chunks = candidates(np.zeros(len(hashes), np.intp), hashes)
    return [pair for first, second in chunks for pair in zip(first.tolist(), second.tolist(), strict=True)]


def candidates_one_by_one(photos: np.ndarray, hashes: np.ndarray, crowd: int) -> Iterator[tuple[int, int]]:
    """Yield what `candidates` does, a pair at a time, in the same order."""
    for band in np.array_split(np.arange(64), COPY_BITS + 1):
        yield from _sharing(photos, hashes & np.uint64(sum(1 << int(bit) for bit in band)), hashes, crowd)


def _sharing(photos: np.ndarray, keys: np.ndarray, hashes: np.ndarray, crowd: int) -> Iterator[tuple[int, int]]:
    buckets = defaultdict(list)
    for photo in photos.tolist():
        buckets[int(keys[photo])].append(photo)
    for bucket in buckets.values():
        if len(bucket) <= crowd:
            yield from combinations(bucket, 2)
        elif keys is not hashes:
            yield from _sharing(np.array(bucket), hashes, hashes, crowd)
        else:
            yield from pairwise(bucket)


def grouped_one_by_one(people: list, hashes: np.ndarray, times: np.ndarray, crowd: int) -> list[int]:
    """Return what `group_photos` does, from all pairs and a distance between any two photos."""
    groups = np.full(len(people), -1)
    for person in dict.fromkeys(people):
        photos = np.array([index for index, of in enumerate(people) if of == person])
        joined = DisjointSet(photos.tolist())
        soon = ((a, b) for a, b in combinations(photos.tolist(), 2) if abs(times[a] - times[b]) <= BURST_SECONDS)
        for pair in (*candidates_one_by_one(photos, hashes, crowd), *soon):
            if alike(hashes.tolist(), times, *pair):
                joined.merge(*pair)
        for part in map(sorted, joined.subsets()):
            for group in _complete(part, hashes.tolist(), times):
                groups[group] = group[0]
    return np.unique(groups, return_inverse=True)[1].tolist()


def _complete(photos: list[int], hashes: list[int], times: np.ndarray) -> list[list[int]]:
    if len(photos) < 3:
        return [photos]
    pairs = combinations(photos, 2)
    distances = [bits(hashes, *pair) if alike(hashes, times, *pair) else 1e6 for pair in pairs]
    labels = fcluster(linkage(np.array(distances, float), method="complete"), 5e5, criterion="distance")
    return [[photo for photo, of in zip(photos, labels, strict=True) if of == label] for label in np.unique(labels)]
