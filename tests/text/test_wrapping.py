"""Text wrapped for a terminal: no word, path, quotation or call is broken, and nothing is lost."""

from itertools import pairwise

import pytest
from facebench.text import wrapped
from hypothesis import given
from hypothesis import strategies as st

words = st.lists(st.text("abc/-.~é", min_size=1, max_size=30), min_size=1, max_size=20)


@given(words, st.integers(1, 100))
def test_words_stay_whole_and_lines_are_as_wide_as_they_can_be(words: list[str], width: int) -> None:
    lines = wrapped(" ".join(words), width).split("\n")
    assert " ".join(lines) == " ".join(words)
    assert all(len(line) <= width or line in words for line in lines)
    assert all(len(f"{line} {after.split(' ')[0]}") > width for line, after in pairwise(lines))


@pytest.mark.parametrize(
    "piece",
    [
        "/home/anna/a-very-long-folder/with-a-long-name.jpg",
        "'a folder with spaces'",
        '"bench find --me me"',
        "onnx('~/my models/net.onnx', order='rgb')",
        "--head='svm( C = 1 )'",
    ],
)
@pytest.mark.parametrize("width", range(5, 60, 7))
def test_what_somebody_may_copy_is_in_one_line(piece: str, width: int) -> None:
    lines = wrapped(f"The run's photos: give {piece} (or nothing), and it's done.", width).split("\n")
    assert [line for line in lines if piece in line]
    assert max(map(len, lines)) <= max(width, len(piece) + 1)


def test_an_apostrophe_opens_nothing_and_lines_stay_lines() -> None:
    text = "The run's people aren't here.\n\nTry 'bench run --help'."
    assert wrapped(text, 12) == "The run's\npeople\naren't here.\n\nTry\n'bench run --help'."
    assert wrapped(text, 200) == text
