"""The README's commands, executed in its order: from the cache to the curve."""

from collections.abc import Callable

import pytest

from .conftest import EXAMPLES, SECOND


@pytest.mark.parametrize("command", SECOND)
def test_a_command_of_the_readme_does_what_it_says(command: str, follow: Callable[[str], None]) -> None:
    follow(command)


def test_the_python_examples_of_the_readme_run(run_examples: Callable[[list[str]], None]) -> None:
    run_examples([example for example in EXAMPLES if "me.facebench" not in example])
