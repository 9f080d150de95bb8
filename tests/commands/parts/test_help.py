"""Help: one layout for every command, in a terminal of usual width."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from facebench.cli import app
from typer.core import TyperGroup, TyperOption
from typer.main import get_command

WORDS = {"N", "X", "NAME", "NAME,...", "NAME=VALUE", "FILE", "DIR", "PATH", "RUN", "RULE", "RANGES", "ADDRESS"}
Bench = Callable[..., tuple[int, str, str]]


def commands_of(command: Any, *names: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield a command and all that are in it, each with how it is called."""
    yield names, command
    if isinstance(command, TyperGroup):
        for name, inner in command.commands.items():
            yield from commands_of(inner, *names, name)


COMMANDS = dict(commands_of(get_command(app)))


@pytest.fixture(params=COMMANDS, ids=lambda names: "-".join(names) or "bench")
def page(request: pytest.FixtureRequest, command: Bench, monkeypatch: pytest.MonkeyPatch) -> tuple[Any, str]:
    """A command, and its help in 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")
    code, shown, messages = command(*request.param, "--help")
    assert (code, messages) == (0, "")
    return COMMANDS[request.param], shown


def test_a_page_has_no_types_of_python_and_fits(page: tuple[Any, str]) -> None:
    _, shown = page
    assert not re.search(r"list\[|<|\b(str|Path|bool)\b", shown)
    assert max(map(len, shown.splitlines())) <= 80


def test_every_option_says_what_it_takes(page: tuple[Any, str]) -> None:
    command, shown = page
    for option in command.params:
        if isinstance(option, TyperOption) and not option.is_flag:
            row = re.search(rf"│[ *]+{option.opts[0]}(?: +-\w)? +(\S+)", shown)
            assert row, option.opts
            choices = option.type_descriptor.choices
            assert row[1] == "|".join(choices) if choices else row[1] in WORDS, option.opts


def test_help_comes_last_in_the_last_panel_of_options(page: tuple[Any, str]) -> None:
    _, shown = page
    panels = re.findall(r"╭─ (.*?) ─+╮\n(.*?)╰", shown, re.DOTALL)
    of_options = [body for title, body in panels if "--" in body]
    assert "--help" in of_options[-1].splitlines()[-1]
    assert shown.count("--help ") == 1


@pytest.mark.parametrize("name", ["run", "curve", "train", "find", "predict"])
def test_options_stand_in_panels(name: str) -> None:
    options = [option for option in COMMANDS[(name,)].params if isinstance(option, TyperOption)]
    assert all(option.rich_help_panel for option in options)
    assert len({option.rich_help_panel for option in options}) >= 3


def test_examples_stand_one_to_a_line(command: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    for names, one in COMMANDS.items():
        if one.epilog and "Examples:" in one.epilog:
            shown = [line.rstrip() for line in command(*names, "--help")[1].splitlines()]
            examples = [line for line in one.epilog.splitlines() if line.startswith("    bench")]
            at = shown.index(" Examples:")
            assert [line[1:] for line in shown[at + 1 : at + 1 + len(examples)]] == examples
