"""Which photos are shown: every error of every split, once; then photos without a face, the least and most certain."""

import hashlib
import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from facebench.benchmarks.examples import EACH, Example, Examples, choose_examples
from facebench.benchmarks.results import Prediction
from hypothesis import given
from hypothesis import strategies as st

THRESHOLDS = {("ann", 0): 0.5, ("ann", 1): 0.2, ("bob", 0): -1.0, ("bob", 1): -1.5}
ACCEPTS, REJECTS = "others taken for me (false accept)", "me taken for others (false reject)"
LEAST, MOST = "right, the least certain", "right, the most certain"


def row(path: str, score: float | None, truth: str = "me", target: str = "ann", seed: int = 0) -> Prediction:
    """A prediction; the decision is what the score says, a photo is its path."""
    return Prediction(
        extractor="blocks",
        head="svm",
        target=target,
        path=path,
        sha256=hashlib.sha256(path.encode()).hexdigest(),
        person="",
        split_seed=seed,
        truth=truth,
        score=score,
        decision="me" if score is not None and score >= THRESHOLDS[target, seed] else "other",
        outcome="no_face" if score is None else "embedded",
        box="",
    )


def kinds_of(rows: list[Prediction]) -> dict[str, Examples]:
    return {kind.title: kind for kind in choose_examples(rows, THRESHOLDS)}


def paths(examples: list[Example]) -> list[str]:
    return [example.row.path for example in examples]


rows_of_few_photos = st.lists(
    st.builds(
        row,
        path=st.integers(0, 15).map("{}.jpg".format),
        score=st.none() | st.floats(-2, 2).map(lambda score: round(score, 1)),
        target=st.sampled_from(["ann", "bob"]),
        seed=st.sampled_from([0, 1]),
    ),
    max_size=80,
    unique_by=lambda made: (made.target, made.path, made.split_seed),
).map(lambda rows: [made.model_copy(update={"truth": _truth(made)}) for made in rows])


def _truth(made: Prediction) -> str:
    """Photos with an even number are of ann; the others of bob."""
    return "me" if (int(made.path[:-4]) % 2 == 0) == (made.target == "ann") else "other"


@given(rows_of_few_photos)
def test_every_error_of_every_split_is_shown_once_with_how_often_it_went_wrong(rows: list[Prediction]) -> None:
    kinds = kinds_of(rows)
    for title, truth in ((ACCEPTS, "other"), (REJECTS, "me")):
        wrong = Counter((made.target, made.path) for made in rows if made.truth == truth != made.decision)
        tested = Counter((made.target, made.path) for made in rows)
        shown = {(e.row.target, e.row.path): (e.wrong, e.tested) for e in kinds[title].shown}
        assert shown == {photo: (times, tested[photo]) for photo, times in wrong.items()}
        assert len(kinds[title].shown) == kinds[title].photos == len(wrong)
        decisions = f"{wrong.total()} of {sum(made.truth == truth for made in rows)} decision"
        assert decisions in kinds[title].count


@given(rows_of_few_photos)
def test_an_example_is_of_the_split_in_which_the_photo_did_worst(rows: list[Prediction]) -> None:
    for kind in choose_examples(rows, THRESHOLDS):
        for example in kind.shown:
            chosen = example.row
            assert example.threshold == THRESHOLDS[chosen.target, chosen.split_seed]
            assert (chosen.decision == chosen.truth) == kind.right == (example.wrong == 0)
            same = [made for made in rows if (made.target, made.path) == (chosen.target, chosen.path)]
            alike = [made for made in same if (made.decision == chosen.decision) and made.score is not None]
            if chosen.score is not None:
                margins = [abs(made.score - THRESHOLDS[made.target, made.split_seed]) for made in alike]
                assert example.certainty == (min(margins) if kind.right else max(margins))


