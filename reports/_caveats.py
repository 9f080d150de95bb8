"""What a reader must know to trust the rows, the gravest first."""

from __future__ import annotations

import re
from collections.abc import Iterable

#: Kinds of caveats: what may make every figure wrong, then what limits what they show, then what else was done.
_KINDS = (
    *("shortcut", "mixed-folder", "proposed", "split-by-photo", "no-face-differs", "few-vectors", "unchecked"),
    *("against", "look-alike", "few-units", "small-test", "few-strangers", "these-targets"),
    *("foreign-vectors", "drop-shared", "undated"),
)
#: What is true of any run with these settings or weights.
_LAST = ("Assumed, ", "[licence]")
_KIND = re.compile(r"\[([a-z-]+)\]$")


def by_weight(notes: Iterable[str]) -> list[str]:
    """Return notes in order of weight; those of one kind stay in theirs.

    >>> by_weight(["a: its weights [licence]", "run 1 ended early", "few photos [few-units]", "a rim [shortcut]"])
    ['a rim [shortcut]', 'few photos [few-units]', 'run 1 ended early', 'a: its weights [licence]']
    """
    return sorted(notes, key=_weight)


def _weight(note: str) -> int:
    kind = _KIND.search(note)
    if kind and kind[1] in _KINDS:
        return _KINDS.index(kind[1])
    return len(_KINDS) + (note.startswith(_LAST) or note.endswith(_LAST))
