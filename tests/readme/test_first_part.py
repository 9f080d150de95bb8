"""The commands of README and guide, executed in their order: from the first run to a speed measured."""

import shlex
from collections.abc import Callable

import pytest
from facebench.cli import app

from .conftest import EXAMPLES, EXECUTED, FIRST


def test_the_pages_show_how_each_subcommand_is_used() -> None:
    used = {shlex.split(command)[1] for command in EXECUTED}
    names = {command.name or command.callback.__name__ for command in app.registered_commands}
    assert used >= names | {"cache"}
    assert all(command.startswith("bench ") for command in EXECUTED)


@pytest.mark.parametrize("command", FIRST)
def test_a_command_does_what_the_pages_say(command: str, follow: Callable[[str], None]) -> None:
    follow(command)


def test_the_python_example_that_uses_what_a_command_wrote_runs(run_examples: Callable[[list[str]], None]) -> None:
    [example] = [example for example in EXAMPLES if "me.facebench" in example]
    run_examples([example])
