"""The commands of the guide, executed in their order: from the cache to the curve."""

from collections.abc import Callable

import pytest

from .conftest import EXAMPLES, SECOND


@pytest.mark.parametrize("command", SECOND)
def test_a_command_does_what_the_pages_say(command: str, follow: Callable[[str], None]) -> None:
    follow(command)


def test_the_python_examples_run(run_examples: Callable[[list[str]], None]) -> None:
    run_examples([example for example in EXAMPLES if "me.facebench" not in example])
