"""Text wrapped for a terminal, in which whatever somebody may copy stays in one piece; and messages so wrapped."""

from __future__ import annotations

import re
import sys
import textwrap

from rich.console import Console
from rich.text import Text

from ..errors import printable

#: A call such as onnx('net.onnx', order='rgb'), or what stands in quotes: from a quote that opens a word.
_WHOLE = re.compile(r"""(?<![\w.])[\w.]+\([^()]*\)|(?<![^\s(=])(?P<quote>["']).+?(?P=quote)(?!\w)""")
_HELD = "\x00"  # no message has one: `printable` spells it out


def wrapped(text: str, width: int) -> str:
    """Return text in lines of `width` characters at most, broken at spaces that are in no quotes and no call.

    What is longer has a line of its own, in one piece, so that a path can be copied.

    >>> print(wrapped("No photo in /home/anna/photos: give 'a folder' of photos.", 24))
    No photo in
    /home/anna/photos: give
    'a folder' of photos.
    """
    lines = (_WHOLE.sub(lambda found: found[0].replace(" ", _HELD), line) for line in text.split("\n"))
    return "\n".join(_wrapped_line(line, width).replace(_HELD, " ") for line in lines)


def tell(message: str) -> None:
    """Print what was found on standard output: on a terminal wrapped at words, in a pipe as it is."""
    print(wrapped(message, Console().width) if sys.stdout.isatty() else message)


def say(message: str, begin: str = "", style: str = "") -> None:
    """Print a message on standard error, likewise.

    Args:
        message: in lines.
        begin: what stands before it, such as "Error:".
        style: of the beginning, for rich.
    """
    console = Console(stderr=True)
    text = f"{begin} {message}" if begin else message
    text = "\n".join(map(printable, text.split("\n")))
    text = wrapped(text, console.width) if sys.stderr.isatty() else text
    console.print(Text.assemble((text[: len(begin)], style), text[len(begin) :]), soft_wrap=True)


def _wrapped_line(line: str, width: int) -> str:
    return textwrap.fill(line, width, break_long_words=False, break_on_hyphens=False, replace_whitespace=False)
