"""A terminal's table shows what it is given, and printing alters no text."""

import sys

import pytest
from facebench.text import UNBOUNDED, present, terminal_table, terminal_width
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


def test_in_a_pipe_a_table_is_as_wide_as_its_cells(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    present(terminal_table([Column(), Column()], [["word " * 100, "end"]]), terminal_width() or UNBOUNDED)
    assert capsys.readouterr().out.split("\n") == ["word " * 100 + "  end  ", ""]


def test_a_terminal_has_a_width_and_a_pipe_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "61")
    for is_terminal, width in ((True, 61), (False, None)):
        monkeypatch.setattr(sys.stdout, "isatty", lambda told=is_terminal: told)
        assert terminal_width() == width
