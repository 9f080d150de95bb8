"""What is wrong with a table, told in one message with the lines."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TypeAlias

from ..errors import FacebenchError, counted, printable

#: The number of a line, and what is wrong in it, and what to do: a sentence without its full stop.
Problem: TypeAlias = tuple[int, str]
#: Problems that a message tells; more are counted.
_TOLD = 5


def refuse(file: Path, problems: Iterable[Problem]) -> None:
    """Refuse a table with problems.

    Raises:
        FacebenchError: there are any.
    """
    found = sorted(problems)
    if not found:
        return
    told = "; ".join(f"line {line}: {printable(what)}" for line, what in found[:_TOLD])
    more = f"; and {counted(len(found) - _TOLD, 'more problem')}" if len(found) > _TOLD else ""
    raise FacebenchError(f"{file}, {told}{more}.")
