"""Text that is safe to show."""

import unicodedata

import pytest
from facebench.errors import FacebenchError, printable
from hypothesis import given
from hypothesis import strategies as st


def test_the_error_says_its_message():
    assert str(FacebenchError("what, where, what to do")) == "what, where, what to do"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("evil\x1b[2J.jpg", r"evil\x1b[2J.jpg"),
        ("two\nlines\r\t", r"two\nlines\r\t"),
        ("\x00\x7f\x9b", r"\x00\x7f\x9b"),
        ("gpj.\u202eexe", r"gpj.\u202eexe"),
        ("\udcff.jpg", r"\udcff.jpg"),
        ("\U000e0041", r"\U000e0041"),
    ],
    ids=["escape", "line ends", "controls", "right to left", "not UTF-8", "tag"],
)
def test_what_could_rewrite_a_terminal_is_spelled_out(text, shown):
    assert printable(text) == shown


@pytest.mark.parametrize(
    "text", ["Zoë Müller & Söhne.jpg", "照片/1.jpg", "\U0001f600", r"C:\photos", "[red]x[/red]", ""]
)
def test_other_text_stays_as_it_is(text):
    assert printable(text) == text


def test_other_objects_are_shown_as_their_text(tmp_path):
    assert printable(tmp_path) == str(tmp_path)
    assert printable(7) == "7"


@given(st.text(st.characters()))
def test_nothing_unsafe_is_left_and_nothing_changes_twice(text):
    shown = printable(text)
    assert all(unicodedata.category(character)[0] != "C" for character in shown)
    shown.encode()  # a lone surrogate would raise
    assert printable(shown) == shown
