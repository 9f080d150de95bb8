"""Several decisions on each photo: the same figures as of one where they agree, and the mean where they do not."""

from dataclasses import replace

import numpy as np
import pytest
from facebench.benchmarks.results import Prediction
from facebench.benchmarks.statistics import (
    Sample,
    compare_rows,
    compare_tested,
    estimate_balanced,
    estimate_figures,
    samples_of,
)

from ...made_up import prediction, result_of

TARGETS = ("ann", "ben", "cat")


def rows_of(targets: tuple[str, ...], share: float, seed: int) -> list[Prediction]:
    """Return the tests of targets, 24 photos of each and 2 of each of 20 strangers, of which a share is right."""
    chance = np.random.default_rng(seed)
    people = ["me"] * 24 + [f"stranger {number // 2}" for number in range(40)]
    return [
        prediction(target, number, person, right=bool(chance.random() < share))
        for target in targets
        for number, person in enumerate(people)
    ]


def shared(samples: list[dict[str, Sample]]) -> dict[str, Sample]:
    """Return samples of the same tests as one, with the mean of their decisions."""
    return {
        target: replace(sample, right=np.mean([each[target].right for each in samples], axis=0))
        for target, sample in samples[0].items()
    }


@pytest.mark.parametrize("targets", [TARGETS[:1], TARGETS])
@pytest.mark.parametrize("share", [0.9, 1.0])
def test_the_balanced_accuracy_alone_is_that_among_all_figures(targets: tuple[str, ...], share: float) -> None:
    rows = rows_of(targets, share, seed=0)
    results = []
    for target in targets:
        of_target = [row for row in rows if row.target == target]
        truth, decided = (np.array([getattr(row, name) == "me" for row in of_target]) for name in ("truth", "decision"))
        results.append(result_of(truth, np.zeros(len(truth)), decided, target=target))
    samples = samples_of(rows)
    expected = estimate_figures(results, samples)["balanced_accuracy"]
    for found in (estimate_balanced(samples), estimate_balanced(shared([samples, samples]))):
        assert found.units == expected.units
        assert found.value == pytest.approx(expected.value)
        if expected.interval:
            assert found.interval is not None
            assert (found.interval.low, found.interval.high) == pytest.approx(
                (expected.interval.low, expected.interval.high)
            )


@pytest.mark.parametrize("targets", [TARGETS[:1], TARGETS])
def test_of_decisions_that_differ_the_mean_is_estimated(targets: tuple[str, ...]) -> None:
    samples = [samples_of(rows_of(targets, share, seed)) for seed, share in enumerate((0.9, 0.7, 0.8))]
    together, each = estimate_balanced(shared(samples)), [estimate_balanced(sample) for sample in samples]
    assert together.value == pytest.approx(np.mean([found.value for found in each]))
    if together.interval:
        assert together.interval.low < together.value < together.interval.high


@pytest.mark.parametrize("targets", [TARGETS[:1], TARGETS])
def test_pairings_compared_by_their_samples_differ_as_by_their_rows(targets: tuple[str, ...]) -> None:
    rows = [rows_of(targets, share, seed) for seed, share in enumerate((0.95, 0.8, 0.6))]
    samples = [samples_of(of_pairing) for of_pairing in rows]
    assert compare_tested(samples) == compare_rows(rows)
    twice = compare_tested([shared([of_pairing, of_pairing]) for of_pairing in samples])
    for pair, found in compare_rows(rows).items():
        assert twice[pair].value == pytest.approx(found.value)
        assert (twice[pair].low, twice[pair].high) == pytest.approx((found.low, found.high))


#: Shares of right decisions at steps 0 to 5, on the target's photos and on others'.
ACCEPTED, REJECTED = (0.998, 0.995, 0.99, 0.95, 0.7, 0.4), (0.998, 0.997, 0.997, 0.998, 0.999, 1.0)
STEP_WEIGHTS = np.array([1, 2, 2, 2, 2, 1]) / 10


def simulated(chance: np.random.Generator, mine: int, people: int, each: int, common: float) -> Sample:
    """Return a test whose photos fail from some step on, each on its own or, in a share of units, all at once."""
    truth = np.r_[np.ones(mine, bool), np.zeros(people * each, bool)]
    unit = np.r_[np.arange(mine), mine + np.repeat(np.arange(people), each)]
    alike = (chance.random(mine + people) < common)[unit]
    hardness = np.where(alike, chance.random(mine + people)[unit], chance.random(len(truth)))
    steps = [np.where(truth, hardness < a, hardness < r) for a, r in zip(ACCEPTED, REJECTED, strict=True)]
    names = [*(("me", number) for number in range(mine)), *(("person", number) for number in range(people))]
    zeros = np.zeros(len(truth), int)
    return Sample(truth, STEP_WEIGHTS @ np.array(steps), zeros.astype(float), zeros, unit, np.arange(len(truth)), names)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("targets", "mine", "people", "each", "common"),
    [(1, 50, 100, 2, 0.5), (1, 20, 20, 3, 0.8), (1, 200, 400, 1, 0), (12, 2, 20, 1, 0.5), (40, 4, 30, 2, 0.9)],
)
def test_the_interval_of_an_area_covers_it(targets: int, mine: int, people: int, each: int, common: float) -> None:
    true = float(STEP_WEIGHTS @ (np.add(ACCEPTED, REJECTED) / 2))
    covered, widths = [], []
    for seed in range(400):
        chance = np.random.default_rng(seed)
        found = estimate_balanced({f"{n}": simulated(chance, mine, people, each, common) for n in range(targets)})
        assert found.interval is not None
        covered.append(found.interval.low <= true <= found.interval.high)
        widths.append(found.interval.high - found.interval.low)
    print(f"{targets} targets, {mine} photos, {people} people: {np.mean(covered):.1%}, width {np.mean(widths):.3f}")
    assert np.mean(covered) >= 0.93
