"""The permutation test: exact p-values of small cases, units that stay together, and how rarely it calls chance."""

from itertools import permutations

import numpy as np
import pytest
from facebench.benchmarks.results import Predictions
from facebench.benchmarks.slices import Membership, slices_of
from facebench.benchmarks.slices._difference import _by_numbers, _one_by_one, _p_values, permutation_p
from numpy.typing import NDArray
from scipy.stats import hypergeom, ks_2samp

from ...made_up import scored


@pytest.mark.parametrize("inside", [0, 2, 5, 8])
def test_of_single_photos_it_is_that_of_the_hypergeometric_distribution(inside: int) -> None:
    wrong, members = np.zeros(90), np.arange(90) < 30
    wrong[:inside] = 1
    wrong[-(10 - inside) :] = 1  # ten photos are wrong
    law = hypergeom(90, 30, 10)
    expected = min(1.0, 2 * min(law.cdf(inside), law.sf(inside - 1)))
    [p] = _p_values(wrong, members[:, None], np.arange(90), 99_999)
    assert p == pytest.approx(expected, rel=0.05, abs=2e-5)


def test_memberships_of_units_are_exchanged_whole_among_those_of_a_size() -> None:
    rng = np.random.default_rng(2)
    unit = np.repeat(np.arange(9), [1, 1, 1, 1, 3, 3, 3, 3, 2])[rng.permutation(18)]
    wrong, members = rng.integers(0, 3, 18) / 2, rng.uniform(size=(18, 2)) < 0.4
    photos = [np.flatnonzero(unit == number) for number in range(9)]
    sums = []
    for singles in permutations(range(4)):
        for triples in permutations(range(4, 8)):
            exchanged = np.empty_like(members)
            for taker, giver in zip([*range(4), *range(4, 8), 8], [*singles, *triples, 8], strict=True):
                exchanged[photos[taker]] = members[photos[giver]]
            sums.append(wrong @ exchanged)
    above, below = (np.array(sums) >= wrong @ members - 1e-9), (np.array(sums) <= wrong @ members + 1e-9)
    expected = np.minimum(1, 2 * np.minimum(above.mean(axis=0), below.mean(axis=0)))
    np.testing.assert_allclose(_p_values(wrong, members, unit, 99_999), expected, atol=0.01)


def test_numbers_of_like_units_say_what_shuffled_units_do() -> None:
    rng = np.random.default_rng(5)
    errors, members = rng.integers(0, 2, (60, 2)).astype(float), (rng.uniform(size=(90, 2)) < 0.4).astype(float)
    kinds, counts = np.unique(errors, axis=0, return_counts=True)
    patterns, units = np.unique(members, axis=0, return_counts=True)
    one = _by_numbers(kinds @ patterns.T, counts, units, 40_000, rng)
    other = _one_by_one(errors, members, 40_000, rng)
    assert one.mean() == pytest.approx(other.mean(), abs=0.1)
    assert one.std() == pytest.approx(other.std(), rel=0.02)
    assert ks_2samp(one, other).pvalue > 0.01


def test_nothing_wrong_differs_from_nothing() -> None:
    members = np.random.default_rng(0).uniform(size=(80, 2)) < 0.4
    assert permutation_p(np.zeros(80), members, np.arange(80), 999).tolist() == [1, 1]
    assert permutation_p(np.ones(80), members[:, :0], np.arange(80), 999).tolist() == []


#: Photos of ann, in groups of 1 to 3, and of others, 1 to 4 of each; three pairings that err on the same photos.
MINE = [f"ann/{number}.jpg" for number in range(150)]
OTHERS = [(f"{person}/{number}.jpg", f"{person}") for person in range(150) for number in range(1 + person % 4)]


@pytest.fixture(scope="module")
def pairings() -> list[Predictions]:
    """Three pairings with 5 to 15 % errors, which photos of a unit share, in three splits."""
    rng = np.random.default_rng(4)
    group = np.repeat(np.arange(75), np.tile([1, 2, 3], 25))
    hard = rng.beta(0.3, 2, 75)[group], rng.beta(0.2, 2, 150)
    rows = []
    for pairing in range(3):
        made = []
        for seed in range(3):
            for number, path in enumerate(MINE):
                if rng.uniform() < 0.6:
                    score = float(rng.uniform() > hard[0][number])
                    fields = {"truth": "me", "group": f"{group[number]}", "split_seed": seed}
                    made.append(scored(path, "ann", score, extractor=f"e{pairing}", **fields))
            for path, person in OTHERS:
                if rng.uniform() < 0.6:
                    score = float(rng.uniform() < hard[1][int(person)])
                    made.append(scored(path, person, score, extractor=f"e{pairing}", split_seed=seed))
        rows.append(Predictions.of(made))
    return rows


def by_chance(rng: np.random.Generator) -> list[Membership]:
    """Return six properties of two to four slices that photos of a unit mostly share, and errors know nothing of."""
    units = [*np.repeat(np.arange(75), np.tile([1, 2, 3], 25)), *(75 + int(person) for _, person in OTHERS)]
    paths = [*MINE, *(path for path, _ in OTHERS)]
    made = []
    for number in range(6):
        slices = 2 + number % 3
        of_unit, own = rng.integers(0, slices, 225)[units], rng.integers(0, slices, len(paths))
        chosen = np.where(rng.uniform(size=len(paths)) < 0.8, of_unit, own)
        names = [f"slice {at}" for at in range(slices)]
        made.append(Membership(f"property {number}", names, dict(zip(paths, chosen.tolist(), strict=True))))
    return made


def called(pairings: list[Predictions], sets: int) -> float:
    """Return the share of data sets in which any slice of any pairing is called different."""
    rng: np.random.Generator = np.random.default_rng(6)
    found: NDArray[np.bool_] = np.array(
        [any(r.differs for of in slices_of(pairings, by_chance(rng)) for r in of.rates) for _ in range(sets)]
    )
    return float(found.mean())


def test_chance_is_below_5_percent_in_5_percent_of_data_sets() -> None:
    rng = np.random.default_rng(3)
    unit = np.repeat(np.arange(80), np.tile([1, 1, 2, 4], 20))
    hard, found = rng.beta(0.3, 1.5, 80)[unit], []
    for _ in range(400):
        wrong = (rng.uniform(size=len(unit)) < hard).astype(float)
        members = np.where(rng.uniform(size=len(unit)) < 0.8, rng.uniform(size=80)[unit] < 0.4, rng.uniform() < 0.4)
        found.append(permutation_p(wrong, members[:, None], unit, 999)[0])
    assert np.mean(np.array(found) < 0.05) <= 0.07  # 5.0 % and 1.1 % of error
    assert np.mean(np.array(found) < 0.5) >= 0.3  # sums of a few errors tie


@pytest.mark.slow
def test_of_500_data_sets_of_chance_at_most_6_percent_are_called_different(pairings: list[Predictions]) -> None:
    share = called(pairings, 500)
    print(f"any slice called different by chance: {100 * share:.1f} % of 500 data sets")
    assert share <= 0.06
