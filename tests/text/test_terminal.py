"""A terminal's table shows what it is given, and printing alters no text."""

import pytest
from facebench.text import present, terminal_table
from rich.table import Column
from rich.text import Text


def test_cells_show_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    present(terminal_table([Column("photo"), Column("answer")], [["[red]me[/red].jpg", "\x1b[2J"], ["a", Text("b")]]))
    assert [line.split() for line in capsys.readouterr().out.splitlines()] == [
        ["photo", "answer"],
        ["[red]me[/red].jpg", "\\x1b[2J"],
        ["a", "b"],
    ]


def test_without_titles_there_is_no_line_of_titles(capsys: pytest.CaptureFixture[str]) -> None:
    present(terminal_table([Column(style="bold"), Column()], [["run", "1"]]))
    assert capsys.readouterr().out.split() == ["run", "1"]
    assert terminal_table([Column(), Column("photo")], []).show_header


def test_text_is_printed_untouched(capsys: pytest.CaptureFixture[str]) -> None:
    text = "[bold]| a |[/bold] " + "word " * 100
    present(text)
    assert capsys.readouterr().out == f"{text}\n"
