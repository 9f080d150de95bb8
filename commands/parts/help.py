"""How the help of every command is laid out: a word for what an option takes, and --help in the last panel."""

from __future__ import annotations

import inspect
from typing import Any

from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

#: Panels of options.
WHAT, PHOTOS, PROTOCOL, COMPUTE, RESULTS = "Extractors and heads", "Photos", "Protocol", "Compute", "Results"

#: What an option takes, by its type, where its declaration does not say it; flags take nothing.
_TAKES = {int: "N", list[int]: "N", float: "X"}


class Command(TyperCommand):
    """A command whose help is laid out as that of all others."""

    def __init__(self, *given: Any, help: str | None = None, **others: Any) -> None:
        super().__init__(*given, help=_reflowed(help), **others)

    def get_params(self, ctx: Any) -> list[Any]:
        """Return arguments and options; the last one is --help."""
        return _laid_out(super().get_params(ctx))


class Group(TyperGroup):
    """A group of commands, likewise."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Return options; the last one is --help."""
        return _laid_out(super().get_params(ctx))


def _reflowed(text: str | None) -> str | None:
    """Return paragraphs of one line each, as the terminal wraps them itself."""
    return text and "\n\n".join(" ".join(lines.split()) for lines in inspect.cleandoc(text).split("\n\n"))


def _laid_out(params: list[Any]) -> list[Any]:
    panels = [None, *(param.rich_help_panel for param in params[:-1] if isinstance(param, TyperOption))]
    params[-1].rich_help_panel = list(dict.fromkeys(panels))[-1]
    for param in params:
        if isinstance(param, TyperArgument):
            param.display_type_rich = _nothing  # type: ignore[method-assign]  # its name says what it is
        elif param.metavar is None:
            kind = param.type_descriptor
            param.metavar = "|".join(map(str, kind.choices)) if kind.choices else _TAKES.get(kind.annotation, "")
    return params


def _nothing(ctx: Any) -> None:  # noqa: ARG001
    return None
