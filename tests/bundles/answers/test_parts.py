"""Answers in parts: each in one of them, the doubtful ones with the limits of the page that corrects answers."""

import io
from collections import Counter

import hypothesis.strategies as st
import pytest
from facebench.bundles import Recognition, SeenFace, overview, parts_of, reason_of, tally
from facebench.bundles._recognition import HIGH, LOW
from facebench.bundles._review import _judged
from hypothesis import given
from rich.console import Console

#: A probability, or why there is none.
OUTCOMES = st.one_of(st.floats(0, 1), st.sampled_from(["no face", "truncated", "unreadable", "no mouth"]))


def answered(number: int, outcome: float | str, calibrated: bool = True) -> Recognition:
    """Return the answer that goes with a probability, or with none."""
    if isinstance(outcome, str):
        return Recognition(f"{number}.jpg", outcome)
    face = SeenFace((1, 2, 30, 40), outcome, outcome if calibrated else None)
    return Recognition(f"{number}.jpg", "me" if outcome >= 0.5 else "not me", (face,))


@given(st.lists(OUTCOMES), st.booleans())
def test_every_answer_is_in_one_part(outcomes: list[float | str], calibrated: bool) -> None:
    answers = [answered(number, outcome, calibrated) for number, outcome in enumerate(outcomes)]
    parts = parts_of(answers)
    together = [*parts.me, *parts.uncertain, *parts.failed, *parts.rest]
    assert Counter(answer.path for answer in together) == Counter(answer.path for answer in answers)
    assert {answer.answer for answer in parts.me} <= {"me"}
    assert {answer.answer for answer in parts.failed} <= {"truncated", "unreadable", "no mouth"}
    assert {answer.answer for answer in parts.rest} <= {"not me", "no face"}
    assert calibrated or not parts.uncertain
    assert [answer.is_me for answer in answers].count(True) == len(parts.me)


@given(st.lists(OUTCOMES, max_size=40), st.integers(60, 160))
def test_the_overview_names_each_photo_once_or_leaves_it_to_the_rest(outcomes: list[float | str], width: int) -> None:
    answers = [answered(number, outcome) for number, outcome in enumerate(outcomes)]
    console = Console(width=width, file=io.StringIO())
    console.print(overview(answers, width))
    words = console.file.getvalue().split()  # type: ignore[attr-defined]
    named = Counter(word for word in words if word.endswith(".jpg"))
    rest = Counter(answer.path for answer in parts_of(answers).rest)
    assert named + rest == Counter(answer.path for answer in answers)


@pytest.mark.parametrize("probability", [0.0, 0.0999, LOW, 0.3, 0.5, HIGH, 0.9001, 1.0, None])
def test_an_answer_is_uncertain_where_the_page_is_in_doubt(probability: float | None) -> None:
    face = SeenFace((1, 2, 30, 40), 0.7, probability)
    assert Recognition("a.jpg", "me", (face,)).is_uncertain == (_judged(face, 0.5)[1] == "perhaps")


def test_the_most_probable_comes_first() -> None:
    parts = parts_of([answered(number, outcome) for number, outcome in enumerate([0.2, 0.99, 0.8, 0.4, 0.995, 0.05])])
    assert [answer.path for answer in parts.me] == ["4.jpg", "1.jpg", "2.jpg"]
    assert [answer.path for answer in parts.uncertain] == ["3.jpg", "0.jpg"]
    untold = parts_of([answered(number, outcome, calibrated=False) for number, outcome in enumerate([0.6, 0.9, 0.7])])
    assert [answer.path for answer in untold.me] == ["0.jpg", "1.jpg", "2.jpg"]


def test_photos_are_counted_by_answer() -> None:
    answers = [answered(number, outcome) for number, outcome in enumerate([0.2, 0.99, "no face"])]
    assert tally(answers) == "3 photos: 1 of me, 1 not me, 1 no face"
    assert tally(answers[:1]) == "1 photo: 0 of me, 1 not me"


def test_a_reason_does_no_harm_and_needs_no_detail() -> None:
    assert reason_of(Recognition("a.jpg", "evil\x1b[2J", detail="\x1b")) == "evil\\x1b[2J: \\x1b"
    assert reason_of(Recognition("a.jpg", "no mouth")) == "no mouth"