@given(rows_of_few_photos)
def test_no_right_photo_is_shown_twice_and_the_least_certain_come_first(rows: list[Prediction]) -> None:
    kinds = kinds_of(rows)
    least, most = (dict(kinds[title].parts) if title in kinds else {} for title in (LEAST, MOST))
    for part in ("me", "others"):
        low, high = least.get(part, []), most.get(part, [])
        assert len(low) <= EACH >= len(high)
        assert len({*paths(low), *paths(high)}) == len(low) + len(high)
        assert [e.certainty for e in low] == sorted(e.certainty for e in low)
        assert [e.certainty for e in high] == sorted((e.certainty for e in high), reverse=True)
        assert all(one.certainty <= other.certainty for one in low for other in high)


@given(rows_of_few_photos, st.randoms(use_true_random=False))
def test_the_order_of_the_predictions_does_not_matter(rows: list[Prediction], chance: random.Random) -> None:
    mixed = list(rows)
    chance.shuffle(mixed)
    assert choose_examples(mixed, THRESHOLDS) == choose_examples(rows, THRESHOLDS)


def test_kinds_come_in_the_order_in_which_they_matter() -> None:
    rows = [row(f"{tenth}.jpg", tenth / 10) for tenth in range(20)]
    rows += [row(f"other {tenth}.jpg", tenth / 10, "other") for tenth in range(-10, 6)]
    rows += [row("other without.jpg", None, "other"), row("me without.jpg", None)]
    kinds = choose_examples(rows, THRESHOLDS)
    assert [kind.title for kind in kinds] == [
        ACCEPTS,
        REJECTS,
        "others without a face, so not me: right",
        LEAST,
        MOST,
    ]
    assert [kind.right for kind in kinds] == [False, False, True, True, True]
    accepts, rejects, without, least, most = kinds
    assert paths(accepts.shown) == ["other 5.jpg"]
    assert paths(rejects.shown) == ["0.jpg", "1.jpg", "2.jpg", "3.jpg", "4.jpg", "me without.jpg"]
    assert rejects.count == "6 photos, 6 of 21 decisions; 1 photo without a face"
    assert paths(without.shown) == ["other without.jpg"]
    assert [heading for heading, _ in least.parts] == [heading for heading, _ in most.parts] == ["me", "others"]
    assert paths(least.parts[0][1]) == [f"{tenth}.jpg" for tenth in range(5, 10)]
    assert paths(most.parts[0][1]) == [f"{tenth}.jpg" for tenth in range(19, 14, -1)]


def test_a_photo_that_is_wrong_in_one_split_only_is_an_error_and_not_among_the_right_ones() -> None:
    rows = [row("a.jpg", 0.9), row("a.jpg", 0.1, seed=1), row("b.jpg", 0.9)]
    kinds = kinds_of(rows)
    [example] = kinds[REJECTS].shown
    assert (example.how_often, example.row.score, example.threshold) == ("wrong in 1 of 2 splits", 0.1, 0.2)
    assert kinds[REJECTS].count == "1 photo, 1 of 3 decisions"
    assert paths(kinds[LEAST].shown) == ["b.jpg"]
    assert MOST not in kinds
    assert kinds[ACCEPTS].count == "0 of 0 decisions"


def test_a_photo_that_is_wrong_for_two_targets_counts_for_each() -> None:
    rows = [row("a.jpg", 3.0, "other", target) for target in ("ann", "bob")]
    accepts = kinds_of(rows)[ACCEPTS]
    assert accepts.count == "2 photos, 2 of 2 decisions"
    assert {example.row.target for example in accepts.shown} == {"ann", "bob"}


def test_only_the_tests_that_are_asked_for_have_examples() -> None:
    rows = [row("a.jpg", 1.0), row("b.jpg", 1.0, target="bob"), row("c.jpg", 1.0, seed=1)]
    [*_, least] = choose_examples(rows, {("bob", 0): -1.0})
    assert paths(least.shown) == ["b.jpg"]


@pytest.mark.parametrize(("outcome", "lacks"), [("no_face", "without a face"), ("too_dark", "without a score")])
def test_a_plug_in_may_have_its_own_reasons(outcome: str, lacks: str) -> None:
    made: Callable[..., Any] = row("a.jpg", None).model_copy
    assert kinds_of([made(update={"outcome": outcome})])[REJECTS].count.endswith(f"1 photo {lacks}")
