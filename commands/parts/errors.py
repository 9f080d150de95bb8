"""Errors of the command, all in one look: one message on standard error, and exit code 2."""

from __future__ import annotations

import re

import typer

from ...errors import FacebenchError
from ...registry import suggestion

BAD_INPUT = 2
#: What a number has to be, by pydantic's types of errors.
_NUMBERS = {
    "int_parsing": "a whole number",
    "float_parsing": "a number",
    "greater_than_equal": "{ge} or more",
    "less_than_equal": "{le} or less",
}
#: How typer tells that a value is none of an option's choices.
_NO_CHOICE = re.compile(r"Value error, (?P<value>.+) is not one of (?P<choices>'.+')\.")


def show_error(error: FacebenchError | typer.TyperException) -> None:
    """Print an error, wrapped on a terminal, as it is in a pipe.

    Args:
        error: about the input, or typer's about the use of a command, which ends in where its help is.
    """
    from ...text import say

    message = _about_use(error) if isinstance(error, typer.TyperException) else str(error)
    if message:  # a command that needs arguments, and has none, has shown its help instead
        say(message, begin="Error:", style="bold red")


def _about_use(error: typer.TyperException) -> str:
    wrong, context = _what_is_wrong(error).strip(), getattr(error, "ctx", None)
    if not wrong:
        return ""
    end = "" if wrong.endswith((".", "?")) else "."
    return f"{wrong}{end}" + (f"\nTry '{context.command_path} --help'." if context else "")


def _what_is_wrong(error: typer.TyperException) -> str:
    from pydantic import ValidationError

    param = getattr(error, "param", None)
    if possible := getattr(error, "possibilities", None):  # options of nearly that name
        return f"{error.message}. {suggestion(getattr(error, 'option_name', ''), possible)}"
    if param and (found := _NO_CHOICE.fullmatch(error.message)):
        value, choices = found["value"].strip("'"), found["choices"][1:-1].split("', '")
        return f"{' / '.join(param.opts)} cannot be '{value}'. {suggestion(value, choices)}"
    if param and isinstance(error.__cause__, ValidationError):
        wrong = error.__cause__.errors()[0]
        if kind := _NUMBERS.get(wrong["type"]):
            needed = kind.format(**wrong.get("ctx", {}))
            return f"{' / '.join(param.opts)} cannot be '{wrong['input']}'. It has to be {needed}."
    return error.format_message()
