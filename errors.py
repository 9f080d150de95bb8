"""The one exception that means "the input is at fault", and text that is safe to show."""

import unicodedata
from collections.abc import Sequence

#: Name of the threads in which heads are fitted: after Ctrl-C the command does not wait for them.
FIT = "fit of a head"


class FacebenchError(Exception):
    """Bad input, told in one message: what is wrong, with which path or name, and what to do.

    The command line prints the message and exits with code 2; nothing else is caught there.
    """


def printable(text: object) -> str:
    r"""Return `text` with control characters and lone surrogates spelled out.

    File names and people's names come from outside: they may carry ANSI codes that rewrite a terminal.

    >>> printable("evil\x1b[2J.jpg")
    'evil\\x1b[2J.jpg'
    """
    return "".join(
        character.encode("unicode_escape").decode() if unicodedata.category(character)[0] == "C" else character
        for character in str(text)
    )


def counted(count: int, noun: str) -> str:
    """Return a number with its noun.

    >>> counted(1, "photo"), counted(20, "photo")
    ('1 photo', '20 photos')
    """
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def some_of(names: Sequence[str], few: int = 3) -> str:
    """Return the first of some names, and how many more there are.

    >>> some_of(["a", "b", "c", "d", "e"]), some_of(["a"])
    ('a, b, c and 2 more', 'a')
    """
    rest = len(names) - few
    return ", ".join(map(printable, names[:few])) + (f" and {rest} more" if rest > 0 else "")
