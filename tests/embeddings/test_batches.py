"""Photos in, outcomes out, a batch at a time, and what is refused of an extractor that breaks its contract."""

import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

import numpy as np
import pytest
from facebench.data import Photo
from facebench.embeddings import Card, Embedding, Extractor, Failure, Outcome, iter_outcomes
from facebench.embeddings._extractor import BATCH
from facebench.errors import FacebenchError

BLACK = Embedding(np.zeros(3, np.float32))


class Mean(Extractor):
    """The mean colour; keeps track of the photos it was given."""

    card = Card(name="mean", dimension=3, view="whole photo")

    def __init__(self) -> None:
        self.batches: list[int] = []
        self.seen: weakref.WeakSet[Photo] = weakref.WeakSet()

    def embed(self, photos: Sequence[Photo]) -> list[Outcome]:
        self.batches.append(len(photos))
        self.seen.update(photos)
        return [Embedding(photo.pixels.mean((0, 1), dtype=np.float32)) for photo in photos]


class Broken(Mean):
    """Answers each batch with whatever `answer` makes of the right one."""

    def __init__(self, answer: Callable[[list[Outcome]], list[Outcome]]) -> None:
        super().__init__()
        self.answer = answer

    def embed(self, photos: Sequence[Photo]) -> list[Outcome]:
        return self.answer(super().embed(photos))


class Stream(Mean):
    """Streams whatever `answer` makes of the photos, as an extractor may that has a pipeline of its own."""

    def __init__(self, answer: Callable[[Iterable[Photo]], Iterator[Outcome]]) -> None:
        super().__init__()
        self.answer = answer

    def stream(self, photos: Iterable[Photo]) -> Iterator[Outcome]:
        return self.answer(photos)


def test_outcomes_come_in_order_over_several_batches() -> None:
    greys = range(2 * BATCH + 5)
    outcomes = list(iter_outcomes(Mean(), _photos(greys)))
    assert [outcome.vector[0] for outcome in outcomes if isinstance(outcome, Embedding)] == list(greys)


def test_no_batch_is_larger_than_the_limit_or_empty() -> None:
    extractor = Mean()
    assert len(list(iter_outcomes(extractor, _photos(range(2 * BATCH))))) == 2 * BATCH
    assert extractor.batches == [BATCH, BATCH]


def test_no_photos_give_no_outcomes() -> None:
    extractor = Mean()
    assert list(iter_outcomes(extractor, [])) == []
    assert extractor.batches == []


def test_photos_are_asked_for_as_their_batch_is_due() -> None:
    extractor, photos = Mean(), _photos(range(3 * BATCH))
    next(iter_outcomes(extractor, photos))
    assert len(list(photos)) == 2 * BATCH


def test_photos_of_earlier_batches_are_forgotten() -> None:
    extractor = Mean()
    for _ in iter_outcomes(extractor, _photos(range(3 * BATCH))):
        assert len(extractor.seen) <= BATCH


def test_a_failure_passes_as_it_is() -> None:
    def second_fails(outcomes: list[Outcome]) -> list[Outcome]:
        return [outcomes[0], Failure("too_dark"), outcomes[2]]

    kinds = [type(outcome) for outcome in iter_outcomes(Broken(second_fails), _photos(range(3)))]
    assert kinds == [Embedding, Failure, Embedding]


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        pytest.param(lambda outcomes: outcomes[1:], "2 outcomes for 3 photos", id="one too few"),
        pytest.param(lambda outcomes: [*outcomes, outcomes[0]], "4 outcomes for 3 photos", id="one too many"),
        pytest.param(lambda _: [Embedding(np.zeros(4, np.float32))] * 3, "card says 3", id="another dimension"),
        pytest.param(lambda _: [Embedding(np.zeros((1, 3), np.float32))] * 3, "card says 3", id="another shape"),
        pytest.param(lambda _: [Embedding(np.full(3, np.nan, np.float32))] * 3, "non-finite", id="not a number"),
        pytest.param(lambda _: [Embedding(np.zeros(3, np.float64))] * 3, "float64", id="another type"),
    ],
)
def test_an_extractor_that_breaks_its_contract_is_named(
    answer: Callable[[list[Outcome]], list[Outcome]], complaint: str
) -> None:
    with pytest.raises(FacebenchError, match=f"(?s)extractor mean .*{complaint}"):
        list(iter_outcomes(Broken(answer), _photos(range(3))))


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        pytest.param(lambda photos: (BLACK for _ in list(photos)[1:]), "fewer outcomes", id="one too few"),
        pytest.param(lambda photos: (BLACK for _ in islice(photos, 2)), "fewer outcomes", id="ends early"),
        pytest.param(lambda photos: (BLACK for _ in [*photos, None]), "more outcomes", id="one too many"),
    ],
)
def test_an_extractor_that_streams_another_number_of_outcomes_is_named(
    answer: Callable[[Iterable[Photo]], Iterator[Outcome]], complaint: str
) -> None:
    with pytest.raises(FacebenchError, match=f"extractor mean .*{complaint}"):
        list(iter_outcomes(Stream(answer), _photos(range(3))))


def _photos(greys: range) -> Iterator[np.ndarray]:
    return (np.full((2, 2, 3), grey, np.uint8) for grey in greys)
