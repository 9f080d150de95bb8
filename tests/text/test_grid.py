"""One table for pipes and terminals: whatever the width, every name and number stands whole in it."""

import io
import re

from facebench.text import Grid, laid_out
from facebench.text._fitting import broken, least_width, side_by_side
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from rich.cells import cell_len
from rich.console import Console

NAMES = st.one_of(
    st.sampled_from(
        ["sface", "face_recognition(detector='yunet')", "mlp(hidden=(64, 128), batch_norm=True)", "张 三", "-"]
    ),
    st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=12),
)
NUMBERS = st.one_of(st.sampled_from(["-", "100.0", "0/3200"]), st.floats(0, 1e9).map(lambda value: f"{value:.3f}"))


@st.composite
def grids(draw: st.DrawFn) -> Grid:
    columns = draw(st.integers(1, 12))
    rows = draw(st.lists(st.tuples(NAMES, *[NUMBERS] * columns), min_size=1, max_size=5))
    return Grid(["extractor", *(f"{number} times faster" for number in range(columns))], rows)


@given(grid=grids(), width=st.integers(60, 160))
def test_every_name_and_number_is_whole_on_a_terminal_of_any_width(grid: Grid, width: int) -> None:
    lines = _shown([grid], width)
    assert max(map(cell_len, lines)) <= width
    words = [word for line in lines for word in line.split()]
    for number in range(1, len(grid.titles)):
        for row in grid.rows:
            assert row[number] in words
    together = "".join(words)
    for row in grid.rows:
        assert all(piece in together for piece in re.split(r"(?<=\()|\s", row[0]))


@given(name=NAMES, width=st.integers(1, 60))
def test_a_broken_name_is_the_same_name_in_lines_that_fit(name: str, width: int) -> None:
    lines = broken(name, width).split("\n")
    assert "".join(lines).replace(" ", "") == name.replace(" ", "")
    assert max(map(cell_len, lines)) <= max(width, least_width(name))


def test_columns_stand_side_by_side_as_long_as_there_is_room() -> None:
    assert side_by_side([10, 10, 10], 30) == [range(3)]
    assert side_by_side([10, 10, 10], 29) == [range(2), range(2, 3)]
    assert side_by_side([50, 10], 20) == [range(1), range(1, 2)]


def test_a_title_breaks_where_it_is_to() -> None:
    grid = Grid(["extractor", "vs best, p\n(95 %)"], [["sface", "1"]])
    assert [line.split() for line in _shown([grid], 80)][1:3] == [["vs", "best,", "p"], ["extractor", "(95", "%)"]]
    assert "| vs best, p (95 %) |" in laid_out([grid], "md", 80)


def test_markdown_shows_paragraphs_and_cells_as_they_are() -> None:
    text = laid_out(["a|b *c*", Grid(["name", "n"], [["d|e <img>", "1"]])], "md", 80)
    tokens = MarkdownIt().enable("table").parse(text)
    texts = ["".join(child.content for child in token.children) for token in tokens if token.type == "inline"]
    assert texts == ["a|b *c*", "name", "n", "d|e <img>", "1"]


def _shown(parts: list[str | Grid], width: int) -> list[str]:
    console = Console(width=width, record=True, file=io.StringIO())
    console.print(laid_out(parts, "table", width))
    return console.export_text().splitlines()
