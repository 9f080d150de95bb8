"""Paths in a column: whole where they fit, otherwise with their file's name and without their middle."""

import hypothesis.strategies as st
import pytest
from facebench.text import shortened
from hypothesis import given
from rich.cells import cell_len

NAMES = st.text(st.characters(codec="utf-8", exclude_characters="/\0", exclude_categories=["C"]), min_size=1)


@given(st.lists(NAMES, min_size=1, max_size=6).map("/".join), st.integers(3, 120))
def test_a_path_fits_and_is_altered_only_where_it_does_not(path: str, width: int) -> None:
    short = shortened(path, width)
    assert cell_len(short) <= width
    assert (short == path) == (cell_len(path) <= width)


@pytest.mark.parametrize("width", range(12, 40))
def test_the_name_stays_whole_where_it_fits(width: int) -> None:
    short = shortened("/home/ann/Pictures/2019/Summer holiday/IMG_0001.JPG", width)
    assert short.endswith("IMG_0001.JPG")
    assert cell_len(short) in (12, width)


def test_a_name_that_is_too_wide_keeps_its_two_ends() -> None:
    assert shortened("photos/Screenshot of a conversation, 4 March.png", 16) == "Scree… March.png"


def test_wide_characters_take_two_cells() -> None:
    assert shortened("写真/旅行/家族の写真.jpg", 24) == "写真/旅行/家族の写真.jpg"
    assert shortened("写真/旅行/家族の写真.jpg", 21) == "写真/…/家族の写真.jpg"
    assert shortened("家族の写真.jpg", 10) == "家…真.jpg"
